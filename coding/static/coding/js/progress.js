/** How far the text was read and where the reader stood; both are remembered. */

const DWELL = 1200;
const SEND_EVERY = 4000;
/** How far below the upper edge the turn stands that one goes back to. */
const LINE = 60;

export class Progress {
  /**
   * @param {{reader: HTMLElement, text: import("./text.js").SourceText, desk: object, queue: import("./queue.js").Queue, words: import("./status.js").Words,
   *   current: () => import("./text.js").Turn, onRead: (turn: number) => void}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    this.key = `fieldstudy-place-${this.desk.user}-${this.desk.source}`;
    const kept = JSON.parse(localStorage.getItem(this.key) ?? "{}");
    this.place = kept.place ?? null;
    this.readTo = Math.min(Math.max(this.desk.readTo, this.desk.editable ? (kept.readTo ?? 0) : 0), this.text.turns.length);
    this.sent = this.desk.readTo;
    /** The turn that the server knows to be open; when it is not what this browser told last, another one told it. */
    this.position = this.desk.position;
    if (this.position && this.position !== kept.told) this.place = { turn: this.position, above: LINE };
    /** Whether the reading was submitted from this page. */
    this.isSubmitted = false;
    this.reader.addEventListener("scroll", () => this.soon(), { passive: true });
    addEventListener("pagehide", () => this.remember());
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.remember());
  }

  /** Put the reader back where they stood: a turn named in the address, the last place, or what was read. */
  restore() {
    const named = /^#t(\d+)$/.exec(location.hash);
    const number = named ? Number(named[1]) : (this.place?.turn ?? this.readTo);
    const turn = this.text.turns[Math.min(number, this.text.turns.length) - 1];
    if (turn) this.text.open(turn);
    if (turn) this.reader.scrollTop = turn.top - (named ? LINE : (this.place?.above ?? LINE));
    this.show();
    this.soon();
    return turn ?? this.text.turns[0];
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.look(), DWELL);
  }

  /** Turns on screen for a moment count as read when they go on from those read before; a jump does not. */
  look() {
    const { scrollTop, clientHeight } = this.reader;
    const { turns } = this.text;
    const first = this.text.turnAtHeight(scrollTop);
    let last = this.text.turnAtHeight(scrollTop + clientHeight);
    if (turns[last].top + turns[last].element.offsetHeight > scrollTop + clientHeight) last -= 1;
    if (this.desk.editable && first <= this.readTo && last + 1 > this.readTo) {
      this.readTo = last + 1;
      this.show();
    }
    this.remember(false);
    this.later ||= setTimeout(() => this.send(), SEND_EVERY);
  }

  show() {
    const all = this.text.turns.length;
    const says = document.getElementById("read-says");
    if (says) {
      says.textContent = this.words.say("progress", { n: this.readTo, all });
      const bar = document.getElementById("read-bar");
      bar.ariaLabel = says.textContent;
      bar.lastElementChild.setAttribute("width", String(this.readTo));
    }
    this.onRead(this.readTo);
  }

  /**
   * The turn the reader stands at: the current one while it is on screen, else the first that is not merely cut by the upper
   * edge. Going back to it gives the same turn again, however often.
   */
  here() {
    const { scrollTop, clientHeight } = this.reader;
    const current = this.current();
    const { top } = current;
    const isSeen = top < scrollTop + clientHeight - LINE && top + current.element.offsetHeight > scrollTop + LINE;
    return isSeen ? current : this.text.turns[this.text.turnAtHeight(scrollTop + LINE)];
  }

  remember(send = true) {
    const { scrollTop } = this.reader;
    const turn = this.here();
    const place = { turn: turn.number, above: Math.round(turn.top - scrollTop) };
    localStorage.setItem(this.key, JSON.stringify({ place, readTo: this.readTo, told: this.position }));
    this.now = turn.number;
    if (send) this.send();
  }

  /** Tell the server; what does not arrive is told with the next turn read. */
  async send() {
    clearTimeout(this.later);
    this.later = 0;
    const readTo = this.readTo;
    const position = this.now ?? this.position;
    const same = readTo <= this.sent && position === this.position;
    if (!this.desk.editable || this.isSubmitted || same) return;
    if (!this.desk.reading && !this.desk.keepsPlace) {
      this.later = setTimeout(() => this.send(), SEND_EVERY); // a first passage may open a reading meanwhile
      return;
    }
    this.sent = readTo;
    this.position = position;
    try {
      this.desk.reading ??= await this.openReading();
      const { status } = await this.queue.fetch("POST", `readings/${this.desk.reading}/read-to/`, { read_to: readTo, position });
      if (status >= 400) this.sent = 0;
    } catch {
      this.sent = 0;
    }
  }

  async openReading() {
    const { status, body } = await this.queue.fetch("POST", `sources/${this.desk.source}/reading/`, { id: this.newId() });
    if (status >= 400) throw new Error(`reading not opened (${status})`);
    return body.id;
  }
}
