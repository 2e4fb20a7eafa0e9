/** Choosing other limits for a suggestion: by selecting words in the text, with the mouse or with Shift and arrows. */
import { highlight } from "./highlights.js";

export class Adjustment {
  /** @param {HTMLFormElement} form @param {HTMLElement} item @param {import("./text.js").SourceText} text */
  constructor(form, item, text) {
    this.form = form;
    this.item = item;
    this.text = text;
    this.panel = form.querySelector(".adjusting");
    this.onSelection = () => this.read();
    for (const button of form.querySelectorAll("[data-adjust]")) {
      button.addEventListener("click", () => (this.panel.hidden ? this.begin() : this.stop()));
    }
  }

  begin() {
    this.panel.hidden = false;
    this.expanded(true);
    const span = { start: Number(this.item.dataset.start), end: Number(this.item.dataset.end) };
    const ranges = this.text.ranges(span);
    document.getElementById("text").focus({ preventScroll: true });
    const [first, last] = [ranges[0], ranges.at(-1)];
    getSelection().setBaseAndExtent(first.startContainer, first.startOffset, last.endContainer, last.endOffset);
    this.choose(span);
    document.addEventListener("selectionchange", this.onSelection);
    this.form.scrollIntoView({ block: "nearest" });
  }

  stop() {
    if (this.panel.hidden) return;
    document.removeEventListener("selectionchange", this.onSelection);
    this.panel.hidden = true;
    getSelection().removeAllRanges();
    this.expanded(false);
    highlight("chosen", 8).clear();
  }

  /** Save the limits chosen, when they are being chosen. @returns {boolean} whether they were */
  save() {
    if (this.panel.hidden) return false;
    this.panel.querySelector("[name=outcome]").click();
    return true;
  }

  /** @param {boolean} open */
  expanded(open) {
    this.form.querySelector("[data-key][data-adjust]").setAttribute("aria-expanded", String(open));
  }

  /** Take over what is selected now; a selection elsewhere or of no words changes nothing. */
  read() {
    const selection = getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const span = this.text.spanOf(selection.getRangeAt(0));
    if (span) this.choose(span);
  }

  /** @param {{start: number, end: number}} span */
  choose(span) {
    this.form.elements.start.value = span.start;
    this.form.elements.end.value = span.end;
    this.panel.querySelector("[data-quote]").textContent = this.text.words(span);
    const chosen = highlight("chosen", 8);
    chosen.clear();
    for (const range of this.text.ranges(span)) chosen.add(range);
  }
}
