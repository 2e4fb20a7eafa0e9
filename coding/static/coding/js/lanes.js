/** The margin: a bar per passage beside its lines, with the name of its code. Only what is near the screen exists. */

const LANES = 5;
/** How many screens are laid out before and after the one shown: few layouts while scrolling, each still small. */
const SCREENS = 5;
const ROW = 24;
const LANE_STEP = 5;
const SVG = "http://www.w3.org/2000/svg";

export class Lanes {
  /**
   * @param {{reader: HTMLElement, margin: HTMLElement, store: import("./store.js").Store,
   *   text: import("./text.js").SourceText, only: () => string | null, describe: (passage: object) => string,
   *   onWindow: (start: number, end: number) => void}} parts
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
    new ResizeObserver(() => this.soon()).observe(this.reader.querySelector(".sheet"));
    this.store.addEventListener("change", () => this.soon());
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
    });
  }

  /** The code points between two heights of the sheet. */
  window(from, to) {
    const { turns } = this.text;
    const first = this.turnAtHeight(from);
    let last = first;
    while (last + 1 < turns.length && turns[last + 1].element.offsetTop < to) last += 1;
    return [turns[first].start, turns[last].end];
  }

  /** Index of the turn that stands at a height of the sheet. */
  turnAtHeight(height) {
    const { turns } = this.text;
    let low = 0;
    let high = turns.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (turns[middle].element.offsetTop <= height) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  layOut() {
    const { scrollTop, clientHeight } = this.reader;
    this.from = Math.max(0, scrollTop - SCREENS * clientHeight);
    this.to = scrollTop + (SCREENS + 1) * clientHeight;
    const [start, end] = this.window(this.from, this.to);
    this.onWindow(start, end);
    if (!this.margin.offsetWidth) return;
    const origin = this.margin.getBoundingClientRect().top;
    const only = this.only();
    const items = this.store.overlapping(start, end).map((passage) => {
      const { first, last } = this.text.edges(passage);
      return { passage, code: this.store.codeOf(passage), top: first.top - origin, bottom: last.bottom - origin };
    }).filter((item) => !only || item.code.id === only).sort((a, b) => a.top - b.top || b.bottom - a.bottom);
    this.packLanes(items);
    this.placeLabels(items);
    this.draw(items);
  }

  packLanes(items) {
    const ends = [];
    for (const item of items) {
      const free = (lane) => (ends[lane] ?? -Infinity) < item.top + 4;
      let lane = this.laneOf.get(item.passage.id);
      if (lane === undefined || !free(lane)) {
        lane = 0;
        while (lane < LANES - 1 && !free(lane)) lane += 1;
      }
      this.laneOf.set(item.passage.id, lane);
      ends[lane] = Math.max(ends[lane] ?? 0, item.bottom);
      item.x = 14 + lane * LANE_STEP;
    }
  }

  /** One row per label where there is room before the next line's labels, else the line's labels as signs side by side. */
  placeLabels(items) {
    const lines = [];
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
      });
      bottom = top + (fits ? line.length : 1) * ROW;
    });
  }

  draw(items) {
    const bars = [];
    const labels = items.map((item) => {
      bars.push(rect(item), leader(item));
      return this.labelFor(item);
    });
    this.bars.replaceChildren(...bars);
    this.list.replaceChildren(...labels);
  }

  labelFor({ passage, code, y, short, column }) {
    const item = this.label.cloneNode(true);
    const [button, weight] = item.children;
    item.dataset.hue = code.hue;
    item.classList.toggle("short", short);
    item.style.translate = `${column * 36}px ${y}px`;
    button.dataset.passage = passage.id;
    button.firstElementChild.textContent = code.sign;
    button.lastElementChild.textContent = code.name;
    button.title = button.ariaLabel = this.describe(passage);
    weight.textContent = passage.weight ?? "";
    return item;
  }
}

function rect({ passage, code, x, top, bottom }) {
  return element("rect", {
    x, y: top + 2, width: 3, height: Math.max(bottom - top - 4, 3), rx: 1, class: "lane", "data-hue": code.hue,
    "data-passage": passage.id,
  });
}

function leader({ x, top, y, column }) {
  return column ? document.createComment("") : element("path", { d: `M${x + 4.5} ${top + 11.5}H36L40 ${y + 12}H42`, class: "leader" });
}

/** An SVG element with these attributes. */
export function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}
