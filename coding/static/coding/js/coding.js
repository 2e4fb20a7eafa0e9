/** The verbs of coding: apply, remove, change, undo, do again. Each is shown at once, remembered, and queued. */

/** @typedef {import("./store.js").Passage} Passage */
const FIELDS = ["start", "end", "code", "weight"];

export class Coding {
  /**
   * @param {{store: import("./store.js").Store, queue: import("./queue.js").Queue,
   *   history: import("./history.js").History, desk: object, status: import("./status.js").Status}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.recentKey = `fieldstudy-recent-${this.desk.user}-${this.desk.study}`;
    /** Ids of the codes applied last, newest first. @type {string[]} */
    this.recent = JSON.parse(localStorage.getItem(this.recentKey) ?? "[]");
    this.queue.addEventListener("news", ({ detail }) => this.hear(detail));
  }

  /** Apply a code to a span. @param {import("./store.js").Code} code @param {number | null} weight */
  apply(code, { start, end }, weight = null) {
    if (!this.desk.editable || !code.usable) return;
    this.recent = [code.id, ...this.recent.filter((id) => id !== code.id)].slice(0, 12);
    localStorage.setItem(this.recentKey, JSON.stringify(this.recent));
    const same = this.store.overlapping(start, end).find((other) => other.code === code.id && other.start === start && other.end === end);
    if (same) {
      this.status.announce("alreadyCoded", { code: code.name });
      return;
    }
    const after = { id: newId(), code: code.id, start, end, weight, version: 1, reading: this.desk.reading };
    this.perform({ before: null, after });
    this.history.add({ before: null, after });
    this.status.announce("applied", { code: code.name });
  }

  remove(id) {
    const before = this.mine(id);
    if (!before) return;
    this.perform({ before, after: null });
    this.history.add({ before, after: null });
    this.status.toast("removed", { code: this.store.codeOf(before).name });
  }

  /** Change some of a passage's fields. @param {string} id @param {Partial<Passage>} fields @param {string} told */
  change(id, fields, told) {
    const before = this.mine(id);
    if (!before || FIELDS.every((name) => fields[name] === undefined || fields[name] === before[name])) return;
    const after = { ...before, ...fields };
    this.perform({ before, after });
    this.history.add({ before, after });
    this.status.announce(told, { code: this.store.codeOf(after).name, weight: after.weight ?? "–" });
  }

  undo() {
    const deed = this.history.back();
    this.repeat(deed && { before: deed.after, after: deed.before }, "undone", "nothingToUndo");
  }

  redo() {
    this.repeat(this.history.forth(), "redone", "nothingToRedo");
  }

  repeat(deed, told, nothing) {
    if (!deed || !this.desk.editable) {
      this.status.announce(nothing);
      return;
    }
    const id = (deed.before ?? deed.after).id;
    const now = this.store.passages.get(id);
    if (Boolean(deed.before) !== Boolean(now)) {
      this.status.announce("cannotUndo");
      return;
    }
    const changed = deed.before && deed.after ? FIELDS.filter((name) => deed.before[name] !== deed.after[name]) : [];
    const after = now && deed.after ? { ...now, ...pick(deed.after, changed) } : deed.after;
    this.perform({ before: now ?? null, after });
    const name = this.store.codeOf(after ?? now).name;
    const verb = after === null ? "removed" : now ? "recoded" : "restored";
    this.status.announce(told, { what: this.status.words.say(verb, { code: name }) });
    this.onRepeat?.(after ?? now);
  }

  /** Show a deed here and in other tabs, and queue the write that makes it so. */
  perform({ before, after }) {
    const { id } = before ?? after;
    const held = this.store.versions.get(id);
    const version = (held ?? 0) + 1;
    const passage = after && { ...after, version };
    let write;
    if (!after) write = { op: "remove" };
    else if (before) {
      const changed = pick(after, FIELDS.filter((name) => after[name] !== before[name]));
      const borders = "start" in changed || "end" in changed ? { revision: this.desk.revision, ...pick(after, ["start", "end"]) } : {};
      write = { op: "change", body: { version: held, ...changed, ...borders } };
    } else if (held) write = { op: "restore", passage };
    else write = { op: "apply", body: { id, revision: this.desk.revision, ...pick(after, FIELDS) } };
    const change = passage ? { put: [passage] } : { drop: [id] };
    this.store.versions.set(id, version);
    this.store.change(change);
    this.queue.share({ kind: "done", ...change });
    this.queue.add({ ...write, id });
  }

  /** What waits to be sent is part of what the coder sees, after a reload too. @param {object[]} writes */
  replay(writes) {
    for (const { op, id, body, passage } of writes.filter((write) => write.source === this.desk.source)) {
      const now = this.store.passages.get(id);
      if (op === "apply" && !now) {
        this.store.hold({ ...pick(body, FIELDS), id, version: 1, reading: this.desk.reading });
      } else if (op === "change" && now) this.store.hold({ ...now, ...pick(body, FIELDS), version: body.version + 1 });
      else if (op === "restore") this.store.hold(passage);
      else if (op === "remove" && now) {
        this.store.versions.set(id, now.version + 1);
        this.store.passages.delete(id);
        this.store.order = null;
      }
    }
  }

  /** How a write went, or what another tab did. */
  hear(news) {
    const source = news.write?.source ?? news.source;
    if (source !== this.desk.source) {
      if (news.kind === "refused" && !news.elsewhere) this.status.notice("refusedElsewhere", news);
    } else if (news.kind === "done") this.store.change(news);
    else if (news.kind === "sent") this.onSent(news);
    else if (news.kind === "refused") this.onRefused(news);
  }

  onSent({ record, last }) {
    if (!record) return;
    this.desk.reading ??= record.reading;
    if (record.revision !== this.desk.revision) this.status.notice("textChanged", { reload: true });
    else if (last && !this.isOutrun(record)) this.put(record);
  }

  /** Whether more was done to a passage here while the answer was on its way. */
  isOutrun(record) {
    return (this.store.versions.get(record.id) ?? 0) > record.version;
  }

  onRefused({ write, record, message }) {
    this.history.forget(write.id);
    if (record) this.put(record);
    else if (this.store.passages.has(write.id)) this.store.change({ drop: [write.id] });
    this.status.notice("refused", { message });
  }

  /** Take over what the server holds, repainting only what is different. */
  put(record) {
    const now = this.store.passages.get(record.id);
    const passage = { ...pick(record, [...FIELDS, "version", "reading"]), id: record.id };
    if (now && FIELDS.every((name) => now[name] === passage[name])) this.store.hold(passage);
    else this.store.change({ put: [passage] });
  }

  mine(id) {
    return this.desk.editable ? this.store.passages.get(id) : undefined;
  }
}

function pick(from, names) {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]));
}

/** A random UUID; `crypto.randomUUID` is kept from pages that come over plain HTTP. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
