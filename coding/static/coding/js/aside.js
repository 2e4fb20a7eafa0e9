/**
 * Writes that the server, or a proxy before it, refuses with an answer that is not the platform's own: set aside, so that
 * what does not build on them goes on. They stay in the outbox until they are sent or discarded; a reload tries them again.
 *
 * @typedef {import("./outbox.js").Write} Write
 */
/** Too large a body, too long an address, too large a header: trying again changes nothing. */
const FOR_GOOD = [413, 414, 431];
/** Refusals that pass by themselves: too slow, too early, too many. */
const PASSING = [408, 425, 429];
const TRIES = 3;

export class Aside {
  constructor() {
    /** By key. @type {Map<number, {write: Write, status: number, tries: number, isOut: boolean}>} */
    this.struck = new Map();
  }

  /** Count a refusal. @returns {boolean} whether the write is set aside; else it is to be tried again */
  strike(write, status) {
    if (!(status >= 400 && status < 500) || PASSING.includes(status)) return false;
    const tries = (this.struck.get(write.key)?.tries ?? 0) + 1;
    const isOut = tries >= TRIES || FOR_GOOD.includes(status);
    this.struck.set(write.key, { write, status, tries, isOut });
    return isOut;
  }

  /** What is set aside now. @returns {{write: Write, status: number, isForGood: boolean}[]} */
  out() {
    const all = [...this.struck.values()].filter(({ isOut }) => isOut);
    return all.map(({ write, status }) => ({ write, status, isForGood: FOR_GOOD.includes(status) }));
  }

  /** The first write that can be sent: neither set aside nor built on one that is. @param {Write[]} waiting */
  next(waiting) {
    const ids = new Set();
    for (const write of waiting) {
      if (!this.struck.get(write.key)?.isOut && !isBuiltOn(write, ids)) return write;
      for (const id of idsOf(write)) ids.add(id);
    }
    return null;
  }

  /** A write with all that waits and builds on it. @param {Write} write @param {Write[]} waiting */
  with(write, waiting) {
    const ids = new Set(idsOf(write));
    return waiting.filter((one) => {
      const isGone = one.key === write.key || (one.key > write.key && isBuiltOn(one, ids));
      if (isGone) for (const id of idsOf(one)) ids.add(id);
      return isGone;
    });
  }

  /** Have writes tried once more: all but those refused for good, or one. @param {Write | null} write */
  again(write = null) {
    for (const [key, held] of this.struck) {
      if (write ? key === write.key : !FOR_GOOD.includes(held.status)) Object.assign(held, { isOut: false, tries: TRIES - 1 });
    }
  }

  /** Forget writes that arrived, were refused by the platform itself, or discarded. @param {number[]} keys */
  drop(keys) {
    for (const key of keys) this.struck.delete(key);
  }
}

const idsOf = (write) => write.ids ?? [write.id];

/** Whether a write names any of these ids, wherever. */
function isBuiltOn({ id, ids, body, path }, others) {
  if (!others.size) return false;
  const told = JSON.stringify([id, ids, body, path]);
  return [...others].some((other) => told.includes(other));
}
