/**
 * Which leaves of the text are laid out: those near the screen at once, some more to either side while nothing else is
 * to be done, the others when the reader comes there. A long text is on screen sooner so, and takes less memory.
 */

/** How many screens before and after the one shown are laid out beforehand. */
const AHEAD = 20;
/** Milliseconds of idle time that one leaf may take, and how many are taken at once. */
const ROOM = 7;
const SLICE = 16;

const whenIdle = self.requestIdleCallback?.bind(self) ?? ((run) => setTimeout(run, 50, { timeRemaining: () => SLICE }));

export class Leaves {
  /** @param {{reader: HTMLElement, text: import("./text.js").SourceText}} parts */
  constructor({ reader, text }) {
    this.reader = reader;
    this.text = text;
    this.sheet = reader.querySelector(".sheet");
    /** By how much of a pixel the text stands too low: browsers scroll by whole ones, and the text would creep. */
    this.owed = 0;
    this.waiting = false;
  }

  /** Lay out in full what `near` asks for, asked again until its answer stands. @param {() => import("./text.js").Span} near */
  open(near) {
    let span;
    this.hold(() => {
      do span = near();
      while (this.text.open(span));
    });
    return span;
  }

  /**
   * Lay out what lies around while there is time.
   * @param {(moved: boolean) => void} onOpened told after each step, and whether what is on screen moved along the sheet
   */
  openAround(onOpened) {
    if (this.waiting || !this.next()) return;
    this.waiting = true;
    whenIdle((deadline) => {
      this.waiting = false;
      const until = performance.now() + SLICE;
      let moved = false;
      for (let leaf = this.next(); leaf && deadline.timeRemaining() > ROOM && performance.now() < until; leaf = this.next()) {
        moved = this.hold(() => leaf.open()) || moved;
      }
      onOpened(moved);
      this.openAround(onOpened);
    });
  }

  /** The nearest leaf ahead that is not laid out yet, else the nearest behind. */
  next() {
    const { leaves } = this.text;
    const { scrollTop, clientHeight } = this.reader;
    const here = this.text.leafAtHeight(scrollTop);
    const reach = AHEAD * clientHeight;
    for (let at = here; at < leaves.length && leaves[at].top < scrollTop + reach; at += 1) {
      if (!leaves[at].isOpen) return leaves[at];
    }
    for (let at = here - 1; at >= 0 && leaves[at + 1].top > scrollTop - reach; at -= 1) {
      if (!leaves[at].isOpen) return leaves[at];
    }
    return null;
  }

  /** Change the text's layout without moving what is on screen; whether that moved along the sheet. */
  hold(change) {
    const { element } = this.text.turns[this.text.turnAtHeight(this.reader.scrollTop)];
    const onScreen = () => element.getBoundingClientRect().top;
    const onSheet = () => onScreen() - this.sheet.getBoundingClientRect().top;
    const [stood, lay] = [onScreen(), onSheet()];
    change();
    // Most browsers hold the text by themselves, to the pixel; what they leave is made good here.
    this.owed += onScreen() - stood;
    if (Math.abs(this.owed) >= 1) {
      const { scrollTop } = this.reader;
      this.reader.scrollTop = scrollTop + this.owed;
      this.owed -= this.reader.scrollTop - scrollTop;
    }
    return Math.abs(onSheet() - lay) > 0.5;
  }
}
