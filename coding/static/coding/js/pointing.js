/** Which passages a key acts on, and the way from one passage to the next. */
import { tell } from "./hooks.js";

const QUOTED = 160;

export class Pointing {
  /**
   * @param {{selection: import("./selection.js").Selection, store: import("./store.js").Store,
   *   text: import("./text.js").SourceText, highlights: import("./highlights.js").Highlights,
   *   words: import("./status.js").Words, status: import("./status.js").Status,
   *   shows: (code: {id: string}) => boolean, describe: (passage: object) => string}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    /** The passage gone to last, until something else is chosen. @type {string | null} */
    this.current = null;
    for (const event of ["chosen", "turn", "point"]) this.selection.addEventListener(event, () => this.forget());
    this.store.addEventListener("change", () => this.current && this.relight());
  }

  forget() {
    if (!this.current || this.going) return;
    this.current = null;
    this.highlights.light("lit", []);
    tell("segment", null);
  }

  relight() {
    const passage = this.store.passages.get(this.current);
    if (passage) this.highlights.light("lit", [passage]);
    else {
      this.forget();
      this.status.place.textContent = this.words.say("turn", this.selection.turn.number);
    }
  }

  /** The passages on the words pointed at, chosen, or in the current turn; of the codes that are shown. */
  here() {
    if (this.current) return [this.store.passages.get(this.current)];
    const point = this.selection.caret;
    const { start, end } = point === null ? this.selection.target() : { start: point, end: point + 1 };
    return this.shown(this.store.overlapping(start, end));
  }

  /** What a code or a note would go to: the words of the passage gone to, else what is chosen, pointed at, or the turn. */
  target(whole = false) {
    const passage = whole ? null : this.store.passages.get(this.current);
    return passage ? { start: passage.start, end: passage.end } : this.selection.target(whole);
  }

  shown(passages) {
    return passages.filter((passage) => this.shows(this.store.codeOf(passage)));
  }

  /** Go to the next (1) or previous (-1) passage, of one code when it is named. @param {string | null} code */
  step(direction, code = null) {
    const ids = code && this.store.branch(code);
    const list = this.shown(this.store.sorted().list).filter((passage) => !ids || ids.has(this.store.codeOf(passage).id));
    const now = list.findIndex((passage) => passage.id === this.current);
    const from = this.selection.caret ?? this.selection.target().start;
    const past = list.findIndex((passage) => passage.start >= from);
    const after = past < 0 ? list.length : past;
    const to = now >= 0 ? now + direction : direction > 0 ? after : after - 1;
    if (!list[to]) this.status.announce(direction > 0 ? "noPassageAfter" : "noPassageBefore");
    else this.goTo(list[to], { i: to + 1, n: list.length });
  }

  /** Make a passage the one that keys act on, and say it. @param {{i: number, n: number} | null} place */
  goTo(passage, place = null) {
    this.going = true;
    this.selection.letGo();
    this.selection.goTo(this.text.turnAt(passage.start), { scroll: false });
    this.going = false;
    this.current = passage.id;
    this.selection.reveal(passage);
    this.highlights.light("lit", [passage]);
    const quote = this.text.words(passage);
    const values = { what: this.describe(passage), turn: this.selection.turn.number, words: quote.slice(0, QUOTED), ...place };
    this.status.announce(place ? "passageOf" : "passageAt", values, { stays: true });
    tell("segment", { id: passage.id });
  }
}
