/** What was done on this source in this tab, to be undone and done again without limit; a reload does not forget it. */
import { oncePainted } from "./screen.js";

const PREFIX = "fieldstudy-done-";

/**
 * @typedef {import("./changes.js").Change[] | {kind: string, before: object | null, after: object | null}} Deed what is
 *   undone and done again in one step: changes of passages, or of one thing of another module's `kind`
 */
export class History {
  /** @param {string} name under which the tab remembers it */
  constructor(name) {
    this.key = PREFIX + name;
    const kept = JSON.parse(sessionStorage.getItem(this.key) ?? "null");
    /** @type {Deed[]} */
    this.done = kept?.done ?? [];
    /** @type {Deed[]} */
    this.undone = kept?.undone ?? [];
    this.keepSoon = oncePainted(() => this.keep());
    addEventListener("pagehide", () => this.keep());
  }

  /** @param {Deed} deed */
  add(deed) {
    this.done.push(deed);
    this.undone = [];
    this.keepSoon();
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
    this.keepSoon();
    return deed;
  }

  /** Forget what concerns passages, or things of another kind, whose change the server refused. @param {string[]} ids */
  forget(ids) {
    const others = (deed) => ![deed].flat().some(({ before, after }) => ids.includes((before ?? after).id));
    this.done = this.done.filter(others);
    this.undone = this.undone.filter(others);
    this.keepSoon();
  }

  /** Have the tab remember it; of what is too long for the tab's memory, the later half: the page's holds all. */
  keep() {
    if (this.isStopped) return;
    for (let { done } = this; ; done = done.slice(Math.ceil(done.length / 2))) {
      try {
        sessionStorage.setItem(this.key, JSON.stringify({ done, undone: this.undone }));
        return;
      } catch {
        sessionStorage.removeItem(this.key);
        if (!done.length) return;
      }
    }
  }

  /** Have the tab remember nothing any more: it is being wiped (signing_out.js). */
  stop() {
    this.isStopped = true;
  }
}
