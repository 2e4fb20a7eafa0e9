/** What was done on this source in this tab, to be undone and done again without limit; a reload does not forget it. */

/** @typedef {import("./changes.js").Change[]} Deed what is undone and done again in one step */
export class History {
  /** @param {string} key under which the tab remembers it */
  constructor(key) {
    this.key = key;
    const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
    /** @type {Deed[]} */
    this.done = (kept?.done ?? []).filter(Array.isArray);
    /** @type {Deed[]} */
    this.undone = (kept?.undone ?? []).filter(Array.isArray);
  }

  /** @param {Deed} deed */
  add(deed) {
    this.done.push(deed);
    this.undone = [];
    this.keep();
  }

  /** The deed to undo now, moved to those that can be done again. @returns {Deed | undefined} */
  back() {
    return this.move(this.done, this.undone);
  }

  /** The deed to do again. @returns {Deed | undefined} */
  forth() {
    return this.move(this.undone, this.done);
  }

  move(from, to) {
    const deed = from.pop();
    if (deed) to.push(deed);
    this.keep();
    return deed;
  }

  /** Forget what concerns passages whose change the server refused. @param {string[]} ids */
  forget(ids) {
    const others = (deed) => !deed.some(({ before, after }) => ids.includes((before ?? after).id));
    this.done = this.done.filter(others);
    this.undone = this.undone.filter(others);
    this.keep();
  }

  keep() {
    try {
      sessionStorage.setItem(this.key, JSON.stringify({ done: this.done, undone: this.undone }));
    } catch {
      sessionStorage.removeItem(this.key); // too long for the tab's memory: it stays in the page's
    }
  }
}
