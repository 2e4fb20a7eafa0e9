/**
 * The source's text as it stands on the page: turns, sentences and words by code point offsets of the whole text.
 *
 * Every other module speaks in code points; here alone they meet DOM nodes and UTF-16.
 */
import { OffsetIndex } from "../../fieldstudy/js/offsets.js";

/** White space as Python's `str.isspace` has it: the server trims by the same rule. */
const SPACE = /^[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]$/;

/**
 * @typedef {{start: number, end: number}} Span
 * @typedef {{number: number, element: HTMLElement, node: Text, start: number, end: number, top: number,
 *   index: OffsetIndex, asks: boolean}} Turn
 */
export class SourceText {
  /** @param {HTMLElement} root the element that holds the turns */
  constructor(root) {
    this.root = root;
    /** @type {Turn[]} in order */
    this.turns = Array.from(root.querySelectorAll("article.turn"), (element) => new TurnText(element));
    /** Stretches of turns, laid out only near the screen until they are opened. @type {Leaf[]} */
    this.leaves = Array.from(root.querySelectorAll(":scope > .leaf"), (element) => new Leaf(element));
  }

  /** Have the leaves that hold some of a span laid out, from now on. @param {Span} span @returns {boolean} whether any was not */
  open({ start, end }) {
    const first = firstFrom(this.leaves.length, (index) => this.leaves[index].end > start);
    let opened = false;
    for (let at = first; at < this.leaves.length && this.leaves[at].start < end; at += 1) {
      opened = this.leaves[at].open() || opened;
    }
    return opened;
  }

  /** Index of the leaf that stands at a height of the sheet. */
  leafAtHeight(height) {
    return Math.max(0, firstFrom(this.leaves.length, (at) => this.leaves[at].top > height) - 1);
  }

  /** Index of the turn that stands at a height of the sheet. */
  turnAtHeight(height) {
    const { top, first, length } = this.leaves[this.leafAtHeight(height)];
    const past = firstFrom(length, (at) => top + this.turns[first.number - 1 + at].element.offsetTop > height);
    return first.number - 1 + Math.max(0, past - 1);
  }

  /** The turn that holds a code point; between two turns, the one before. @param {number} point @returns {Turn} */
  turnAt(point) {
    return this.turns[Math.max(0, firstFrom(this.turns.length, (index) => this.turns[index].start > point) - 1)];
  }

  /** The turns that share a code point with a span. @returns {Turn[]} */
  turnsIn({ start, end }) {
    const first = firstFrom(this.turns.length, (index) => this.turns[index].end > start);
    const last = firstFrom(this.turns.length, (index) => this.turns[index].start >= end);
    return this.turns.slice(first, last);
  }

  /** A span as one stretch of a text node per turn, so that nothing between turns is painted. @returns {StaticRange[]} */
  ranges(span) {
    return this.turnsIn(span).map((turn) => {
      const [from, to] = turn.units(span);
      return new StaticRange({ startContainer: turn.node, startOffset: from, endContainer: turn.node, endOffset: to });
    });
  }

  /** The place on screen of the first and the last character of a span. @returns {{first: DOMRect, last: DOMRect}} */
  edges(span) {
    const turns = this.turnsIn(span);
    const [from] = turns[0].units(span);
    const [, to] = turns.at(-1).units(span);
    return { first: characterBox(turns[0].node, from), last: characterBox(turns.at(-1).node, to - 1) };
  }

  /** The words of a span; a line feed stands between turns. @param {Span} span @returns {string} */
  words(span) {
    return this.turnsIn(span).map((turn) => turn.node.data.slice(...turn.units(span))).join("\n");
  }

  /** A span without white space at its edges, null when there is nothing else. @returns {Span | null} */
  trimmed({ start, end }) {
    const turns = this.turnsIn({ start, end });
    if (!turns.length) return null;
    let from = Math.max(start, turns[0].start);
    let to = Math.min(end, turns.at(-1).end);
    while (from < to && isSpace(this.turnAt(from), from)) from += 1;
    while (from < to && isSpace(this.turnAt(to - 1), to - 1)) to -= 1;
    return from < to ? { start: from, end: to } : null;
  }

  /** What a DOM range chooses of the text, trimmed; null when it holds no words. @param {Range} range */
  spanOf(range) {
    if (!range.intersectsNode(this.root)) return null;
    const start = this.pointAt(range.startContainer, range.startOffset) ?? this.nearest(range, true);
    const end = this.pointAt(range.endContainer, range.endOffset) ?? this.nearest(range, false);
    return start < end ? this.trimmed({ start, end }) : null;
  }

  /** The code point at a place in a turn's own words, null elsewhere. @returns {number | null} */
  pointAt(node, offset) {
    const turn = node.nodeType === Node.TEXT_NODE && node.parentElement.closest("article.turn")?.turn;
    return turn && turn.node === node ? turn.pointAt(offset) : null;
  }

  /** Where a range that begins or ends outside the turns' words meets them. */
  nearest(range, atStart) {
    if (atStart) {
      const at = firstFrom(this.turns.length, (index) => range.comparePoint(this.turns[index].node, 0) >= 0);
      return this.turns[at]?.start ?? Infinity;
    }
    const past = firstFrom(this.turns.length, (i) => range.comparePoint(this.turns[i].node, this.turns[i].node.length) > 0);
    return this.turns[past - 1]?.end ?? -1;
  }

  /** The sentence that holds a code point. @param {number} point @returns {Span} */
  sentenceAt(point) {
    const turn = this.turnAt(point);
    const ends = turn.ends();
    const at = Math.min(firstFrom(ends.length, (index) => ends[index] > point), ends.length - 1);
    return this.trimmed({ start: at ? ends[at - 1] : turn.start, end: ends[at] }) ?? turn;
  }

  /** The sentence after (1) or before (-1) a span, null at the text's edge. @returns {Span | null} */
  sentenceBeside(span, step) {
    const edge = this.trimmed(step > 0 ? { start: span.end, end: Infinity } : { start: 0, end: span.start });
    return edge && this.sentenceAt(step > 0 ? edge.start : edge.end - 1);
  }

  /** The border of words next to a code point, forward (1) or back (-1). @returns {number} */
  wordBorder(point, step) {
    const inWord = (at) => !isSpace(this.turnAt(at), at);
    const last = this.turns.at(-1).end;
    let at = point;
    const next = () => (step > 0 ? at : at - 1);
    while (next() >= this.turns[0].start && next() < last && !inWord(next())) at += step;
    while (next() >= this.turns[0].start && next() < last && inWord(next())) at += step;
    return Math.min(Math.max(at, this.turns[0].start), last);
  }
}

/** One turn: its only text node, where that begins, and conversions made on first need. */
class TurnText {
  constructor(element) {
    const words = element.lastElementChild;
    if (words.childNodes.length > 1) words.normalize(); // parsers cut very long text nodes
    this.element = element;
    element.turn = this;
    this.node = words.firstChild;
    this.number = Number(element.id.slice(1));
    this.start = Number(element.dataset.start);
    this.end = Number(element.dataset.ends.slice(element.dataset.ends.lastIndexOf(" ") + 1));
    this.asks = element.classList.contains("asks");
  }

  /** Its height on the sheet; leaves are positioned, so that a turn's own offset is from its leaf. */
  get top() {
    return this.element.parentElement.offsetTop + this.element.offsetTop;
  }

  get index() {
    return (this.made ??= new OffsetIndex(this.node.data));
  }

  ends() {
    return this.element.dataset.ends.split(" ").map(Number);
  }

  /** The UTF-16 borders, in this turn's node, of the part of a span that lies in it. */
  units({ start, end }) {
    return [Math.max(start, this.start), Math.min(end, this.end)].map((point) => this.index.toUtf16(point - this.start));
  }

  /** A point inside a character counts as before it. */
  pointAt(unit) {
    const inside = unit > 0 && unit < this.node.length && this.node.data.codePointAt(unit - 1) > 0xffff;
    return this.start + this.index.toCodePoint(inside ? unit - 1 : unit);
  }
}

/** A stretch of turns. The browser guesses its height until it is laid out. */
class Leaf {
  constructor(element) {
    this.element = element;
    this.first = element.firstElementChild.turn;
    this.length = element.childElementCount;
    this.start = this.first.start;
    this.end = element.lastElementChild.turn.end;
    this.isOpen = false;
  }

  get top() {
    return this.element.offsetTop;
  }

  /** Lay it out, near the screen or not; whether it was not. */
  open() {
    if (this.isOpen) return false;
    this.element.classList.add("open");
    this.isOpen = true;
    return true;
  }
}

const scratch = new Range();

function characterBox(node, at) {
  scratch.setStart(node, at);
  scratch.setEnd(node, Math.min(at + 1, node.length));
  return scratch.getBoundingClientRect();
}

function isSpace(turn, point) {
  if (point >= turn.end) return true;
  return SPACE.test(turn.node.data[turn.index.toUtf16(point - turn.start)]);
}

/** The first index for which a condition holds that holds for all after it; `length` when for none. */
export function firstFrom(length, holds) {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
