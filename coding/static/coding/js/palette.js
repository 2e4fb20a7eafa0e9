/** The code palette: a combobox beside the chosen words, in the margin, never over them. */
import { folded, marked, ranked } from "./matching.js";

const SHOWN = 9;
const LONGEST_NAME = 120;

export class Palette {
  /**
   * @param {{root: HTMLElement, doc: HTMLElement, margin: HTMLElement, store: import("./store.js").Store,
   *   text: import("./text.js").SourceText, words: import("./status.js").Words, recent: () => string[],
   *   onChoose: (code: object, weight: number | null) => void, onNew: ((name: string) => object) | null,
   *   onFavourite: (key: number, code: object) => void, keyOf: (id: string) => number | null, onClose: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.input = this.root.querySelector("[role=combobox]");
    this.list = this.root.querySelector("[role=listbox]");
    this.weigh = this.root.querySelector(".weigh");
    this.weight = this.weigh.querySelector("input");
    this.option = document.getElementById("choice").content.firstElementChild;
    this.input.addEventListener("input", () => this.search());
    this.root.addEventListener("keydown", (event) => this.onKey(event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps focus in the field
    this.list.addEventListener("click", (event) => this.onClick(event));
    this.root.addEventListener("focusout", (event) => {
      if (document.hasFocus() && event.relatedTarget && !this.root.contains(event.relatedTarget)) this.close(false);
    });
  }

  get isOpen() {
    return !this.root.hidden;
  }

  /**
   * Open level with a span; what is chosen goes to all of `spans`.
   *
   * @param {import("./text.js").Span} span
   * @param {{title?: string, focus?: boolean, typed?: string, weigh?: boolean, spans?: import("./text.js").Span[]}} how `weigh`:
   *   at the weight of the code that was typed
   */
  open(span, { title = "", focus = true, typed = "", weigh = false, spans = [span] } = {}) {
    this.span = span;
    this.spans = spans;
    this.root.hidden = false;
    this.root.ariaLabel = title || this.title || (this.title = this.root.ariaLabel);
    this.input.placeholder = title || this.words.say("chooseCode");
    this.input.value = typed;
    this.weight.value = "";
    this.search();
    beside(this.root, this.text.edges(span), this.doc, this.margin);
    if (focus) (weigh && !this.weigh.hidden ? this.weight : this.input).focus({ preventScroll: true });
  }

  close(giveBack = true) {
    if (!this.isOpen) return;
    this.root.hidden = true;
    this.onClose(giveBack);
  }

  search() {
    const usable = [...this.store.codes.values()].filter((code) => code.usable);
    const matches = ranked(usable, this.input.value, this.recent(), this.store.frequencies());
    this.found = matches.slice(0, SHOWN);
    this.fresh = this.onNew ? this.newName(usable) : "";
    this.root.querySelector(".tally").textContent = matches.length ? this.words.say("codes", matches.length) : "";
    const options = this.found.map((code, index) => this.optionFor(code, index));
    this.list.replaceChildren(...options, ...(this.fresh ? [this.newOption()] : []));
    this.focusOn(0);
  }

  /** The name that a new code would have: what is typed, else the words themselves; none when a code has it. */
  newName(codes) {
    const name = shortened(this.input.value.trim()) || nameFrom(this.text.words(this.span));
    const plain = folded(name);
    return codes.some((code) => [code.name, code.sign].some((held) => folded(held) === plain)) ? "" : name;
  }

  newOption() {
    const option = this.option.cloneNode(true);
    const [label, stance, key] = option.children;
    option.id = `choice-${this.found.length}`;
    option.classList.add("fresh");
    label.firstElementChild.remove();
    label.lastElementChild.textContent = this.words.say(this.input.value.trim() ? "newCode" : "inVivo", { name: this.fresh });
    stance.remove();
    key.textContent = "⇧↵";
    return option;
  }

  optionFor(code, index) {
    const option = this.option.cloneNode(true);
    const [label, stance, key] = option.children;
    option.id = `choice-${index}`;
    option.dataset.hue = code.hue;
    marked(label.firstElementChild, code.sign, this.input.value);
    marked(label.lastElementChild, code.name, this.input.value);
    setStance(stance, code, this.words);
    key.textContent = index ? String(index + 1) : "↵";
    option.title = this.keyOf(code.id) ? this.words.say("onKey", { key: String(this.keyOf(code.id)) }) : "";
    return option;
  }

  focusOn(index) {
    this.at = index;
    const code = this.found[index];
    Array.from(this.list.children, (option, place) => option.setAttribute("aria-selected", String(place === index)));
    this.list.children[index]?.scrollIntoView({ block: "nearest" });
    if (this.list.children[index]) this.input.setAttribute("aria-activedescendant", `choice-${index}`);
    else this.input.removeAttribute("aria-activedescendant");
    this.weigh.hidden = this.root.querySelector(".tab").hidden = !code?.weighs;
    for (const part of this.root.querySelectorAll(".def [data-for]")) {
      const told = code ? code[part.dataset.for] : part.dataset.for === "definition" ? this.words.say(this.fresh ? "newCodeSays" : "noCodes") : "";
      const hidden = !told || (part.tagName === "DT" && !code);
      part.hidden = hidden;
      if (part.tagName === "DD") part.textContent = told;
    }
    this.root.querySelector(".def").hidden = !this.root.querySelector(".def dd:not([hidden])");
  }

  onKey(event) {
    const { key } = event;
    const inWeight = event.target === this.weight;
    const step = { ArrowDown: 1, ArrowUp: -1 }[key];
    const favourite = event.altKey && /^Digit([1-9])$/.exec(event.code)?.[1];
    if (key === "Escape") this.close();
    else if (favourite) this.found[this.at] && this.onFavourite(Number(favourite), this.found[this.at]);
    else if (key === "Enter" && event.shiftKey) this.choose(this.found.length, event.ctrlKey || event.metaKey);
    else if (key === "Enter") this.choose(this.at, event.ctrlKey || event.metaKey);
    else if (step && !inWeight && this.list.children.length) {
      this.focusOn((this.at + step + this.list.children.length) % this.list.children.length);
    } else if (!inWeight && /^[2-9]$/.test(key) && this.found[key - 1] && !this.beginsSign(key)) this.choose(key - 1, false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Whether a digit goes on with a sign being typed ("T" then "2"). */
  beginsSign(digit) {
    const typed = (this.input.value.trim() + digit).toUpperCase();
    return typed.length > 1 && this.found.some((code) => code.sign.toUpperCase().startsWith(typed));
  }

  onClick(event) {
    const option = event.target.closest("[role=option]");
    if (option) this.choose([...this.list.children].indexOf(option), event.ctrlKey || event.metaKey || event.shiftKey);
  }

  choose(index, keepOpen) {
    if (!this.weight.reportValidity()) return;
    const code = this.found[index] ?? (this.fresh ? this.onNew(this.fresh) : null);
    if (!code) return;
    const weight = code.weighs && this.weight.value !== "" ? Number(this.weight.value) : null;
    this.onChoose(code, weight);
    if (!keepOpen) {
      this.close();
      return;
    }
    this.input.value = this.weight.value = "";
    this.search();
    this.input.focus();
  }
}

/** Words as the name of a code: on one line, without what only punctuates them. @param {string} words */
export function nameFrom(words) {
  return shortened(words.replace(/\s+/g, " ").replace(/^[\s\p{P}]+|[\s\p{P}]+$/gu, "")).trim();
}

/** No more than a name may have, cut between characters as the server counts them. @param {string} name */
function shortened(name) {
  return [...name].slice(0, LONGEST_NAME).join("");
}

/** Put a floating part into the margin, level with some words; under them where the margin is too narrow. */
export function beside(part, { first, last }, doc, margin) {
  const frame = doc.getBoundingClientRect();
  const lowest = frame.height - part.offsetHeight - 12;
  const left = margin.getBoundingClientRect().left - frame.left + 8;
  const fits = margin.offsetWidth > 0 && left + part.offsetWidth + 12 <= frame.width;
  const under = last.bottom - frame.top + 8;
  const over = first.top - frame.top - part.offsetHeight - 8;
  const top = fits ? first.top - frame.top : under > lowest && over >= 56 ? over : under;
  part.style.insetInlineStart = `${fits ? left : Math.max(12, frame.width - part.offsetWidth - 12)}px`;
  part.style.insetBlockStart = `${Math.max(56, Math.min(top, lowest))}px`;
}

/** The small sign of a code's stance. */
export function setStance(icon, code, words) {
  const name = { strength: "up", limit: "down" }[code.stance];
  icon.classList.toggle("strength", code.stance === "strength");
  if (name) {
    icon.firstElementChild.setAttribute("href", `#s-${name}`);
    icon.ariaLabel = words.say(code.stance);
  } else icon.removeAttribute("role");
}
