/** The codes on the keys 1 to 9: a strip below the codebook, filled by a key on a code or by dragging one there. */
import { newId } from "./ids.js";

export const CODE_TYPE = "application/x-fieldstudy-code";

export class Favourites {
  /**
   * @param {{list: HTMLElement, store: import("./store.js").Store, queue: import("./queue.js").Queue,
   *   status: import("./status.js").Status, held: Record<string, string>, apply: (code: object) => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    /** Code ids by key. @type {Map<number, string>} */
    this.byKey = new Map(Object.entries(this.held).map(([key, id]) => [Number(key), id]));
    this.list.addEventListener("click", (event) => this.onClick(event));
    this.list.addEventListener("keydown", (event) => this.onKey(event));
    for (const event of ["dragover", "dragleave", "drop"]) this.list.addEventListener(event, (happened) => this.onDrag(happened));
    this.store.addEventListener("code", () => this.show());
    this.queue.addEventListener("news", ({ detail }) => detail.kind === "favourite" && this.put(detail.key, detail.code));
    this.show();
  }

  /** The code on a key, if it can be applied. */
  codeOn(key) {
    const code = this.store.codes.get(this.byKey.get(key));
    return code?.usable ? code : null;
  }

  keyOf(id) {
    return [...this.byKey].find(([, code]) => code === id)?.[0] ?? null;
  }

  /** Put a code on a key; null frees the key. @param {number} key @param {object | null} code */
  set(key, code) {
    this.put(key, code?.id ?? null);
    this.queue.share({ kind: "favourite", key, code: code?.id ?? null });
    const path = `favourites/${key}/`;
    const body = code ? { code: code.id } : undefined;
    this.queue.add({ op: "call", kind: "favourite", id: newId(), method: code ? "PUT" : "DELETE", path, body });
    this.status.announce(code ? "favouriteSet" : "favouriteFreed", { key: String(key), code: code?.name });
  }

  put(key, id) {
    for (const [other, held] of this.byKey) if (held === id) this.byKey.delete(other);
    if (id) this.byKey.set(key, id);
    else this.byKey.delete(key);
    this.show();
  }

  show() {
    Array.from(this.list.children, (slot, at) => {
      const code = this.codeOn(at + 1);
      const button = slot.firstElementChild;
      slot.toggleAttribute("data-hue", Boolean(code));
      if (code) slot.dataset.hue = code.hue;
      button.lastElementChild.textContent = code?.sign ?? "";
      button.title = code?.name ?? "";
      button.ariaLabel = this.status.words.say(code ? "favourite" : "favouriteEmpty", { key: String(at + 1), code: code?.name });
      button.ariaDisabled = String(!code);
      button.tabIndex = code ? 0 : -1;
    });
  }

  slotOf(event) {
    const slot = event.target.closest("li");
    return slot ? [...this.list.children].indexOf(slot) + 1 : 0;
  }

  onClick(event) {
    const code = this.codeOn(this.slotOf(event));
    if (code) this.apply(code);
  }

  onKey(event) {
    if (event.key !== "Delete" && event.key !== "Backspace") return;
    event.preventDefault();
    event.stopPropagation();
    if (this.byKey.has(this.slotOf(event))) this.set(this.slotOf(event), null);
  }

  onDrag(event) {
    const key = this.slotOf(event);
    if (!key || !event.dataTransfer.types.includes(CODE_TYPE)) return;
    event.target.closest("li").classList.toggle("over", event.type === "dragover");
    if (event.type === "dragleave") return;
    event.preventDefault();
    const code = event.type === "drop" && this.store.codes.get(event.dataTransfer.getData(CODE_TYPE));
    if (code?.usable) this.set(key, code);
  }
}
