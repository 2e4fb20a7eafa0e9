/** What the page says: translated words, the live region, the state of saving, notices and the toast. */

const TOAST_STAYS = 10_000;
const TOLD_STAYS = 4000;

export class Words {
  /** @param {Record<string, string | [string, string]>} words pairs are for one and for several @param {string} language */
  constructor(words, language) {
    this.words = words;
    this.plural = new Intl.PluralRules(language);
    this.number = new Intl.NumberFormat(language);
    this.clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  }

  /** A sentence with its values in place; a number alone is its `n`. @param {string} key @param {object | number} values */
  say(key, values = {}) {
    const filled = typeof values === "number" ? { n: values } : values;
    const held = this.words[key] ?? "";
    const text = Array.isArray(held) ? held[this.plural.select(filled.n) === "one" ? 0 : 1] : held;
    return text.replace(/\{(\w+)\}/g, (whole, name) => {
      const value = filled[name];
      return typeof value === "number" ? this.number.format(value) : (value ?? whole);
    });
  }
}

export class Status {
  /** @param {Words} words @param {{signIn: string}} desk */
  constructor(words, desk) {
    this.words = words;
    this.desk = desk;
    this.said = document.getElementById("said");
    this.place = document.getElementById("place-says");
    this.saves = document.getElementById("save-says");
    this.notices = document.getElementById("notices");
    this.toasted = document.getElementById("toast");
    this.toasted.querySelector("button")?.addEventListener("click", () => this.onUndo?.());
    addEventListener("beforeunload", (event) => this.notices.querySelector(".kept") && event.preventDefault());
    for (const event of ["pointerleave", "focusout"]) this.toasted.addEventListener(event, () => this.fade());
  }

  /** Tell those who listen to the page, and for a moment those who look at its foot. */
  announce(key, values, { stays = false } = {}) {
    const told = this.words.say(key, values);
    this.toasted.hidden = true; // its way back would lead to another deed by now
    this.said.textContent = "";
    requestAnimationFrame(() => {
      this.said.textContent = told;
      this.tellFor(told, stays);
    });
  }

  /** Tell those who listen to the page, and nobody else. @param {string[]} told sentences, empty ones left out */
  speak(told) {
    this.said.textContent = told.filter(Boolean).join(". ");
  }

  /** Tell everybody what another part of the page has put into words. @param {string} told */
  tellAll(told) {
    this.speak([told]);
    this.tellFor(told, false);
  }

  /** Words at the foot that give way again to where the reader is. */
  tellFor(told, stays) {
    clearTimeout(this.telling);
    if (this.place.textContent !== this.told) this.before = this.place.textContent;
    this.place.textContent = this.told = told;
    if (stays) return;
    this.telling = setTimeout(() => {
      if (this.place.textContent === told) this.place.textContent = this.before;
      this.told = null;
    }, TOLD_STAYS);
  }

  /** Tell everybody, with the way back beside it. */
  toast(key, values) {
    this.offer(this.words.say(key, values));
  }

  /** @param {string} told what another part of the page has put into words */
  offer(told) {
    this.toasted.querySelector("span").textContent = told;
    this.toasted.hidden = false;
    this.fade();
  }

  fade() {
    clearTimeout(this.fading);
    this.fading = setTimeout(() => {
      if (!this.toasted.matches(":hover, :focus-within")) this.toasted.hidden = true;
    }, TOAST_STAYS);
  }

  /** A lasting notice above the text; the same one is not said twice. @param {string} key */
  notice(key, { message = "", reload = false } = {}) {
    const told = this.words.say(key, { message: message || this.words.say("notPermitted") });
    if ([...this.notices.children].some((notice) => notice.firstElementChild.textContent === told)) return;
    const notice = document.getElementById("notice").content.firstElementChild.cloneNode(true);
    const [text, link, dismiss] = notice.children;
    text.textContent = told;
    link.hidden = !reload;
    link.href = location.href;
    link.textContent = this.words.say("reload");
    dismiss.textContent = this.words.say("dismiss");
    dismiss.addEventListener("click", () => notice.remove());
    this.notices.append(notice);
  }

  /**
   * A lasting notice with words that a person wrote and nothing holds any more: to be copied, or written again. Whoever
   * leaves the page with such words on it is warned.
   *
   * @param {string} told @param {string} words @param {(() => void) | null} again
   */
  keepWords(told, words, again) {
    const notice = document.getElementById("kept-words").content.firstElementChild.cloneNode(true);
    const button = notice.querySelector("[data-act=again]");
    notice.querySelector("p").textContent = told;
    notice.querySelector("textarea").value = words;
    button.hidden = !again;
    button.addEventListener("click", () => again());
    notice.querySelector("[data-act=dismiss]").addEventListener("click", () => notice.remove());
    this.notices.append(notice);
  }

  /** The state of saving. @param {{state: string, pending: number, keeps: boolean}} now */
  saving({ state, pending, keeps }) {
    const { words } = this;
    const isTrouble = !["saved", "saving"].includes(state);
    this.saves.classList.toggle("caution", isTrouble);
    // Every save would be one more thing to listen to: told are trouble and its end.
    this.saves.ariaLive = isTrouble || (this.wasTrouble && state === "saved") ? "polite" : "off";
    this.wasTrouble = isTrouble || (this.wasTrouble && state !== "saved");
    if (state === "signedOut" || state === "otherAccount") {
      const link = document.createElement("a");
      Object.assign(link, { href: this.desk.signIn, target: "_blank" });
      link.textContent = words.say(state === "signedOut" ? "signIn" : "otherAccount", pending);
      if (this.saves.textContent !== link.textContent) this.saves.replaceChildren(link);
    } else if (state === "waiting" || state === "refused") this.tell(words.say(state === "waiting" ? state : "refusedAll", pending));
    else if (state === "saving") this.tell(words.say("saving"));
    else this.tell(this.hasSaved ? words.say("savedAt", { time: words.clock.format(new Date()) }) : words.say("saved"));
    this.hasSaved ||= state === "saving";
    if (!keeps && pending) this.notice("noStorage");
  }

  tell(text) {
    if (this.saves.textContent !== text) this.saves.textContent = text;
  }
}
