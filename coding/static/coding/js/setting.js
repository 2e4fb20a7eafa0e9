/** How the text is set: its size and the room between lines, remembered with the person on every machine. */

const SIZES = [-2, 4];

export class Setting {
  /**
   * @param {{menu: HTMLElement, page: HTMLElement, preferences: string, lanes: import("./lanes.js").Lanes,
   *   leaves: import("./leaves.js").Leaves,
   *   queue: import("./queue.js").Queue, status: import("./status.js").Status, onChange: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.menu.addEventListener("click", (event) => {
      const step = Number(event.target.closest("[data-size-step]")?.dataset.sizeStep ?? NaN);
      if (!Number.isNaN(step)) this.resize(step);
    });
    this.menu.addEventListener("change", ({ target }) => this.set({ density: target.value }));
  }

  /** Larger (1), smaller (-1), or the usual size (0). */
  resize(step) {
    const now = Number(this.page.dataset.size);
    const size = step ? Math.min(Math.max(now + step, SIZES[0]), SIZES[1]) : 0;
    if (size !== now) this.set({ text_size: size });
    this.status.announce("textSize", { size: String(100 + size * 10) });
  }

  set(changes) {
    this.leaves.hold(() => {
      if ("text_size" in changes) this.page.dataset.size = String(changes.text_size);
      if ("density" in changes) this.page.dataset.density = changes.density;
    });
    this.lanes.layOut();
    this.onChange();
    clearTimeout(this.waiting);
    this.unsent = { ...this.unsent, ...changes };
    this.waiting = setTimeout(() => this.send(), 400);
  }

  async send() {
    const changes = this.unsent;
    this.unsent = {};
    await this.queue.request("PATCH", this.preferences, changes).catch(() => null); // read at the next choice otherwise
  }
}
