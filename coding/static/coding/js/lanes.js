/** The margin: a bar per passage beside its lines, with the name of its code. Only what is near the screen exists. */

import { marksBetween } from "./hooks.js";

const LANES = 5;
/** How many screens are laid out before and after the one shown: few layouts while scrolling, each still small. */
const SCREENS = 5;
const ROW = 24;
const LANE_STEP = 5;
/** Where labels begin, and the width of one shown as its sign alone. */
const LABELS = 44;
const COLUMN = 36;
const SVG = "http://www.w3.org/2000/svg";

export class Lanes {
  /**
   * @param {{reader: HTMLElement, margin: HTMLElement, store: import("./store.js").Store,
   *   text: import("./text.js").SourceText, leaves: import("./leaves.js").Leaves, only: () => Set<string> | null,
   *   describe: (passage: object) => string, onWindow: (start: number, end: number) => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.bars = this.margin.querySelector("svg");
    this.list = this.margin.querySelector("ol");
    this.label = document.getElementById("label").content.firstElementChild;
    /** Lane of each passage met: kept while it is free, so that bars stay put while scrolling. */
    this.laneOf = new Map();
    /** What is laid out now, in pixels of the sheet. */
    this.from = this.to = 0;
    this.reader.addEventListener("scroll", () => this.onScroll(), { passive: true });
    this.sheet = this.reader.querySelector(".sheet");
    // Before the first layout there is nothing to move, and layouts ahead move nothing that is drawn.
    new ResizeObserver(() => this.known && this.size() !== this.known && this.soon()).observe(this.sheet);
    for (const event of ["change", "code"]) this.store.addEventListener(event, () => this.soon());
    /** The passages whose labels stand out. @type {Set<string>} */
    this.marked = new Set();
  }

  onScroll() {
    const { scrollTop, clientHeight } = this.reader;
    const edge = clientHeight;
    if (scrollTop < this.from + edge && this.from > 0) this.soon();
    else if (scrollTop + clientHeight > this.to - edge) this.soon();
  }

  soon() {
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      this.layOut();
      this.openAround();
    });
  }

  /** The code points between two heights of the sheet. */
  window(from, to) {
    const { turns } = this.text;
    const first = this.text.turnAtHeight(from);
    let last = first;
    while (last + 1 < turns.length && turns[last + 1].top < to) last += 1;
    return { start: turns[first].start, end: turns[last].end };
  }

  /** The sheet's size: what stands beside the text is drawn anew when it changes unexpectedly. */
  size() {
    return `${this.sheet.offsetWidth} ${this.sheet.offsetHeight}`;
  }

  layOut() {
    this.span = this.leaves.open(() => this.near());
    this.place();
  }

  /** The code points within some screens of what is shown. */
  near() {
    const { scrollTop, clientHeight } = this.reader;
    this.from = Math.max(0, scrollTop - SCREENS * clientHeight);
    this.to = scrollTop + (SCREENS + 1) * clientHeight;
    return this.window(this.from, this.to);
  }

  /** Lay out more of the text while there is time, and follow it. */
  openAround() {
    this.leaves.openAround((moved) => {
      if (moved) this.layOut();
      else this.known = this.size();
    });
  }

  /** Draw what is near the screen, where it stands now. */
  place() {
    this.known = this.size();
    const { start, end } = this.span;
    this.onWindow(start, end);
    if (!this.margin.offsetWidth) return;
    const origin = this.margin.getBoundingClientRect().top;
    const only = this.only();
    const passages = this.store.overlapping(start, end).map((passage) => ({ passage, code: this.store.codeOf(passage) }));
    const shown = passages.filter((item) => !only || only.has(item.code.id));
    const marks = marksBetween(start, end).map((mark) => ({ passage: mark, code: mark, mark }));
    const items = [...shown, ...marks].map((item) => {
      const { first, last } = this.text.edges(item.passage);
      return { ...item, top: first.top - origin, bottom: last.bottom - origin };
    }).sort((a, b) => a.top - b.top || b.bottom - a.bottom);
    const more = [...this.packLanes(items), ...this.placeLabels(items)];
    this.draw(items, more);
  }

  /** Give each a lane of its own; where all are taken, "+n" stands for the rest. @returns {object[]} such places */
  packLanes(items) {
    const ends = [];
    const crowds = [];
    for (const item of items) {
      const free = (lane) => (ends[lane] ?? -Infinity) < item.top + 4;
      let lane = this.laneOf.get(item.passage.id);
      if (lane === undefined || !free(lane)) {
        lane = 0;
        while (lane < LANES && !free(lane)) lane += 1;
      }
      if (lane === LANES) {
        this.laneOf.delete(item.passage.id);
        crowd(crowds, item);
        continue;
      }
      this.laneOf.set(item.passage.id, lane);
      ends[lane] = item.bottom;
      item.x = 14 + lane * LANE_STEP;
    }
    return crowds.map(({ top, rest }) => ({ x: 14 + (LANES - 1) * LANE_STEP - 2, y: top - 10, rest, narrow: true }));
  }

  /**
   * One row per label where there is room before the next line's labels, else the line's labels as signs side by side;
   * those for which the margin is too narrow are one "+n". @returns {object[]} such places
   */
  placeLabels(items) {
    const lines = [];
    const more = [];
    const columns = Math.max(2, Math.floor((this.margin.offsetWidth - LABELS - 12) / COLUMN));
    for (const item of items) {
      if (lines.length && Math.abs(lines.at(-1)[0].top - item.top) < 6) lines.at(-1).push(item);
      else lines.push([item]);
    }
    let bottom = -Infinity;
    lines.forEach((line, index) => {
      const top = Math.max(line[0].top - 0.5, bottom);
      const room = (lines[index + 1]?.[0].top ?? Infinity) - top;
      const fits = room >= line.length * ROW;
      line.forEach((item, place) => {
        item.y = fits ? top + place * ROW : top;
        item.column = fits || line.length === 1 ? 0 : place;
        item.short = !fits && line.length > 1;
        item.spine = 38 + 2 * (index % 2);
        item.hidden = item.short && line.length > columns && place >= columns - 1;
      });
      const rest = line.filter((item) => item.hidden);
      if (rest.length) more.push({ x: LABELS + (columns - 1) * COLUMN, y: top, rest });
      bottom = top + (fits ? line.length : 1) * ROW;
    });
    return more;
  }

  draw(items, more) {
    const drawn = items.filter((item) => item.x !== undefined);
    this.bars.replaceChildren(...drawn.flatMap((item) => [rect(item), leader(item)]));
    const labels = items.filter((item) => !item.hidden).map((item) => this.labelFor(item));
    this.list.replaceChildren(...labels, ...more.map((place) => this.moreFor(place)));
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
    for (const item of this.list.children) item.classList.toggle("on", this.marked.has(item.firstElementChild.dataset.passage));
  }

  labelFor({ passage, code, mark, y, short, column }) {
    const item = this.label.cloneNode(true);
    const [button, weight] = item.children;
    if (code.hue) item.dataset.hue = code.hue;
    if (mark) item.classList.add(mark.kind);
    item.classList.toggle("short", short);
    item.classList.toggle("on", this.marked.has(passage.id));
    item.style.translate = `${column * COLUMN}px ${y}px`;
    if (mark) button.addEventListener("click", mark.open);
    else button.dataset.passage = passage.id;
    button.firstElementChild.textContent = code.sign;
    button.lastElementChild.textContent = code.name;
    button.title = button.ariaLabel = mark ? mark.label : this.describe(passage);
    button.draggable = !mark;
    weight.textContent = passage.weight ?? "";
    return item;
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
  if (column || hidden) return document.createComment("");
  return element("path", { d: `M${x + 4.5} ${top + 11.5}H${spine}V${y + 11.5}H42`, class: "leader" });
}

/** Count a passage without a lane with those it stands among. */
function crowd(crowds, item) {
  const last = crowds.at(-1);
  if (last && item.top < last.bottom) {
    last.rest.push(item);
    last.bottom = Math.max(last.bottom, item.bottom);
  } else crowds.push({ top: item.top, bottom: item.bottom, rest: [item] });
}

/** An SVG element with these attributes. */
export function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
