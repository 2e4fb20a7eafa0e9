/** Which codes cover the words under the pointer: their labels stand out in the margin, their names at the foot. */
import { isOver, pointOnScreen } from "./screen.js";

export class Covers {
  /**
   * @param {{reader: HTMLElement, says: HTMLElement, text: import("./text.js").SourceText,
   *   store: import("./store.js").Store, lanes: import("./lanes.js").Lanes,
   *   shown: (passages: object[]) => object[]}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.key = "";
    this.reader.addEventListener("pointermove", (event) => this.onMove(event), { passive: true });
    this.reader.addEventListener("pointerleave", () => this.show([]), { passive: true });
  }

  onMove({ clientX, clientY, buttons, pointerType }) {
    if (buttons || pointerType === "touch") return;
    this.at = [clientX, clientY];
    this.waiting ||= requestAnimationFrame(() => {
      this.waiting = 0;
      this.look(...this.at);
    });
  }

  look(x, y) {
    const point = pointOnScreen(this.text, x, y);
    const over = point !== null && isOver(this.text, point, x, y);
    this.show(over ? this.shown(this.store.overlapping(point, point + 1)) : []);
  }

  /** @param {import("./store.js").Passage[]} passages */
  show(passages) {
    const key = passages.map(({ id }) => id).join(" ");
    if (key === this.key) return;
    this.key = key;
    this.lanes.mark(passages.map(({ id }) => id));
    const codes = [...new Set(passages.map((passage) => this.store.codeOf(passage)))];
    this.says.textContent = codes.map(({ sign, name }) => `${sign} ${name}`).join(" · ");
  }
}
