/** Finding words in the text: every place lit, their number, and the way from one to the next. */
import { folded, spellings } from "./matching.js";

const PAUSE = 120;

export class Find {
  /**
   * @param {{field: HTMLInputElement, tally: HTMLElement, text: import("./text.js").SourceText,
   *   highlights: import("./highlights.js").Highlights, words: import("./status.js").Words,
   *   all: HTMLButtonElement | null, onAll: (spans: import("./text.js").Span[]) => void, reveal: (span: object) => void, onLeave: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    /** @type {import("./text.js").Span[]} */
    this.found = [];
    this.at = -1;
    this.field.addEventListener("input", () => {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.search(), PAUSE);
    });
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.all?.addEventListener("click", () => this.found.length && this.onAll(this.found));
  }

  focus() {
    this.field.focus();
    this.field.select();
  }

  search() {
    clearTimeout(this.waiting);
    const wanted = folded(this.field.value.trim());
    this.sought = wanted;
    const written = wanted ? spellings(wanted) : [];
    this.found = this.text.turns.flatMap((turn) => written.flatMap((one) => places(turn, one)).sort((a, b) => a.start - b.start));
    this.highlights.light("found", this.found, 10);
    this.highlights.light("found-current", []);
    this.at = -1;
    if (this.all) {
      this.all.hidden = !this.found.length;
      this.all.textContent = this.words.say("codeAll", this.found.length);
    }
    this.tally.textContent = wanted && !this.found.length ? this.words.say("foundNone") : "";
    if (this.found.length) this.step(1, this.fromScreen());
  }

  /** The first place at or below the top of the screen, so that searching does not throw the reader back. */
  fromScreen() {
    const from = this.topOfScreen();
    const at = this.found.findIndex((span) => span.start >= from);
    return at < 0 ? 0 : at;
  }

  /** Go to the next (1) or previous (-1) place. */
  step(direction, to = (this.at + direction + this.found.length) % this.found.length) {
    if (!this.found.length) return;
    this.at = to;
    const span = this.found[to];
    this.highlights.light("found-current", [span], 11);
    this.tally.textContent = this.words.say("found", { i: to + 1, n: this.found.length });
    this.reveal(span);
  }

  clear() {
    this.field.value = "";
    this.search();
  }

  onKey(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && this.all) this.all.click();
    else if (event.key === "Enter") {
      if (folded(this.field.value.trim()) !== this.sought) this.search();
      else this.step(event.shiftKey ? -1 : 1);
    } else if (event.key === "Escape") {
      this.clear();
      this.onLeave();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}

/** Where a folded text stands in a turn, in code points of the whole text. */
function places(turn, wanted) {
  const plain = (turn.folded ??= folded(turn.node.data));
  const found = [];
  for (let at = plain.indexOf(wanted); at >= 0; at = plain.indexOf(wanted, at + wanted.length)) {
    found.push({ start: turn.pointAt(at), end: turn.pointAt(at + wanted.length) });
  }
  return found;
}
