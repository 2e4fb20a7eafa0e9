/** The whole text as a strip: passages by hue, how far it was read, what is on screen. Pointing or arrows jump. */
import { element } from "./bars.js";

const HEIGHT = 1000;
const COLUMNS = 2;

export class Portrait {
  /**
   * @param {{strip: HTMLElement, reader: HTMLElement, store: import("./store.js").Store,
   *   text: import("./text.js").SourceText, only: () => Set<string> | null, goTo: (turn: object) => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.length = this.text.turns.at(-1).end;
    this.view = this.strip.querySelector(".view");
    this.store.addEventListener("change", () => this.soon());
    this.reader.addEventListener("scroll", () => this.frame(), { passive: true });
    this.strip.addEventListener("pointerdown", (event) => this.onPointer(event));
    this.strip.addEventListener("pointermove", (event) => event.buttons && this.onPointer(event));
    this.strip.addEventListener("keydown", (event) => this.onKey(event));
  }

  soon() {
    this.waiting ||= setTimeout(() => {
      this.waiting = 0;
      this.draw();
    }, 120);
  }

  /** One path per hue and column, whatever the number of passages. */
  draw() {
    const paths = new Map();
    const ends = [];
    const only = this.only();
    for (const passage of this.store.sorted().list) {
      const code = this.store.codeOf(passage);
      if (only && !only.has(code.id)) continue;
      let column = ends.findIndex((end) => end <= passage.start);
      if (column < 0) column = ends.length < COLUMNS ? ends.length : passage.start % COLUMNS;
      ends[column] = Math.max(ends[column] ?? 0, passage.end);
      const key = `${code.hue} ${column}`;
      const top = (passage.start / this.length) * HEIGHT;
      const height = Math.max(((passage.end - passage.start) / this.length) * HEIGHT, 1);
      paths.set(key, `${paths.get(key) ?? ""}M${column * 8 + 1} ${top.toFixed(1)}h6v${height.toFixed(1)}h-6z`);
    }
    const drawn = Array.from(paths, ([key, d]) => element("path", { d, "data-hue": key.split(" ")[0], class: "mark" }));
    this.strip.querySelector("g").replaceChildren(...drawn);
  }

  /** @param {number} turnNumber how far the text was read */
  readTo(turnNumber) {
    const turn = this.text.turns[turnNumber - 1];
    const y = turn ? (turn.end / this.length) * HEIGHT : 0;
    this.strip.querySelector(".to").setAttribute("d", `M0 ${y}H16`);
  }

  frame() {
    this.framing ||= requestAnimationFrame(() => {
      this.framing = 0;
      const { scrollTop, clientHeight } = this.reader;
      const { turns } = this.text;
      const first = this.text.turnAtHeight(scrollTop);
      const top = (this.pointAtHeight(turns[first], scrollTop) / this.length) * HEIGHT;
      const last = turns[this.text.turnAtHeight(scrollTop + clientHeight)];
      const bottom = (this.pointAtHeight(last, scrollTop + clientHeight) / this.length) * HEIGHT;
      this.view.setAttribute("y", top.toFixed(1));
      this.view.setAttribute("height", Math.max(bottom - top, 6).toFixed(1));
      this.strip.ariaValueNow = String(turns[first].number);
      this.now = first;
    });
  }

  pointAtHeight(turn, height) {
    const share = (height - turn.top) / (turn.element.offsetHeight || 1);
    return turn.start + Math.min(Math.max(share, 0), 1) * (turn.end - turn.start);
  }

  onPointer(event) {
    const box = this.strip.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientY - box.top) / box.height, 0), 0.9999);
    this.goTo(this.text.turnAt(Math.floor(share * this.length)));
  }

  onKey(event) {
    const { turns } = this.text;
    const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1, PageDown: 10, PageUp: -10 };
    const to = { Home: 0, End: turns.length - 1 }[event.key] ?? (this.now ?? 0) + (steps[event.key] ?? NaN);
    if (Number.isNaN(to)) return;
    event.preventDefault();
    event.stopPropagation();
    this.goTo(turns[Math.min(Math.max(to, 0), turns.length - 1)]);
  }
}
