/** The passages on view and the codes they carry. Everybody else listens to its `change` events. */
import { firstFrom } from "./text.js";

/**
 * @typedef {{id: string, code: string, start: number, end: number, weight: number | null, version: number,
 *   reading: string | null}} Passage
 * @typedef {{id: string, parent: string | null, sign: string, hue: number, stance: string, usable: boolean,
 *   gone: boolean, into: string | null, weighs: boolean, name: string, definition: string, include: string,
 *   exclude: string, used?: number}} Code `used`: how many of one's own passages in the study had it when the page came
 */
export class Store extends EventTarget {
  /** @param {Code[]} codes @param {[string[], string[], ...any[]]} compact passages as the page sends them */
  constructor(codes, [codeIds, readingIds, ...rows]) {
    super();
    /** @type {Map<string, Code>} */
    this.codes = new Map(codes.map((code) => [code.id, code]));
    /** @type {Map<string, Passage>} */
    this.passages = new Map();
    /** Last known version of every passage met, removed ones included. @type {Map<string, number>} */
    this.versions = new Map();
    for (const [id, code, start, end, weight, version, reading] of rows) {
      this.hold({ id, code: codeIds[code], start, end, weight, version, reading: readingIds[reading] });
    }
    this.before = this.counts();
  }

  /** The code a passage carries now, merged codes followed. @param {Passage} passage @returns {Code} */
  codeOf(passage) {
    let code = this.codes.get(passage.code);
    for (let steps = 0; code?.into && steps < 20; steps += 1) code = this.codes.get(code.into) ?? { ...code, into: null };
    return code ?? { id: passage.code, sign: "?", name: "?", hue: 1, stance: "neither", usable: false, gone: true };
  }

  hold(passage) {
    this.passages.set(passage.id, passage);
    this.versions.set(passage.id, passage.version);
    this.order = null;
  }

  /** Forget a passage and remember its version, without telling. */
  letGo(id, version) {
    this.versions.set(id, version);
    this.passages.delete(id);
    this.order = null;
  }

  /** A code that came to be while the page was open, or is known better now. @param {Code} code */
  addCode(code) {
    this.codes.set(code.id, { ...this.codes.get(code.id), ...code });
    this.dispatchEvent(new CustomEvent("code", { detail: this.codes.get(code.id) }));
  }

  /** A code that is no more. @param {string} id */
  dropCode(id) {
    const code = this.codes.get(id);
    if (this.codes.delete(id)) this.dispatchEvent(new CustomEvent("code", { detail: { ...code, gone: true } }));
  }

  /** A code and all below it. @returns {Set<string>} */
  branch(id) {
    const ids = new Set([id]);
    for (let size = 0; size < ids.size; ) {
      size = ids.size;
      for (const code of this.codes.values()) if (ids.has(code.parent)) ids.add(code.id);
    }
    return ids;
  }

  /** Put passages (new or changed) and drop others, in one change. */
  change({ put = [], drop = [] }) {
    const dropped = [...drop, ...put.map((passage) => passage.id)].map((id) => this.passages.get(id)).filter(Boolean);
    for (const passage of dropped) this.passages.delete(passage.id);
    for (const passage of put) this.hold(passage);
    this.order = null;
    this.dispatchEvent(new CustomEvent("change", { detail: { put, dropped } }));
  }

  /** All passages by start, longest first; with the farthest end so far, to know where to stop looking back. */
  sorted() {
    if (!this.order) {
      const list = [...this.passages.values()].sort((a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1));
      let reach = 0;
      this.order = { list, reach: list.map((passage) => (reach = Math.max(reach, passage.end))) };
    }
    return this.order;
  }

  /** The passages that share a code point with `[start, end)`, by start. @returns {Passage[]} */
  overlapping(start, end) {
    const { list, reach } = this.sorted();
    const found = [];
    for (let at = firstFrom(list.length, (index) => list[index].start >= end) - 1; at >= 0 && reach[at] > start; at -= 1) {
      if (list[at].end > start) found.push(list[at]);
    }
    return found.reverse();
  }

  /** How many passages carry each code. @returns {Map<string, number>} */
  counts() {
    const counts = new Map();
    for (const passage of this.passages.values()) {
      const { id } = this.codeOf(passage);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
    return counts;
  }

  /** How often one applied each code in the study: as the page was told, and what was done since. @returns {Map<string, number>} */
  frequencies() {
    const now = this.counts();
    const since = (id) => (now.get(id) ?? 0) - (this.before.get(id) ?? 0);
    return new Map([...this.codes.values()].map(({ id, used = 0 }) => [id, used + since(id)]));
  }
}
