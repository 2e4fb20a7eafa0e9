/** What keys and buttons do to the passages they point at, and to what is chosen. */
import { newId } from "./ids.js";
import { nameFrom } from "./palette.js";

const HUES = 8;

export class Acts {
  /**
   * @param {{desk: object, store: import("./store.js").Store, text: import("./text.js").SourceText,
   *   coding: import("./coding.js").Coding, selection: import("./selection.js").Selection,
   *   pointing: import("./pointing.js").Pointing, palette: import("./palette.js").Palette,
   *   card: import("./card.js").Card, handles: import("./handles.js").Handles, queue: import("./queue.js").Queue,
   *   status: import("./status.js").Status, focusText: () => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    /** The passages whose borders or code are being changed. @type {{ids: string[], verb: string} | null} */
    this.changing = null;
  }

  get isAdjusting() {
    return this.changing?.verb === "adjust";
  }

  /** The passages a key acts on; several on the same words ask which, in the card. @returns {string[]} */
  ids() {
    const label = document.activeElement?.dataset?.passage;
    if (label) return [label];
    const pointed = this.card.pointedAt();
    if (pointed.length) return pointed;
    const here = this.pointing.here();
    if (here.length === 1) return [here[0].id];
    if (here.length) this.openCard(here);
    else this.status.announce("noPassageHere");
    return [];
  }

  openCard(passages, { focus = true } = {}) {
    const shown = this.pointing.shown(passages);
    if (shown.length) this.card.open(shown, { focus });
    else this.card.close(false);
    this.handles.show(this.desk.editable && shown.length === 1 ? shown[0] : undefined);
  }

  /** Do one of the card's verbs. @param {string} verb @param {string[]} ids @param {number | null} value */
  act(verb, ids = this.ids(), value = null) {
    if (!ids.length || !this.desk.editable) return;
    const [id] = ids;
    const passage = this.store.passages.get(id);
    if (verb === "remove") this.coding.remove(...ids);
    else if (verb === "weight") this.coding.change(id, { weight: value }, "weighed");
    else {
      this.card.close(false);
      if (verb === "split") this.split(passage);
      else if (verb === "merge") this.show(this.coding.merge(id));
      else if (verb === "recode") this.recode(ids);
      else this.adjust(passage);
    }
  }

  recode(ids) {
    const passages = ids.map((id) => this.store.passages.get(id)).filter(Boolean);
    if (!passages.length) return;
    this.changing = { ids, verb: "recode" };
    const { words } = this.status;
    const one = words.say("recode", { code: this.store.codeOf(passages[0]).name });
    this.palette.open(passages[0], { title: ids.length > 1 ? words.say("recodeMany", ids.length) : one });
  }

  adjust(passage) {
    this.changing = { ids: [passage.id], verb: "adjust" };
    this.selection.choose({ start: passage.start, end: passage.end }, "keys");
    this.handles.show(passage);
    this.status.announce("adjusting", { code: this.store.codeOf(passage).name }, { stays: true });
    this.focusText();
  }

  /** Take over the words chosen meanwhile. */
  finishAdjusting() {
    this.coding.change(this.changing.ids[0], { ...this.selection.chosen }, "moved");
    this.changing = null;
    this.selection.letGo();
  }

  /** Cut a passage at the caret, or where what is chosen begins or ends inside it. */
  split(passage) {
    const { caret, chosen } = this.selection;
    const points = [caret, chosen?.start, chosen?.end];
    const point = points.find((at) => at > passage.start && at < passage.end);
    if (point === undefined) this.status.announce("nowhereToSplit");
    else this.show(this.coding.split(passage.id, point));
  }

  show(passage) {
    if (passage) this.selection.reveal(passage);
    this.focusText();
  }

  /** The palette has a code: for what is chosen, or for the passages being recoded. */
  take(code, weight) {
    if (this.changing?.verb === "recode") this.coding.recode(this.changing.ids, code, weight);
    else this.coding.applyAll(code, this.palette.spans, weight);
  }

  /** Open the palette on what is chosen, the sentence under the caret, or the turn. */
  openPalette({ whole = false, focus = true, typed = "", weigh = false } = {}) {
    if (!this.desk.editable) return;
    const span = this.pointing.target(whole);
    if (!span) return;
    this.card.close(false);
    const { chosen } = this.selection;
    if (chosen?.start !== span.start || chosen?.end !== span.end) this.selection.choose(span, "program");
    this.palette.open(span, { focus, typed, weigh });
  }

  /** Apply a code to what is chosen; one that asks for a weight opens the palette at it. */
  apply(code, span = this.pointing.target()) {
    if (!this.desk.editable || !span) return;
    if (code.weighs) {
      if (this.selection.chosen !== span) this.selection.choose(span, "program");
      this.openPalette({ typed: code.sign, weigh: true });
      return;
    }
    this.coding.apply(code, span);
    this.palette.close(false);
    this.focusText();
  }

  repeatLast() {
    const code = this.store.codes.get(this.coding.recent[0]);
    if (code?.usable) this.apply(code);
    else this.status.announce("noLastCode");
  }

  favourite(key, code) {
    if (code) this.apply(code);
    else this.status.announce("favouriteEmpty", { key: String(key) });
  }

  /** The chosen words become a code of one's own, and are coded with it. */
  inVivo() {
    if (!this.desk.editable) return;
    if (!this.selection.chosen) {
      this.status.announce("chooseWords");
      return;
    }
    const name = nameFrom(this.text.words(this.selection.chosen));
    if (!name) return;
    const there = [...this.store.codes.values()].find((code) => code.usable && code.name === name);
    this.coding.apply(there ?? this.newCode(name), this.selection.chosen);
  }

  /** A code of one's own, usable at once; its sign comes with the server's answer. @param {string} name */
  newCode(name) {
    const id = newId();
    const code = {
      id, name, parent: null, sign: "~", hue: (parseInt(id.at(-1), 16) % HUES) + 1, stance: "neither", usable: true,
      gone: false, into: null, weighs: false, definition: "", include: "", exclude: "",
    };
    this.coding.propose(code);
    return code;
  }

  /** Passages of the codes shown alone, all of them in this text: for changes in bulk. @returns {string[]} */
  allShown() {
    return this.pointing.shown(this.store.sorted().list).map(({ id }) => id);
  }

  letGo() {
    this.changing = null;
    this.handles.show(undefined);
    this.card.close();
    this.palette.close();
    this.selection.letGo();
  }
}
