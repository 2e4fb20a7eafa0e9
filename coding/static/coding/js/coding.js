/** The verbs of coding: apply, remove, change, undo, do again. Each is shown at once, remembered, and queued. */
import { Changes, FIELDS, pick } from "./changes.js";
import { repeated } from "./hooks.js";
import { newId } from "./ids.js";

const RECENT = 12;

export class Coding extends Changes {
  /**
   * @param {{store: import("./store.js").Store, queue: import("./queue.js").Queue,
   *   history: import("./history.js").History, desk: object, status: import("./status.js").Status,
   *   text: import("./text.js").SourceText}} parts
   */
  constructor(parts) {
    super(parts);
    this.recentKey = `fieldstudy-recent-${this.desk.user}-${this.desk.study}`;
    /** Ids of the codes applied last, newest first. @type {string[]} */
    this.recent = JSON.parse(localStorage.getItem(this.recentKey) ?? "null") ?? this.desk.recent ?? [];
  }

  /** Apply a code to a span. @param {import("./store.js").Code} code @param {number | null} weight */
  apply(code, span, weight = null) {
    this.applyAll(code, [span], weight);
  }

  /** Apply a code to several spans, in one step. @param {import("./text.js").Span[]} spans */
  applyAll(code, spans, weight = null) {
    if (!this.desk.editable || !code.usable) return;
    this.remember(code);
    const fresh = spans.filter(({ start, end }) => !this.isOn(code, start, end));
    if (!fresh.length) {
      this.status.announce("alreadyCoded", { code: code.name });
      return;
    }
    if (!this.fits(fresh.length)) return;
    this.act(fresh.map(({ start, end }) => ({ before: null, after: this.passage(code.id, start, end, weight) })));
    this.tell(fresh.length, "applied", "appliedMany", code);
  }

  remember(code) {
    this.recent = [code.id, ...this.recent.filter((id) => id !== code.id)].slice(0, RECENT);
    localStorage.setItem(this.recentKey, JSON.stringify(this.recent));
  }

  isOn(code, start, end) {
    return this.store.overlapping(start, end).some((other) => other.code === code.id && other.start === start && other.end === end);
  }

  passage(code, start, end, weight) {
    return { id: newId(), code, start, end, weight, version: 1, reading: this.desk.reading };
  }

  /** Take passages away, in one step. @param {string[]} ids */
  remove(...ids) {
    const gone = ids.map((id) => this.mine(id)).filter(Boolean);
    if (!gone.length || !this.fits(gone.length)) return;
    this.act(gone.map((before) => ({ before, after: null })));
    const values = { code: this.store.codeOf(gone[0]).name, n: gone.length };
    this.status.toast(gone.length > 1 ? "removedMany" : "removed", values);
  }

  /** Change some of a passage's fields. @param {string} id @param {Partial<import("./store.js").Passage>} fields @param {string} told */
  change(id, fields, told) {
    const before = this.mine(id);
    if (!before || FIELDS.every((name) => fields[name] === undefined || fields[name] === before[name])) return;
    const after = { ...before, ...fields };
    this.act([{ before, after }]);
    this.status.announce(told, { code: this.store.codeOf(after).name, weight: after.weight ?? "–" });
  }

  /** Give passages another code, in one step; weights stay unless one is given. */
  recode(ids, code, weight = null) {
    if (!code.usable) return;
    const fields = { code: code.id, ...(weight === null ? {} : { weight }) };
    const others = ids.map((id) => this.mine(id)).filter((passage) => passage && passage.code !== code.id);
    if (!others.length || !this.fits(others.length)) return;
    this.remember(code);
    this.act(others.map((before) => ({ before, after: { ...before, ...fields } })));
    this.tell(others.length, "recoded", "recodedMany", code);
  }

  /** Cut a passage in two; both parts keep code, weight and memos. @param {number} point inside the passage */
  split(id, point) {
    const before = this.mine(id);
    const { text } = this;
    const first = before && text.trimmed({ start: before.start, end: point });
    const second = before && text.trimmed({ start: point, end: before.end });
    if (!first || !second) {
      this.status.announce("cannotSplit");
      return null;
    }
    const made = { ...this.passage(before.code, second.start, second.end, before.weight), reading: before.reading };
    this.act([{ before, after: { ...before, end: first.end } }, { before: null, after: made, of: id }]);
    this.status.announce("splitDone", { code: this.store.codeOf(before).name });
    return made;
  }

  /** Make one passage of all that touch or overlap this one and carry its code. */
  merge(id) {
    const own = this.mine(id);
    const run = own ? this.touching(own) : [];
    if (run.length < 2) {
      this.status.announce("nothingToMerge");
      return null;
    }
    if (!this.fits(run.length)) return null;
    const [first, ...rest] = run;
    const weight = run.find((passage) => passage.weight !== null)?.weight ?? null;
    const after = { ...first, end: Math.max(...run.map((passage) => passage.end)), weight };
    this.act([{ before: first, after }, ...rest.map((before) => ({ before, after: null, of: first.id }))]);
    this.status.announce("mergeDone", { code: this.store.codeOf(first).name, n: run.length });
    return after;
  }

  /** The passages of one code and reading that hang together with this one, in order. */
  touching(own) {
    // Until the server has opened the reading and said so, a passage applied here has none.
    const readingOf = (passage) => passage.reading ?? this.desk.reading;
    const like = (other) => other.code === own.code && readingOf(other) === readingOf(own);
    const run = [];
    let reach = -1;
    for (const passage of this.store.sorted().list.filter(like)) {
      const apart = run.length && passage.start > reach && this.text.trimmed({ start: reach, end: passage.start });
      if (apart && run.includes(own)) break;
      if (apart) run.length = 0;
      run.push(passage);
      reach = apart ? passage.end : Math.max(reach, passage.end);
    }
    return run.includes(own) ? run : [];
  }

  tell(n, one, many, code) {
    this.status.announce(n > 1 ? many : one, { code: code.name, n });
  }

  undo() {
    const deed = this.history.back();
    const back = ({ before, after, ...rest }) => ({ ...rest, before: after, after: before });
    const undone = Array.isArray(deed) ? deed.map(back).reverse() : deed && back(deed);
    this.repeat(undone, "undone", "nothingToUndo");
  }

  redo() {
    this.repeat(this.history.forth(), "redone", "nothingToRedo");
  }

  /** @param {import("./history.js").Deed | undefined} deed */
  repeat(deed, told, nothing) {
    if (!deed || (Array.isArray(deed) && !this.desk.editable)) this.status.announce(nothing);
    else if (Array.isArray(deed)) this.repeatChanges(deed, told);
    else {
      const what = repeated(deed);
      this.status.announce(what === null ? "cannotUndo" : told, { what });
    }
  }

  /** @param {import("./changes.js").Change[]} deed */
  repeatChanges(deed, told) {
    const changes = deed.map((change) => this.again(change));
    if (changes.includes(null)) {
      this.status.announce("cannotUndo");
      return;
    }
    const code = deed.find(({ made }) => made)?.made;
    if (code && told === "redone") this.propose(code);
    this.proposed = null;
    const { before, after } = changes[0];
    const values = { code: this.store.codeOf(after ?? before).name, weight: after?.weight ?? "–" };
    this.perform(changes);
    if (code && told === "undone") this.withdraw(code);
    const what = changes.length > 1
      ? this.status.words.say("passages", changes.length)
      : this.status.words.say(verbOf(changes[0]), values);
    this.status.announce(told, { what });
    this.onRepeat?.(after ?? before);
  }

  /** A change as it would be done to what stands now; null when it no longer fits. */
  again({ before, after, of }) {
    const now = this.store.passages.get((before ?? after).id);
    if (Boolean(before) !== Boolean(now)) return null;
    const changed = before && after ? FIELDS.filter((name) => before[name] !== after[name]) : [];
    return { before: now ?? null, after: now && after ? { ...now, ...pick(after, changed) } : after, of };
  }

  /** Do something new: it can be undone in one step. @param {import("./changes.js").Change[]} changes */
  act(changes) {
    this.perform(changes);
    // A code made for this step goes and comes with it.
    const made = changes[0].after?.code === this.proposed?.id ? this.proposed : undefined;
    this.history.add(made ? [{ ...changes[0], made }, ...changes.slice(1)] : changes);
    this.proposed = null;
  }

  /** A code of one's own, usable at once; its sign comes with the server's answer. @param {import("./store.js").Code} code */
  propose(code) {
    this.proposed = code;
    this.store.addCode(code);
    this.queue.share({ kind: "code", code });
    this.queue.add({ op: "propose", id: code.id, code, body: { id: code.id, names: { [this.desk.language]: code.name } } });
  }

  /** Take back a code of one's own that nothing here is coded with; where another source has it, it comes back. */
  withdraw(code) {
    this.proposed = null;
    if (this.store.counts().has(code.id)) return;
    this.store.dropCode(code.id);
    this.queue.share({ kind: "uncode", id: code.id });
    this.queue.add({ op: "withdraw", id: code.id, code });
  }

  mine(id) {
    return this.desk.editable ? this.store.passages.get(id) : undefined;
  }
}

/** What a change of one passage is called. @param {import("./changes.js").Change} change */
function verbOf({ before, after }) {
  if (!after) return "removed";
  if (!before) return "restored";
  if (before.code !== after.code) return "recoded";
  return before.weight === after.weight ? "moved" : "weighed";
}
