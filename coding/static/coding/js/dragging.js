/** Dragging a code onto words, words onto a code, and a passage's label onto another code. */
import { CODE_TYPE } from "./favourites.js";
import { isOver, pointOnScreen } from "./screen.js";

const PASSAGE_TYPE = "application/x-fieldstudy-passage";

export class Dragging {
  /**
   * @param {{reader: HTMLElement, margin: HTMLElement, tree: HTMLElement | null, store: import("./store.js").Store,
   *   text: import("./text.js").SourceText, selection: import("./selection.js").Selection,
   *   highlights: import("./highlights.js").Highlights, apply: (code: object, span: object) => void,
   *   recode: (id: string, code: object) => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.reader.addEventListener("pointerdown", (event) => this.takeHold(event));
    document.addEventListener("dragstart", (event) => this.onStart(event));
    document.addEventListener("dragend", () => {
      this.highlights.light("chosen", this.selection.chosen ? [this.selection.chosen] : [], 30);
      getSelection().removeAllRanges(); // else the next press on these words would drag them again
    });
    for (const event of ["dragover", "drop"]) {
      this.reader.addEventListener(event, (happened) => this.overText(happened));
      this.tree?.addEventListener(event, (happened) => this.overCode(happened));
    }
    this.tree?.addEventListener("dragleave", () => this.light(null));
  }

  /**
   * A browser drags what it has selected, and the palette's field took that from the chosen words. Words that were coded are
   * let be: one may want to choose some of them.
   */
  takeHold({ button, pointerType, clientX: x, clientY: y }) {
    const { chosen } = this.selection;
    const isWhole = ({ start, end }) => start === chosen.start && end === chosen.end;
    if (chosen && this.store.overlapping(chosen.start, chosen.end).some(isWhole)) return;
    const point = chosen && button === 0 && pointerType === "mouse" ? pointOnScreen(this.text, x, y) : null;
    if (point === null || point < chosen.start || point >= chosen.end || !isOver(this.text, point, x, y)) return;
    const ranges = this.text.ranges(chosen);
    const { startContainer, startOffset } = ranges[0];
    const { endContainer, endOffset } = ranges.at(-1);
    getSelection().setBaseAndExtent(startContainer, startOffset, endContainer, endOffset);
  }

  onStart({ target, dataTransfer }) {
    const item = target.closest?.("[role=treeitem]");
    const passage = target.closest?.("#margin [data-passage]");
    if (item) dataTransfer.setData(CODE_TYPE, item.dataset.code);
    else if (passage) dataTransfer.setData(PASSAGE_TYPE, passage.dataset.passage);
    if (item || passage) dataTransfer.effectAllowed = "link";
  }

  /** What a code dropped here would go to: a label's passage, what is chosen, when dropped on it, else the sentence. */
  spanAt({ clientX, clientY, target }) {
    const label = this.store.passages.get(target.closest?.("#margin [data-passage]")?.dataset.passage);
    if (label) return { start: label.start, end: label.end };
    const point = pointOnScreen(this.text, clientX, clientY);
    if (point === null) return null;
    const { chosen } = this.selection;
    return chosen && point >= chosen.start && point <= chosen.end ? chosen : this.text.sentenceAt(point);
  }

  overText(event) {
    if (!event.dataTransfer.types.includes(CODE_TYPE)) return;
    const span = this.spanAt(event);
    if (!span) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "link";
    if (event.type === "dragover") this.highlights.light("chosen", [span], 30);
    else this.apply(this.store.codes.get(event.dataTransfer.getData(CODE_TYPE)), span);
  }

  overCode(event) {
    const { types } = event.dataTransfer;
    const words = types.includes("text/plain") && !types.includes(CODE_TYPE) && this.selection.chosen;
    const item = event.target.closest("[role=treeitem]");
    const code = this.store.codes.get(item?.dataset.code);
    if (!code?.usable || !(words || types.includes(PASSAGE_TYPE))) return;
    event.preventDefault();
    this.light(event.type === "drop" ? null : item);
    if (event.type !== "drop") return;
    const passage = event.dataTransfer.getData(PASSAGE_TYPE);
    if (passage) this.recode(passage, code);
    else this.apply(code, this.selection.chosen);
  }

  light(item) {
    for (const other of this.tree.querySelectorAll(".over")) other.classList.remove("over");
    item?.classList.add("over");
  }
}
