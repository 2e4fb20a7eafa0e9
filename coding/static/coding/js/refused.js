/** Above the text, for every write that was set aside: what it is, who refused it and why, and what can be done. */

const LONGEST = 80;
const MOST_NAMED = 5;
/** Why, by status: a key of the page's words. */
const REASONS = { 413: "refusedLarge", 414: "refusedAddress", 431: "refusedHeaders", 401: "refusedForbidden", 403: "refusedForbidden" };

export class Refused {
  /** @param {{root: HTMLElement, queue: import("./queue.js").Queue, words: import("./status.js").Words}} parts */
  constructor(parts) {
    Object.assign(this, parts);
    /** By key of the write. @type {Map<number, HTMLElement>} */
    this.shown = new Map();
    this.queue.addEventListener("state", ({ detail }) => this.show(detail.refused));
  }

  /** @param {{write: import("./outbox.js").Write, status: number, isForGood: boolean}[]} refused */
  show(refused) {
    const keys = new Set(refused.map(({ write }) => write.key));
    for (const [key, notice] of this.shown) {
      if (keys.has(key)) continue;
      notice.remove();
      this.shown.delete(key);
    }
    for (const one of refused) if (!this.shown.has(one.write.key)) this.add(one);
  }

  add(one) {
    const notice = document.getElementById("refused-write").content.firstElementChild.cloneNode(true);
    const { words, queue } = this;
    const why = words.say(REASONS[one.status] ?? "refusedStatus", { status: String(one.status) });
    const then = words.say(one.isForGood ? "refusedForGood" : "refusedTried");
    notice.querySelector("p").textContent = `${words.say("refusedWrite", { what: this.nameOf(one.write), why })} ${then}`;
    const acts = { again: () => queue.retry(one.write), download: () => this.download(one), discard: () => this.discard(one) };
    notice.addEventListener("click", ({ target }) => acts[target.closest("[data-act]")?.dataset.act]?.());
    this.shown.set(one.write.key, notice);
    this.root.append(notice);
  }

  /** What a write would have done, with a person's own words as far as it has any. */
  nameOf({ op, ids, code, body }) {
    const { words } = this;
    if (op === "propose" || op === "withdraw") return words.say("refusedCode", { code: code?.name ?? "" });
    if (op !== "call") return words.say("refusedPassages", ids?.length ?? 1);
    const written = [body?.title, body?.text, body?.task, body?.note].find(Boolean);
    if (!written) return words.say("refusedCall");
    const few = written.length > LONGEST ? `${written.slice(0, LONGEST)}…` : written;
    return words.say("refusedWords", { words: few });
  }

  /** A write with what builds on it, as a file: whatever becomes of them, nothing is lost. */
  async download({ write }) {
    const all = this.queue.aside.with(write, await this.queue.count());
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(all, null, 2)], { type: "application/json" }));
    link.download = `fieldstudy-${write.id}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  async discard(one) {
    const { words, queue } = this;
    const all = queue.aside.with(one.write, await queue.count());
    const named = all.slice(0, MOST_NAMED).map((write) => `– ${this.nameOf(write)}`);
    if (all.length > MOST_NAMED) named.push("…");
    if (!confirm([words.say("refusedSure", all.length), ...named].join("\n"))) return;
    await queue.discard(one).catch(() => queue.rest("waiting"));
  }
}
