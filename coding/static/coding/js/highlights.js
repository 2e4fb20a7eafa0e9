/**
 * Paints passages on the text by the CSS Custom Highlight API: no element in the text per passage.
 *
 * A highlight's name is hue and depth (`h3-1`); the depth is the lowest free place among the passages it overlaps and
 * is kept while the passage stands. From the fourth layer on only the wash deepens.
 */

const LAYERS = 3;
const canPaint = "highlights" in CSS;

/** A named highlight, registered on first need. @param {string} name @param {number} priority */
export function highlight(name, priority = 0) {
  if (!canPaint) return new Set();
  let held = CSS.highlights.get(name);
  if (!held) {
    held = new Highlight();
    held.priority = priority;
    CSS.highlights.set(name, held);
  }
  return held;
}

export class Highlights {
  /** @param {import("./store.js").Store} store @param {import("./text.js").SourceText} text */
  constructor(store, text) {
    this.store = store;
    this.text = text;
    /** Depth of every passage, on screen or not. @type {Map<string, number>} */
    this.depths = new Map();
    /** What is painted now: passage id to its highlight and ranges. */
    this.painted = new Map();
    /** Spans lit up under other names (`lit`, `chosen`, `found`, …). */
    this.lit = new Map();
    /** @type {Set<string> | null} the codes that are shown, when they are filtered */
    this.only = null;
    /** The code points near the screen: the browser's cost of a frame grows with the ranges it holds. */
    this.from = this.to = 0;
    store.addEventListener("change", ({ detail }) => this.onChange(detail));
  }

  onChange({ put, dropped }) {
    for (const { id } of dropped) {
      this.erase(id);
      if (!put.some((passage) => passage.id === id)) this.depths.delete(id);
    }
    for (const passage of put) {
      this.depths.set(passage.id, this.freeDepth(passage));
      if (passage.start < this.to && passage.end > this.from) this.paint(passage);
    }
  }

  /** Give every passage its depth, and paint anew: all codes, or chosen ones alone. @param {Set<string> | null} only */
  paintAll(only = null) {
    for (const id of [...this.painted.keys()]) this.erase(id);
    this.only = only;
    /** @type {{end: number, depth: number}[]} */
    let open = [];
    for (const passage of this.store.sorted().list) {
      open = open.filter((other) => other.end > passage.start);
      const depth = lowestFree(open.map((other) => other.depth));
      open.push({ end: passage.end, depth });
      this.depths.set(passage.id, depth);
    }
    this.show(this.from, this.to);
  }

  /** Paint what lies between two code points, and nothing else. */
  show(from, to) {
    this.from = from;
    this.to = to;
    const near = this.store.overlapping(from, to);
    const ids = new Set(near.map((passage) => passage.id));
    for (const id of [...this.painted.keys()]) if (!ids.has(id)) this.erase(id);
    for (const passage of near) if (!this.painted.has(passage.id)) this.paint(passage);
    for (const name of this.lit.keys()) this.relight(name);
  }

  paint(passage) {
    const code = this.store.codeOf(passage);
    if (this.only && !this.only.has(code.id)) return;
    const depth = this.depths.get(passage.id);
    const named = depth < LAYERS ? highlight(`h${code.hue}-${depth}`, depth) : highlight("passage", LAYERS);
    const ranges = this.text.ranges(passage);
    for (const range of ranges) named.add(range);
    this.painted.set(passage.id, { named, ranges });
  }

  erase(id) {
    const held = this.painted.get(id);
    if (!held) return;
    for (const range of held.ranges) held.named.delete(range);
    this.painted.delete(id);
  }

  freeDepth(passage) {
    const beside = this.store.overlapping(passage.start, passage.end).filter((other) => other.id !== passage.id);
    return lowestFree(beside.map((other) => this.depths.get(other.id) ?? -1));
  }

  /** Light some spans up under a name; what it lit before goes out. @param {import("./text.js").Span[]} spans */
  light(name, spans, priority = 20) {
    this.lit.set(name, { spans, priority });
    this.relight(name);
  }

  relight(name) {
    const { spans, priority } = this.lit.get(name);
    const named = highlight(name, priority);
    named.clear();
    for (const span of spans) {
      if (span.start < this.to && span.end > this.from) for (const range of this.text.ranges(span)) named.add(range);
    }
  }
}

function lowestFree(taken) {
  let depth = 0;
  while (taken.includes(depth)) depth += 1;
  return depth;
}
