/** The codebook at the left: counts in this text, a filter, some codes shown alone, a click that applies. */
import { ranked } from "./matching.js";
import { oncePainted } from "./screen.js";

export class Tree {
  /**
   * @param {{root: HTMLElement, store: import("./store.js").Store, words: import("./status.js").Words,
   *   onChoose: (code: object, pointed: boolean) => boolean, onOnly: (codes: Set<string> | null) => void,
   *   onFavourite: (key: number, code: object) => void, onLeave: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.tree = this.root.querySelector("[role=tree]");
    this.field = this.root.querySelector("#filter");
    this.banner = this.root.querySelector("#only");
    /** The codes whose passages alone are shown; all when it is empty. @type {Set<string>} */
    this.shown = new Set();
    if (!this.tree) return;
    this.items = [...this.tree.querySelectorAll("[role=treeitem]")];
    if (this.items.length) this.items[0].tabIndex = 0;
    this.store.addEventListener("code", ({ detail }) => this.add(detail));
    this.store.addEventListener("change", oncePainted(() => this.count()));
    this.field.addEventListener("input", () => this.filter());
    this.field.addEventListener("keydown", (event) => this.onFieldKey(event));
    this.tree.addEventListener("keydown", (event) => this.onKey(event));
    this.tree.addEventListener("click", (event) => {
      const item = event.target.closest("[role=treeitem]");
      if (item) this.choose(item, { beside: event.altKey || event.ctrlKey || event.metaKey, pointed: true });
    });
    this.banner.querySelector("[data-act=all]").addEventListener("click", () => this.showAll());
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
      const name = [...item.querySelectorAll(":scope > .row .sign, :scope > .row .name")].map((part) => part.textContent);
      item.ariaLabel = `${name.join(" ")}, ${this.words.say("passages", sum)}`;
      number.classList.toggle("zero", sum === 0);
    }
  }

  /**
   * Apply to what is chosen; else open or shut a branch, else show this code alone. A click (`pointed`) applies to chosen
   * words alone: where the caret merely stands, Enter codes and a click shows.
   */
  choose(item, { beside = false, pointed = false } = {}) {
    const code = this.store.codes.get(item.dataset.code);
    if (!beside && code?.usable && this.onChoose(code, pointed)) return;
    if (!beside && item.querySelector(":scope > .branch")) item.ariaExpanded = String(item.ariaExpanded !== "true");
    else this.toggle(code.id, beside);
  }

  /** Show a code's passages alone, or no longer; with `beside`, next to those shown already. @param {string} id */
  toggle(id, beside = false) {
    const was = this.shown.has(id);
    if (!beside) this.shown.clear();
    if (was) this.shown.delete(id);
    else this.shown.add(id);
    this.show();
  }

  showAll() {
    this.shown.clear();
    this.show();
  }

  /** A heading stands for all codes below it. */
  show() {
    for (const item of this.items) item.ariaSelected = String(this.shown.has(item.dataset.code));
    const [first] = this.shown;
    this.banner.hidden = !first;
    const values = { n: this.shown.size, code: this.store.codes.get(first)?.name };
    if (first) this.banner.firstElementChild.textContent = this.words.say(this.shown.size > 1 ? "filteredMany" : "filtered", values);
    const ids = [...this.shown].flatMap((id) => (this.store.codes.get(id).usable ? [id] : [...this.store.branch(id)]));
    this.onOnly(first ? new Set(ids) : null);
  }

  /** A code that came to be while the page was open, is known better now, or is no more. */
  add(code) {
    let item = this.items.find((one) => one.dataset.code === code.id);
    if (!this.store.codes.has(code.id)) {
      this.items = this.items.filter((one) => one !== item);
      item?.remove();
      if (this.shown.delete(code.id)) this.show();
      return;
    }
    if (!item) {
      item = document.getElementById("tree-item").content.firstElementChild.cloneNode(true);
      item.dataset.code = code.id;
      this.tree.append(item);
      this.tree.hidden = false;
      this.items.push(item);
    }
    item.dataset.hue = code.hue;
    item.querySelector(".sign").textContent = code.sign;
    item.querySelector(".name").textContent = code.name;
    this.count();
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
    this.root.querySelector("#filter-none").textContent = typed && !kept.size ? this.words.say("noCodes") : "";
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
      Enter: () => this.choose(item, { beside: event.altKey }),
      " ": () => this.choose(item, { beside: true }),
      Escape: () => this.leave(),
    };
    const favourite = event.altKey && /^Digit([1-9])$/.exec(event.code)?.[1];
    const code = this.store.codes.get(item.dataset.code);
    if (favourite && code?.usable) this.onFavourite(Number(favourite), code);
    else if (moves[event.key]) moves[event.key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  focus(item) {
    if (!item) return;
    for (const one of this.items) one.tabIndex = one === item ? 0 : -1;
    item.focus();
  }
}
