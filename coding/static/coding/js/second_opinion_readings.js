/** Two readings beside one text: the coder's in solid lines, the machine's in dotted ones. */
import { highlight } from "./highlights.js";

const SVG = "http://www.w3.org/2000/svg";
const LAYERS = 3;
const LANES = { "by-you": 14, "by-machine": 78 };
const LANE = 5;
const ROW = 22;

export class Readings {
  /** @param {HTMLElement} root @param {import("./text.js").SourceText} text */
  constructor(root, text) {
    this.root = root;
    this.text = text;
    this.bars = root.querySelector("svg");
    this.paint();
    document.fonts.ready.then(() => this.layOut());
    new ResizeObserver(() => this.layOut()).observe(root);
  }

  /** @param {string} list @returns {HTMLElement[]} */
  items(list) {
    return [...this.root.querySelectorAll(`.${list} li`)];
  }

  /** @param {HTMLElement} item @returns {{start: number, end: number}} */
  static span(item) {
    return { start: Number(item.dataset.start), end: Number(item.dataset.end) };
  }

  add(name, span, priority) {
    for (const range of this.text.ranges(span)) highlight(name, priority).add(range);
  }

  paint() {
    let open = [];
    for (const item of this.items("by-you")) {
      const span = Readings.span(item);
      open = open.filter((other) => other.end > span.start);
      let depth = 0;
      while (open.some((other) => other.depth === depth)) depth += 1;
      open.push({ end: span.end, depth });
      this.add(depth < LAYERS ? `h${item.dataset.hue}-${depth}` : "passage", span, Math.min(depth, LAYERS));
    }
    for (const item of this.items("by-machine")) this.add(`m${item.dataset.hue}`, Readings.span(item), 4);
  }

  layOut() {
    this.bars.replaceChildren();
    const origin = this.root.getBoundingClientRect().top;
    for (const [list, x] of Object.entries(LANES)) {
      let free = -Infinity;
      const ends = [-Infinity, -Infinity];
      for (const item of this.items(list)) {
        const edges = this.text.edges(Readings.span(item));
        const top = edges.first.top - origin;
        const bottom = edges.last.bottom - origin;
        const lane = Math.max(ends.findIndex((end) => end <= top + 1), 0);
        ends[lane] = bottom;
        this.bars.append(bar(list === "by-machine", item.dataset.hue, x + lane * LANE, top, bottom));
        const label = Math.max(top, free);
        item.style.translate = `${x + LANE + 9}px ${label}px`;
        free = label + ROW;
      }
    }
  }

  /** Light up what one difference is about. @param {HTMLElement | null} difference */
  show(difference) {
    const key = difference?.dataset.key;
    for (const item of this.root.querySelectorAll("li")) item.classList.toggle("on", item.dataset.key === key);
    for (const turn of this.text.turns) turn.element.removeAttribute("aria-current");
    highlight("lit", 6).clear();
    highlight("weight-2", 7).clear();
    if (!difference) return;
    document.getElementById(`t${difference.dataset.turn}`)?.setAttribute("aria-current", "true");
    const found = difference.dataset.found.split(" ").filter(Boolean);
    for (const place of found) {
      const [start, end] = place.split("-").map(Number);
      this.add("weight-2", { start, end }, 7);
    }
    if (!found.length) this.add("lit", Readings.span(difference), 6);
  }
}

function bar(machine, hue, x, top, bottom) {
  const drawn = document.createElementNS(SVG, machine ? "line" : "rect");
  const place = machine
    ? { x1: x + 1.5, x2: x + 1.5, y1: top + 3, y2: Math.max(bottom - 3, top + 6) }
    : { x, y: top + 2, width: 3, height: Math.max(bottom - top - 4, 3), rx: 1 };
  const attributes = { ...place, class: machine ? "lane machine" : "lane", "data-hue": hue };
  for (const [name, value] of Object.entries(attributes)) drawn.setAttribute(name, value);
  return drawn;
}
