/** Submitting a reading: says what it fixes, then does it and goes where the second opinion opens. */

export class Submit {
  /**
   * @param {{dialog: HTMLDialogElement, store: import("./store.js").Store, text: import("./text.js").SourceText,
   *   queue: import("./queue.js").Queue, desk: object, words: import("./status.js").Words,
   *   progress: import("./progress.js").Progress}} parts
   */
  constructor(parts) {
    Object.assign(this, parts);
    document.getElementById("submit-open").addEventListener("click", () => this.open());
    this.dialog.querySelector("[data-act=back]").addEventListener("click", () => this.dialog.close());
    this.button = this.dialog.querySelector("[data-act=submit]");
    this.button.addEventListener("click", () => this.submit());
  }

  open() {
    const { words, store } = this;
    const passages = words.say("passages", store.passages.size);
    const codes = words.say("codes", store.counts().size);
    const empty = this.text.turns.filter((turn) => !store.overlapping(turn.start, turn.end).length).length;
    const unread = this.text.turns.length - this.progress.readTo;
    this.tell("passages", words.say("submitSays", { passages, codes }));
    this.tell("empty", empty ? words.say("submitEmpty", empty) : "");
    this.tell("unread", unread > 0 ? words.say("submitUnread", unread) : "");
    this.tell("problem", "");
    this.dialog.showModal();
  }

  tell(name, text) {
    const line = this.dialog.querySelector(`[data-says=${name}]`);
    line.textContent = text;
    line.hidden = !text;
  }

  async submit() {
    this.button.ariaBusy = "true";
    this.button.disabled = true;
    try {
      await this.queue.wake();
      const { pending, state } = this.queue;
      if (pending) this.tell("problem", state === "refused" ? this.words.say("refusedAll", pending) : this.words.say("submitUnsent"));
      else await this.send();
    } catch {
      this.tell("problem", this.words.say("waiting", 1));
    }
    this.button.disabled = false;
    this.button.ariaBusy = "false";
  }

  async send() {
    await this.progress.send();
    const { status, body } = await this.queue.fetch("POST", `sources/${this.desk.source}/reading/submit/`, { phase: this.desk.phase, round: this.desk.round });
    if (status < 300) {
      this.progress.isSubmitted = true; // the reading takes no place any more
      location.assign(this.desk.phase === "first" && this.dialog.dataset.next ? this.dialog.dataset.next : location.pathname);
    } else this.tell("problem", body?.message ?? this.words.say("notPermitted"));
  }
}
