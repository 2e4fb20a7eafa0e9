/** What a spreadsheet lays on the clipboard: lines of cells parted by tabs, in quotation marks where a cell holds such. */

const QUOTED = /^"((?:[^"]|"")*)"(?=\t|\n|$)/;
const BARE = /^[^\t\n]*/;

/**
 * The cells of a copied table; white space, line breaks too, is one space within a cell.
 * @param {string} text
 * @returns {string[][]}
 */
export function cellsOf(text) {
  let rest = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const lines = [[]];
  for (;;) {
    const quoted = QUOTED.exec(rest);
    const [whole] = quoted ?? BARE.exec(rest);
    const cell = quoted ? quoted[1].replaceAll('""', '"') : whole;
    lines.at(-1).push(cell.replace(/\s+/g, " ").trim());
    const next = rest[whole.length];
    if (next === undefined) return lines;
    if (next === "\n") lines.push([]);
    rest = rest.slice(whole.length + 1);
  }
}

/**
 * A cell as spreadsheets copy it.
 * @param {string} text
 */
export function copied(text) {
  return /[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
