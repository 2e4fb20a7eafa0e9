/** The card of the passages on some words: which codes are on them, with what can be done to each. */
import { additionsTo } from "./hooks.js";
import { beside } from "./palette.js";

export class Card {
  /**
   * @param {{root: HTMLElement, doc: HTMLElement, margin: HTMLElement, store: import("./store.js").Store,
   *   text: import("./text.js").SourceText, words: import("./status.js").Words,
   *   highlights: import("./highlights.js").Highlights, coderOf: (passage: object) => string,
   *   act: (verb: string, ids: string[], value?: number | null) => void, onClose: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.list = this.root.querySelector("ul");
    this.row = document.getElementById("card-row").content.firstElementChild;
    this.root.addEventListener("click", (event) => this.onClick(event));
    this.root.addEventListener("change", (event) => this.onWeight(event));
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    this.root.addEventListener("focusin", (event) => {
      this.lightRow(event.target);
      this.stand(event.target.closest("li"));
    });
    this.root.addEventListener("pointerover", (event) => this.lightRow(event.target));
    this.store.addEventListener("change", () => this.isOpen && this.refill());
  }

  get isOpen() {
    return !this.root.hidden;
  }

  /** Show passages. @param {import("./store.js").Passage[]} passages @param {{focus?: boolean}} how */
  open(passages, { focus = false } = {}) {
    this.ids = passages.map((passage) => passage.id);
    /** Ids of the passages marked to be changed together. @type {Set<string>} */
    this.marked = new Set();
    this.root.hidden = false;
    this.at = "";
    this.refill();
    beside(this.root, this.text.edges(passages[0]), this.doc, this.margin);
    if (focus) this.list.firstElementChild?.focus();
  }

  close(giveBack = true) {
    if (!this.isOpen) return;
    const hadFocus = this.root.contains(document.activeElement);
    this.root.hidden = true;
    this.highlights.light("lit", []);
    if (giveBack && hadFocus) this.onClose();
  }

  /** The passages a key would act on: those marked, else the focused row's, or the only one there is. @returns {string[]} */
  pointedAt() {
    if (!this.isOpen) return [];
    if (this.marked.size) return this.ids.filter((id) => this.marked.has(id));
    const row = document.activeElement?.closest?.("#card li");
    return row ? [row.dataset.passage] : this.ids.length === 1 ? this.ids : [];
  }

  /** Mark the focused passage, or take its mark away. */
  mark(row) {
    const id = row.dataset.passage;
    if (!this.marked.delete(id)) this.marked.add(id);
    this.tellMark(row);
  }

  /** Show what can be done on one row alone: the focused one, else the first. @param {HTMLElement | null} row */
  stand(row) {
    if (!row) return;
    this.at = row.dataset.passage;
    for (const other of this.list.children) other.classList.toggle("at", other === row);
  }

  tellMark(row) {
    const passage = this.store.passages.get(row.dataset.passage);
    const { sign, name } = this.store.codeOf(passage);
    const isMarked = this.marked.has(passage.id);
    row.classList.toggle("marked", isMarked);
    row.ariaLabel = isMarked ? this.words.say("marked", { what: `${sign} ${name}` }) : `${sign} ${name}`;
  }

  refill() {
    const focused = [...this.list.children].findIndex((row) => row.contains(document.activeElement));
    const passages = this.ids.map((id) => this.store.passages.get(id)).filter(Boolean);
    this.ids = passages.map((passage) => passage.id);
    if (!passages.length) {
      this.close();
      return;
    }
    this.list.replaceChildren(...passages.map((passage) => this.rowFor(passage)));
    this.stand([...this.list.children].find((row) => row.dataset.passage === this.at) ?? this.list.firstElementChild);
    if (focused >= 0) this.list.children[Math.min(focused, passages.length - 1)].focus();
  }

  rowFor(passage) {
    const row = this.row.cloneNode(true);
    const code = this.store.codeOf(passage);
    row.dataset.passage = passage.id;
    row.dataset.hue = code.hue;
    row.querySelector(".sign").textContent = code.sign;
    row.querySelector(".name").textContent = code.name;
    row.querySelector(".extent").textContent = this.coderOf(passage);
    row.querySelector(".quoted").textContent = this.text.words(passage);
    this.tellMark(row);
    row.append(...additionsTo(passage));
    const weight = row.querySelector(".weight");
    if (weight) {
      weight.hidden = !code.weighs && passage.weight === null;
      weight.lastElementChild.value = passage.weight ?? "";
    }
    return row;
  }

  lightRow(target) {
    const passage = this.store.passages.get(target.closest("li")?.dataset.passage);
    this.highlights.light("lit", passage ? [passage] : []);
  }

  onClick(event) {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    const id = button.closest("li").dataset.passage;
    this.act(button.dataset.act, this.marked.has(id) ? this.pointedAt() : [id]);
  }

  onWeight(event) {
    const field = event.target;
    if (!field.reportValidity()) return;
    this.act("weight", [field.closest("li").dataset.passage], field.value === "" ? null : Number(field.value));
  }

  onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const inField = event.target.tagName === "INPUT";
    if (event.key === "Escape") this.close();
    else if (event.key === " " && event.target.matches("li")) this.mark(event.target);
    else if (step && !inField) {
      const rows = [...this.list.children];
      const at = rows.findIndex((row) => row.contains(document.activeElement));
      rows[(at + step + rows.length) % rows.length].focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
