/** The codebook at the left: counts in this text, a filter, one code shown alone, a click that applies. */
import { ranked } from "./matching.js";

export class Tree {
  /**
   * @param {{root: HTMLElement, store: import("./store.js").Store, words: import("./status.js").Words,
   *   onChoose: (code: object) => boolean, onOnly: (code: string | null) => void, onLeave: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.tree = this.root.querySelector("[role=tree]");
    this.field = this.root.querySelector("#filter");
    this.banner = this.root.querySelector("#only");
    /** @type {string | null} */
    this.only = null;
    if (!this.tree) return;
    this.items = [...this.tree.querySelectorAll("[role=treeitem]")];
    this.items[0].tabIndex = 0;
    this.store.addEventListener("change", () => this.count());
    this.field.addEventListener("input", () => this.filter());
    this.field.addEventListener("keydown", (event) => this.onFieldKey(event));
    this.tree.addEventListener("keydown", (event) => this.onKey(event));
    this.tree.addEventListener("click", (event) => {
      const item = event.target.closest("[role=treeitem]");
      if (item) this.choose(item, event.altKey);
    });
    this.banner.querySelector("button").addEventListener("click", () => this.show(null));
    this.count();
  }

  /** Write each code's number; a branch holds its codes' sum. */
  count() {
    const counts = this.store.counts();
    for (const item of this.items) {
      const codes = [item, ...item.querySelectorAll("[data-code]")].map((one) => one.dataset.code);
      const isBranch = item.querySelector(":scope > .branch");
      const sum = (isBranch ? codes : [item.dataset.code]).reduce((total, id) => total + (counts.get(id) ?? 0), 0);
      const number = item.querySelector(":scope > .row > .n");
      if (number.textContent !== String(sum)) number.textContent = String(sum);
      number.classList.toggle("zero", sum === 0);
    }
  }

  /** A click: apply to what is chosen; else open or shut a branch, else show this code alone. */
  choose(item, alone = false) {
    const code = this.store.codes.get(item.dataset.code);
    if (!alone && code?.usable && this.onChoose(code)) return;
    if (item.querySelector(":scope > .branch")) item.ariaExpanded = String(item.ariaExpanded !== "true");
    else this.show(this.only === code.id ? null : code.id);
  }

  /** Show the passages of one code alone, or all. @param {string | null} id */
  show(id) {
    this.only = id;
    for (const item of this.items) item.ariaSelected = String(item.dataset.code === id);
    this.banner.hidden = !id;
    if (id) this.banner.firstElementChild.textContent = this.words.say("filtered", { code: this.store.codes.get(id).name });
    this.onOnly(id);
  }

  focusFilter() {
    this.field.focus();
    this.field.select();
  }

  filter() {
    const typed = this.field.value.trim();
    const codes = [...this.store.codes.values()];
    const kept = new Set(ranked(codes, typed).map((code) => code.id));
    for (const item of this.items) {
      const below = [...item.querySelectorAll("[data-code]")].some((one) => kept.has(one.dataset.code));
      const above = typed && item.parentElement.closest("[data-code]");
      item.hidden = Boolean(typed) && !kept.has(item.dataset.code) && !below && !(above && kept.has(above.dataset.code));
      if (typed && below) item.ariaExpanded = "true";
    }
  }

  /** Back to the text, with all codes listed again. */
  leave() {
    this.field.value = "";
    this.filter();
    this.onLeave();
  }

  onFieldKey(event) {
    if (event.key === "Escape") {
      this.leave();
    } else if (event.key === "ArrowDown" || event.key === "Enter") {
      const usable = [...this.store.codes.values()].filter((code) => code.usable && !code.gone);
      const best = ranked(usable, this.field.value)[0];
      const item = best && this.items.find((one) => one.dataset.code === best.id);
      if (!item) return;
      if (event.key === "ArrowDown") this.focus(item);
      else this.choose(item);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  onKey(event) {
    const item = event.target.closest("[role=treeitem]");
    const seen = this.items.filter((one) => one.checkVisibility());
    const at = seen.indexOf(item);
    const shut = item.ariaExpanded === "false";
    const parent = item.parentElement.closest("[role=treeitem]");
    const moves = {
      ArrowDown: () => this.focus(seen[at + 1]),
      ArrowUp: () => this.focus(seen[at - 1]),
      Home: () => this.focus(seen[0]),
      End: () => this.focus(seen.at(-1)),
      ArrowRight: () => (shut ? (item.ariaExpanded = "true") : this.focus(item.querySelector("[role=treeitem]"))),
      ArrowLeft: () => (item.ariaExpanded === "true" ? (item.ariaExpanded = "false") : this.focus(parent)),
      Enter: () => this.choose(item, event.altKey),
      " ": () => this.choose(item, true),
      Escape: () => this.leave(),
    };
    if (!moves[event.key]) return;
    moves[event.key]();
    event.preventDefault();
    event.stopPropagation();
  }

  focus(item) {
    if (!item) return;
    for (const one of this.items) one.tabIndex = one === item ? 0 : -1;
    item.focus();
  }
}
