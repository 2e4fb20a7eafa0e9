/** Two handles at a passage's borders: dragged, or moved by arrows word by word. They stand beside the text, not in it. */
import { pointOnScreen } from "./screen.js";

export class Handles {
  /**
   * @param {{sheet: HTMLElement, text: import("./text.js").SourceText, store: import("./store.js").Store,
   *   highlights: import("./highlights.js").Highlights, words: import("./status.js").Words,
   *   move: (id: string, span: import("./text.js").Span) => void, leave: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    const template = document.getElementById("handle").content.firstElementChild;
    this.pair = ["start", "end"].map((side) => {
      const handle = template.cloneNode(true);
      handle.dataset.side = side;
      handle.ariaLabel = this.words.say(side === "start" ? "borderStart" : "borderEnd");
      handle.addEventListener("pointerdown", (event) => this.onDown(event, side));
      handle.addEventListener("keydown", (event) => this.onKey(event, side));
      this.sheet.append(handle);
      return handle;
    });
    this.store.addEventListener("change", () => this.id && this.show(this.store.passages.get(this.id)));
    addEventListener("resize", () => this.place());
  }

  /** @param {import("./store.js").Passage | undefined} passage */
  show(passage) {
    this.id = passage?.id ?? null;
    this.span = passage ? { start: passage.start, end: passage.end } : null;
    for (const handle of this.pair) handle.hidden = !passage;
    this.place();
  }

  place() {
    if (!this.span) return;
    const origin = this.sheet.getBoundingClientRect();
    const { first, last } = this.text.edges(this.span);
    const [start, end] = this.pair;
    start.style.translate = `${first.left - origin.left}px ${first.top - origin.top}px`;
    end.style.translate = `${last.right - origin.left}px ${last.top - origin.top}px`;
    for (const [handle, box] of [[start, first], [end, last]]) handle.style.blockSize = `${box.height}px`;
  }

  /** A border moved to a code point, kept in order and off white space. */
  moved(side, point) {
    const { start, end } = this.span;
    const span = side === "start" ? { start: Math.min(point, end - 1), end } : { start, end: Math.max(point, start + 1) };
    return this.text.trimmed(span);
  }

  onDown(event, side) {
    event.preventDefault();
    const from = this.span;
    const stop = new AbortController();
    const listen = (name, act) => document.addEventListener(name, act, { signal: stop.signal });
    for (const handle of this.pair) handle.classList.add("dragged");
    listen("pointermove", ({ clientX, clientY, altKey }) => {
      const point = pointOnScreen(this.text, clientX, clientY);
      const span = point === null ? null : this.moved(side, altKey ? point : this.nearestBorder(point));
      if (!span) return;
      this.span = span;
      this.highlights.light("chosen", [span], 30);
      this.place();
    });
    const end = (keep) => {
      stop.abort();
      for (const handle of this.pair) handle.classList.remove("dragged");
      this.highlights.light("chosen", []);
      const span = this.span;
      this.span = from;
      if (keep && (span.start !== from.start || span.end !== from.end)) this.move(this.id, span);
      this.place();
    };
    listen("pointerup", () => end(true));
    listen("pointercancel", () => end(false));
  }

  /** The border of words nearest to a code point. */
  nearestBorder(point) {
    const before = this.text.wordBorder(point + 1, -1);
    const after = this.text.wordBorder(Math.max(point - 1, 0), 1);
    return point - before <= after - point ? before : after;
  }

  onKey(event, side) {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (event.key === "Escape") this.leave();
    else if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    if (!step) return;
    const point = event.altKey ? this.span[side] + step : this.text.wordBorder(this.span[side], step);
    const span = this.moved(side, point);
    if (span) this.move(this.id, span);
  }
}
