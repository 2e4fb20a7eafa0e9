/** The words around a hit, cut between words where their column ends; without this the column cuts where it may. */

const MORE = "…";

/**
 * How many of a text's words, counted from its end or its beginning, fit into a width; in whole words.
 * @param {(from: number, to: number) => number} width of the text between two places
 * @returns {string}
 */
export function fitting(text, room, width, fromEnd) {
  const ends = [...text.matchAll(/\s+/gu)].map((gap) => (fromEnd ? gap.index + gap[0].length : gap.index));
  if (width(0, text.length) <= room) return text;
  const near = fromEnd ? ends : ends.reverse();
  const last = near.find((at) => (fromEnd ? width(at, text.length) : width(0, at)) <= room) ?? (fromEnd ? text.length : 0);
  return fromEnd ? `${MORE} ${text.slice(last)}` : `${text.slice(0, last)} ${MORE}`;
}

/** Cut every line of a table to its columns. All are measured before any is changed. */
function cut(table, whole) {
  const cells = [...table.querySelectorAll("td.left > bdi, td.right > bdi")];
  for (const one of cells) one.textContent = whole.get(one) ?? whole.set(one, one.textContent.trim()).get(one);
  const range = document.createRange();
  const space = cells[0] ? Number.parseFloat(getComputedStyle(cells[0]).fontSize) * 1.4 : 0;
  const texts = cells.map((one) => {
    const { paddingInlineStart, paddingInlineEnd } = getComputedStyle(one.parentElement);
    const room = one.parentElement.clientWidth - Number.parseFloat(paddingInlineStart) - Number.parseFloat(paddingInlineEnd);
    const node = one.firstChild;
    if (!node) return "";
    const width = (from, to) => (range.setStart(node, from), range.setEnd(node, to), range.getBoundingClientRect().width);
    const fits = width(0, node.length) <= room;
    return fitting(node.data, fits ? room : room - space, width, one.parentElement.matches(".left"));
  });
  cells.forEach((one, at) => (one.textContent = texts[at]));
}

const table = document.querySelector("table.kwic");
if (table) {
  const whole = new Map();
  let wide = 0;
  new ResizeObserver(() => {
    if (table.clientWidth === wide) return;
    wide = table.clientWidth;
    // On a narrow screen the words wrap and nothing is cut.
    const wraps = table.querySelector("td.left") && getComputedStyle(table.querySelector("td.left")).whiteSpace !== "nowrap";
    if (!wraps) cut(table, whole);
    else for (const [one, text] of whole) one.textContent = text;
  }).observe(table);
}
