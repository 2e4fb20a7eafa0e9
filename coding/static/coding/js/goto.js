/** Going somewhere by typing: a turn by its number, the passages of a code, nearest first, or a memo or mark. */
import { morePlaces } from "./hooks.js";
import { folded, ranked, spellings } from "./matching.js";

const SHOWN = 8;

export class GoTo {
  /**
   * @param {{dialog: HTMLDialogElement, store: import("./store.js").Store, text: import("./text.js").SourceText,
   *   words: import("./status.js").Words, toTurn: (turn: object) => void, toCode: (id: string, step: number) => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.field = this.dialog.querySelector("[role=combobox]");
    this.list = this.dialog.querySelector("[role=listbox]");
    this.option = document.getElementById("choice").content.firstElementChild;
    this.field.addEventListener("input", () => this.search());
    this.field.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("click", (event) => {
      const at = [...this.list.children].indexOf(event.target.closest("[role=option]"));
      if (at >= 0) this.go(at, 1);
    });
  }

  open() {
    this.field.value = "";
    this.dialog.showModal();
    this.field.focus();
    this.search();
  }

  search() {
    const typed = this.field.value.trim();
    const number = /^\d+$/.test(typed) ? Number(typed) : 0;
    const turn = number ? this.text.turns[Math.min(number, this.text.turns.length) - 1] : null;
    const uses = this.store.counts();
    const used = [...this.store.codes.values()].filter((code) => uses.has(code.id));
    const codes = ranked(used, typed, [], uses).slice(0, SHOWN).map((code) => ({ code }));
    this.places = turn ? [{ turn }] : [...codes, ...this.notes(folded(typed))];
    this.dialog.querySelector(".none").textContent = typed && !this.places.length ? this.words.say("noPlaces") : "";
    this.list.replaceChildren(...this.places.map((place, at) => this.optionFor(place, at, uses)));
    this.focusOn(0);
  }

  /** Memos and marks with these words; without any, none: there may be many. @param {string} wanted */
  notes(wanted) {
    const found = wanted ? morePlaces().filter(({ name, says }) => spellings(wanted).some((one) => folded(`${says} ${name}`).includes(one))) : [];
    return found.slice(0, SHOWN).map((note) => ({ note }));
  }

  optionFor({ turn, code, note }, at, uses) {
    const option = this.option.cloneNode(true);
    const [label, stance, key] = option.children;
    option.id = `place-${at}`;
    stance.remove();
    if (code) option.dataset.hue = code.hue;
    const { sign = "", name = turn && this.words.say("turn", turn.number) } = code ?? note ?? {};
    label.firstElementChild.textContent = sign;
    label.firstElementChild.hidden = !sign;
    label.lastElementChild.textContent = name;
    key.textContent = code ? this.words.say("passages", uses.get(code.id)) : (note?.says ?? "");
    return option;
  }

  focusOn(at) {
    this.at = at;
    Array.from(this.list.children, (option, place) => option.setAttribute("aria-selected", String(place === at)));
    if (this.list.children[at]) this.field.setAttribute("aria-activedescendant", `place-${at}`);
    else this.field.removeAttribute("aria-activedescendant");
  }

  onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const { length } = this.places;
    if (step && length) this.focusOn((this.at + step + length) % length);
    else if (event.key === "Enter") this.go(this.at, event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
  }

  go(at, step) {
    const place = this.places[at];
    if (!place) return;
    this.dialog.close();
    if (place.turn) this.toTurn(place.turn);
    else if (place.note) place.note.go();
    else this.toCode(place.code.id, step);
  }
}
