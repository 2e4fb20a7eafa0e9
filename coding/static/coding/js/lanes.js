/** The margin: a bar per passage beside its lines, with the name of its code. Only what is near the screen exists. */

import { Bars, COLUMN } from "./bars.js";
import { marksBetween } from "./hooks.js";
import { afterPaint } from "./screen.js";

const LANES = 5;
/** How many screens are laid out before and after the one shown: few layouts while scrolling, each still small. */
const SCREENS = 5;
const ROW = 24;
const LANE_STEP = 5;
/** Where labels begin. */
const LABELS = 44;

export class Lanes {
  /**
   * @param {{reader: HTMLElement, margin: HTMLElement, store: import("./store.js").Store,
   *   text: import("./text.js").SourceText, leaves: import("./leaves.js").Leaves, only: () => Set<string> | null,
   *   describe: (passage: object) => string, onWindow: (start: number, end: number) => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.bars = new Bars(this);
    /** Lane of each passage met: kept while it is free, so that bars stay put while scrolling. */
    this.laneOf = new Map();
    /** What is laid out now, in pixels of the sheet. */
    this.from = this.to = 0;
    this.span = { start: 0, end: 0 };
    /** Where the spans met stand beside the text, until its layout changes. @type {Map<string, {top: number, bottom: number}>} */
    this.heights = new Map();
    this.reader.addEventListener("scroll", () => this.onScroll(), { passive: true });
    this.sheet = this.reader.querySelector(".sheet");
    // Before the first layout there is nothing to move, and layouts ahead move nothing that is drawn.
    new ResizeObserver(() => this.known && this.size() !== this.known && this.soon()).observe(this.sheet);
    for (const event of ["change", "code"]) this.store.addEventListener(event, () => this.drawSoon());
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
      afterPaint(() => this.openAround());
    });
  }

  /** Passages changed, and nothing moved: what stands beside the text is drawn where the text already is. */
  drawSoon() {
    this.drawing ||= requestAnimationFrame(() => {
      this.drawing = 0;
      if (!this.waiting) this.draw();
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
      if (moved) {
        this.heights.clear();
        this.layOut();
      } else this.known = this.size();
    });
  }

  /** Draw what is near the screen, where it stands now. */
  place() {
    const size = this.size();
    // Where the text is laid out as before, what stood beside it still does: reading on measures only what is new.
    if (size !== this.known) this.heights.clear();
    this.known = size;
    this.onWindow(this.span.start, this.span.end);
    const width = this.margin.offsetWidth;
    this.columns = width && Math.max(2, Math.floor((width - LABELS - 12) / COLUMN));
    this.draw();
  }

  /** Draw what is near the screen, unless the margin is not shown. */
  draw() {
    if (!this.columns) return;
    const { start, end } = this.span;
    const only = this.only();
    const passages = this.store.overlapping(start, end).map((passage) => ({ passage, code: this.store.codeOf(passage) }));
    const shown = passages.filter((item) => !only || only.has(item.code.id));
    const marks = marksBetween(start, end).map((mark) => ({ passage: mark, code: mark, mark }));
    const items = this.standing([...shown, ...marks]).sort((a, b) => a.top - b.top || b.bottom - a.bottom);
    const more = [...this.packLanes(items), ...this.placeLabels(items)];
    this.bars.draw(items, more);
  }

  /** Items with the heights at which they begin and end; only words not met yet are measured. */
  standing(items) {
    const keyOf = ({ passage }) => `${passage.start} ${passage.end}`;
    const met = items.filter((item) => !this.heights.has(keyOf(item)));
    const origin = met.length ? this.margin.getBoundingClientRect().top : 0;
    for (const item of met) {
      const { first, last } = this.text.edges(item.passage);
      this.heights.set(keyOf(item), { top: first.top - origin, bottom: last.bottom - origin });
    }
    return items.map((item) => ({ ...item, ...this.heights.get(keyOf(item)) }));
  }

  /** Have the labels of some passages stand out. @param {string[]} ids */
  mark(ids) {
    this.bars.mark(ids);
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
    const { columns } = this;
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
}

/** Count a passage without a lane with those it stands among. */
function crowd(crowds, item) {
  const last = crowds.at(-1);
  if (last && item.top < last.bottom) {
    last.rest.push(item);
    last.bottom = Math.max(last.bottom, item.bottom);
  } else crowds.push({ top: item.top, bottom: item.bottom, rest: [item] });
}
