/** Changes of passages: shown at once, sent by the queue, and put right by what the server or another tab says. */
import { newId } from "./ids.js";

/**
 * @typedef {import("./store.js").Passage} Passage
 * @typedef {{before: Passage | null, after: Passage | null, of?: string, made?: import("./store.js").Code}} Change what
 *   stood before, and after; `of` is the passage that a new one is cut from, or that one removed is merged into; `made` is
 *   the code that was made for it
 */
export const FIELDS = ["start", "end", "code", "weight"];
/** How many passages one step changes at most: what the server does all or none of. */
const MOST = 2000;

export class Changes {
  constructor(parts) {
    Object.assign(this, parts);
    this.queue.addEventListener("news", ({ detail }) => this.hear(detail));
  }

  /** Whether a step is small enough to be done all or not at all; says so when it is not. @param {number} n */
  fits(n) {
    if (n > MOST) this.status.announce("tooMany", { n, most: MOST });
    return n <= MOST;
  }

  /** Show changes here and in other tabs, and queue the write that makes them so. @param {Change[]} changes */
  perform(changes) {
    const put = [];
    const drop = [];
    const steps = changes.map((change) => {
      const step = this.stepOf(change);
      this.store.versions.set(step.id, (step.version ?? 0) + 1);
      if (change.after) put.push({ ...change.after, version: (step.version ?? 0) + 1 });
      else drop.push(step.id);
      return step;
    });
    this.store.change({ put, drop });
    this.queue.share({ kind: "done", put, drop });
    if (steps.length === 1 && !steps[0].of) {
      this.queue.add(single(steps[0], put[0]));
      return;
    }
    this.queue.add({ op: "batch", id: newId(), ids: steps.map(({ id }) => id), stand: put, body: { changes: steps } });
  }

  /** A change as the server reads it. */
  stepOf({ before, after, of }) {
    const { id } = before ?? after;
    const version = this.store.versions.get(id);
    const { revision } = this.desk;
    const made = of === undefined ? {} : { of };
    if (!after) return { verb: "remove", id, version, ...made };
    if (!before && version) return { verb: "restore", id, version };
    if (!before) return { verb: "apply", id, revision, ...pick(after, FIELDS), ...made };
    const changed = pick(after, FIELDS.filter((name) => after[name] !== before[name]));
    const borders = "start" in changed || "end" in changed ? { revision, ...pick(after, ["start", "end"]) } : {};
    return { verb: "change", id, version, ...changed, ...borders };
  }

  /** What waits to be sent is part of what the coder sees, after a reload too. @param {object[]} writes */
  replay(writes) {
    for (const write of writes.filter((one) => one.source === this.desk.source)) {
      if (write.op === "propose") this.onCode?.(write.code);
      else if (write.op === "withdraw") this.store.dropCode(write.id);
      else if (write.op === "batch") this.replayBatch(write);
      else if (write.op !== "call") this.replayOne(write);
    }
  }

  replayOne({ op, id, body, passage }) {
    const now = this.store.passages.get(id);
    if (op === "apply" && !now) {
      this.store.hold({ ...pick(body, FIELDS), id, version: 1, reading: this.desk.reading });
    } else if (op === "change" && now) this.store.hold({ ...now, ...pick(body, FIELDS), version: body.version + 1 });
    else if (op === "restore") this.store.hold(passage);
    else if (op === "remove" && now) this.store.letGo(id, now.version + 1);
  }

  replayBatch({ body, stand }) {
    for (const { verb, id, version } of body.changes) {
      const passage = stand.find((one) => one.id === id);
      if ((this.store.versions.get(id) ?? 0) > (version ?? 0)) continue; // it has arrived
      if (verb === "remove") this.store.letGo(id, version + 1);
      else if (passage) this.store.hold(passage);
    }
  }

  /** How a write went, or what another tab did. */
  hear(news) {
    const source = news.write?.source ?? news.source;
    if (source !== this.desk.source) {
      if (news.kind === "refused" && !news.elsewhere) this.status.notice("refusedElsewhere", news);
    } else if (news.kind === "done") this.store.change(news);
    else if (news.kind === "code") this.onCode?.(news.code);
    else if (news.kind === "uncode") this.store.dropCode(news.id);
    else if (news.kind === "sent") this.onSent(news);
    else if (news.kind === "refused") this.onRefused(news);
  }

  onSent({ write, record, last }) {
    if (write.op === "propose") {
      // It may have been taken back while the answer was on its way.
      if (record && this.store.codes.has(write.id)) this.onCode?.({ ...write.code, ...record });
      return;
    }
    const records = record?.segments ?? (record?.id ? [record] : []);
    for (const one of records) {
      this.desk.reading ??= one.reading;
      if (one.revision !== this.desk.revision) this.status.notice("textChanged", { reload: true });
      else if (last && !this.isOutrun(one)) this.put(one);
    }
  }

  /** Whether more was done to a passage here while the answer was on its way. */
  isOutrun(record) {
    return (this.store.versions.get(record.id) ?? 0) > record.version;
  }

  onRefused({ write, records, message }) {
    if (write.op === "withdraw") {
      this.onCode?.(write.code);
      return;
    }
    const ids = write.ids ?? [write.id];
    this.history.forget(ids);
    for (const id of ids) {
      const record = records?.[id];
      if (record && !record.removed) this.put(record);
      else if (this.store.passages.has(id)) this.store.change({ drop: [id] });
    }
    this.status.notice("refused", { message, reload: ids.length > 1 });
  }

  /** Take over what the server holds, repainting only what is different. */
  put(record) {
    const now = this.store.passages.get(record.id);
    const passage = { ...pick(record, [...FIELDS, "version", "reading"]), id: record.id };
    if (now && FIELDS.every((name) => now[name] === passage[name])) this.store.hold(passage);
    else this.store.change({ put: [passage] });
  }
}

/** A single change as the write that has an address of its own. */
function single({ verb, id, ...rest }, passage) {
  if (verb === "remove") return { op: "remove", id };
  if (verb === "restore") return { op: "restore", id, passage };
  return { op: verb, id, body: verb === "apply" ? { id, ...rest } : rest };
}

/** Some of an object's fields. */
export function pick(from, names) {
  return Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]));
}
