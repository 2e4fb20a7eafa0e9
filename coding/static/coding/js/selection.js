/** What is chosen of the text: by pointer, by caret browsing, or sentence by sentence and word by word with keys. */

import { pointOnScreen } from "./screen.js";

const TOUCH_PAUSE = 450;

export class Selection extends EventTarget {
  /**
   * @param {{reader: HTMLElement, text: import("./text.js").SourceText,
   *   highlights: import("./highlights.js").Highlights}} parts
   */
  constructor(parts) {
    super();
    Object.assign(this, parts);
    /** @type {import("./text.js").Span | null} */
    this.chosen = null;
    /** The code point last pointed at, null when there is none. @type {number | null} */
    this.caret = null;
    this.turn = this.text.turns[0];
    this.reader.addEventListener("pointerup", (event) => this.onPointer(event));
    this.reader.addEventListener("click", (event) => this.onTap(event));
    this.reader.addEventListener("keyup", (event) => event.key === "Shift" && this.takeNative("keys", { caret: false }));
    document.addEventListener("selectionchange", () => this.onTouchChange());
  }

  onPointer(event) {
    this.byTouch = event.pointerType === "touch";
    if (this.byTouch || event.button !== 0 || event.target.closest("a, button")) return;
    // The browser collapses an old selection only after this event.
    setTimeout(() => this.takeNative("pointer", { caret: true, x: event.clientX, y: event.clientY }));
  }

  /** A finger's tap puts the caret where a mouse's click would; what it holds to choose comes by `selectionchange`. */
  onTap({ pointerType, target, clientX: x, clientY: y }) {
    if (pointerType !== "touch" || target.closest("a, button") || !getSelection().isCollapsed) return;
    this.putCaret(pointOnScreen(this.text, x, y), x, y);
  }

  onTouchChange() {
    if (!this.byTouch) return;
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.takeNative("touch", { caret: false }), TOUCH_PAUSE);
  }

  /** Take over what the browser has selected. */
  takeNative(how, { caret, x, y }) {
    const native = getSelection();
    const range = native.rangeCount ? native.getRangeAt(0) : null;
    if (range && !range.collapsed) {
      const span = this.text.spanOf(range);
      if (span) this.choose(span, how);
    } else if (caret) {
      // A click into selected words leaves nothing selected, not even a caret.
      const point = range ? this.text.pointAt(range.startContainer, range.startOffset) : pointOnScreen(this.text, x, y);
      this.putCaret(point, x, y);
    }
  }

  /** @param {number | null} point null beside the words: nothing happens @param {number} x @param {number} y */
  putCaret(point, x, y) {
    if (point === null) return;
    this.letGo();
    this.caret = point;
    this.goTo(this.text.turnAt(point), { scroll: false });
    this.dispatchEvent(new CustomEvent("point", { detail: { point, x, y } }));
  }

  /** Choose a span. @param {import("./text.js").Span} span @param {string} how pointer, touch, keys or program */
  choose(span, how = "program") {
    this.chosen = span;
    this.highlights.light("chosen", [span], 30);
    if (how !== "pointer" && how !== "touch") getSelection().removeAllRanges();
    this.caret = null;
    this.setTurn(this.text.turnAt(span.start));
    if (how === "keys") this.reveal(span);
    this.dispatchEvent(new CustomEvent("chosen", { detail: { span, how } }));
  }

  letGo() {
    if (!this.chosen && this.caret === null) return;
    this.chosen = this.anchor = null;
    this.caret = null;
    this.highlights.light("chosen", []);
    this.dispatchEvent(new CustomEvent("chosen", { detail: { span: null } }));
  }

  /** What a code would go to: what is chosen, the sentence under the caret, or the turn (always, when `whole`). */
  target(whole = false) {
    if (whole) return this.text.trimmed(this.turn);
    if (this.chosen) return this.chosen;
    return this.caret === null ? this.text.trimmed(this.turn) : this.text.sentenceAt(this.caret);
  }

  setTurn(turn) {
    this.turn.element.removeAttribute("aria-current");
    turn.element.setAttribute("aria-current", "true");
    this.turn = turn;
  }

  /** Make a turn the current one. */
  goTo(turn, { scroll = true } = {}) {
    if (!turn) return;
    this.setTurn(turn);
    this.text.open(turn);
    if (scroll) turn.element.scrollIntoView({ block: "nearest" });
    this.dispatchEvent(new CustomEvent("turn", { detail: { turn } }));
  }

  /** The next (1) or previous (-1) turn. */
  stepTurn(step) {
    const at = this.text.turns.indexOf(this.turn);
    this.letGo();
    this.goTo(this.text.turns[at + step]);
  }

  /** Choose the next (1) or previous (-1) sentence; the one at hand when none is chosen yet. */
  stepSentence(step) {
    const here = this.text.sentenceAt(this.caret ?? this.turn.start);
    const span = this.chosen ? this.text.sentenceBeside(this.chosen, step) : here;
    if (!span) return;
    this.anchor = span;
    this.choose(span, "keys");
  }

  /** Choose one sentence more in a direction, or one less when the chosen stretch lies that way. */
  extendBySentence(step) {
    if (!this.chosen) return this.stepSentence(step);
    const { start, end } = this.chosen;
    const anchor = this.anchor ?? this.text.sentenceAt(step > 0 ? start : end - 1);
    this.anchor = anchor;
    const shrinks = step > 0 ? start < anchor.start : end > anchor.end;
    if (shrinks) {
      const inner = step > 0 ? this.text.sentenceAt(start).end : this.text.sentenceAt(end - 1).start;
      this.choose(this.text.trimmed(step > 0 ? { start: inner, end } : { start, end: inner }) ?? anchor, "keys");
      return undefined;
    }
    const more = this.text.sentenceBeside(this.chosen, step);
    if (more) this.choose({ start: Math.min(start, more.start), end: Math.max(end, more.end) }, "keys");
    return undefined;
  }

  /** Move the end (or, with `atStart`, the beginning) of what is chosen by a word. */
  extendByWord(step, atStart) {
    const { start, end } = this.chosen ?? this.text.sentenceAt(this.caret ?? this.turn.start);
    const moved = this.text.wordBorder(atStart ? start : end, step);
    const span = this.text.trimmed(atStart ? { start: moved, end } : { start, end: moved });
    if (span) this.choose(span, "keys");
  }

  /** Bring a span onto the screen, moving the text only when it is not there. */
  reveal(span) {
    this.text.open(span);
    const { first, last } = this.text.edges(span);
    const box = this.reader.getBoundingClientRect();
    const top = first.top - box.top;
    const bottom = last.bottom - box.top;
    if (top < 24) this.reader.scrollTop += top - box.height * 0.3;
    else if (bottom > box.height - 48) this.reader.scrollTop += Math.min(bottom - box.height * 0.6, top - 48);
  }
}
