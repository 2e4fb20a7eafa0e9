/**
 * What the margin shows: a bar and a label per passage, and "+n". Each is made once and changed only where it differs, so
 * that one passage more costs one passage, and a focused label keeps its focus.
 */
/** The width of a label shown as its sign alone. */
export const COLUMN = 36;
const SVG = "http://www.w3.org/2000/svg";

export class Bars {
  /** @param {{margin: HTMLElement, describe: (passage: object) => string}} parts */
  constructor({ margin, describe }) {
    this.describe = describe;
    this.bars = margin.querySelector("svg");
    this.list = margin.querySelector("ol");
    this.label = document.getElementById("label").content.firstElementChild;
    /** The elements of each passage or mark drawn. @type {Map<string, {key: string, item: object, nodes: Element[], label: Element}>} */
    this.drawn = new Map();
    /** The passages whose labels stand out. @type {Set<string>} */
    this.marked = new Set();
  }

  /** Draw items placed by lanes.js: those without `x` have no bar, those `hidden` no label. */
  draw(items, more) {
    const drawn = new Map(items.map((item) => [item.passage.id, this.drawnFor(item)]));
    this.drawn = drawn;
    settle(this.bars, items.flatMap(({ passage, x }) => (x === undefined ? [] : drawn.get(passage.id).nodes)));
    const labels = items.filter((item) => !item.hidden).map(({ passage }) => drawn.get(passage.id).label);
    settle(this.list, [...labels, ...more.map((place) => this.moreFor(place))]);
  }

  /** The elements of an item: those there are, brought up to date, or new ones. */
  drawnFor(item) {
    const { passage, code, mark, x, y, top, bottom, column, short, spine, hidden } = item;
    const says = mark ? mark.label : this.describe(passage);
    const key = JSON.stringify([x, y, top, bottom, column, short, spine, hidden, code.hue, code.sign, code.name, passage.weight, says]);
    const held = this.drawn.get(passage.id) ?? this.made(item);
    held.item = item;
    if (held.key === key) return held;
    held.key = key;
    this.fill(held.label, item, says);
    held.nodes = x === undefined ? [] : [rect(item), ...leader(item)];
    return held;
  }

  made({ passage, mark }) {
    const label = this.label.cloneNode(true);
    const held = { key: "", item: null, nodes: [], label };
    const button = label.firstElementChild;
    if (mark) label.classList.add(mark.kind);
    if (mark) button.addEventListener("click", () => held.item.mark.open());
    else button.dataset.passage = passage.id;
    button.draggable = !mark;
    label.classList.toggle("on", this.marked.has(passage.id));
    return held;
  }

  fill(label, { passage, code, y, short, column }, says) {
    const [button, weight] = label.children;
    if (code.hue) label.dataset.hue = code.hue;
    label.classList.toggle("short", short);
    label.style.translate = `${column * COLUMN}px ${y}px`;
    button.firstElementChild.textContent = code.sign;
    button.lastElementChild.textContent = code.name;
    button.title = button.ariaLabel = says;
    weight.textContent = passage.weight ?? "";
  }

  /** "+n", which opens the passages that have no bar or label of their own there. */
  moreFor({ x, y, rest, narrow = false }) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    const ids = rest.filter(({ mark }) => !mark).map(({ passage }) => passage.id);
    const names = rest.map(({ passage, mark }) => mark?.label ?? this.describe(passage));
    item.className = narrow ? "more narrow" : "more";
    item.style.translate = `${x}px ${y}px`;
    button.type = "button";
    button.textContent = `+${rest.length}`;
    button.title = button.ariaLabel = names.join("\n");
    if (ids.length) button.dataset.more = ids.join(" ");
    else button.addEventListener("click", rest[0].mark.open);
    item.append(button);
    return item;
  }

  /** Have the labels of some passages stand out. @param {string[]} ids */
  mark(ids) {
    this.marked = new Set(ids);
    for (const [id, { label }] of this.drawn) label.classList.toggle("on", this.marked.has(id));
  }
}

/** Have an element hold these nodes in this order, leaving alone those that stand where they belong. */
function settle(parent, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...parent.children]) if (!wanted.has(node)) node.remove();
  let at = parent.firstElementChild;
  for (const node of nodes) {
    if (node === at) at = at.nextElementSibling;
    else parent.insertBefore(node, at);
  }
}

function rect({ passage, code, mark, x, top, bottom }) {
  return element("rect", {
    x, y: top + 2, width: 3, height: Math.max(bottom - top - 4, 3), rx: 1, class: mark ? `lane ${mark.kind}` : "lane",
    "data-hue": code.hue ?? "", "data-passage": passage.id,
  });
}

/** From a bar to its label; labels of one line hang from one spine, those of the next from another. */
function leader({ x, top, y, column, spine, hidden }) {
  if (column || hidden) return [];
  return [element("path", { d: `M${x + 4.5} ${top + 11.5}H${spine}V${y + 11.5}H42`, class: "leader" })];
}

/** An SVG element with these attributes. */
export function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
