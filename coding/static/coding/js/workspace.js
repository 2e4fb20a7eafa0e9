/** The coding workspace: puts the parts together. Each part knows its own job; what they tell each other is here. */
import { Card } from "./card.js";
import { Coding, newId } from "./coding.js";
import { Find } from "./find.js";
import { Highlights } from "./highlights.js";
import { History } from "./history.js";
import { Lanes } from "./lanes.js";
import { Outbox } from "./outbox.js";
import { Palette } from "./palette.js";
import { Portrait } from "./portrait.js";
import { Progress } from "./progress.js";
import { Queue } from "./queue.js";
import { Selection } from "./selection.js";
import { listen } from "./shortcuts.js";
import { Status, Words } from "./status.js";
import { Store } from "./store.js";
import { Submit } from "./submit.js";
import { SourceText } from "./text.js";
import { Tree } from "./tree.js";

const byId = (id) => document.getElementById(id);
const data = (id) => JSON.parse(byId(id).textContent);

const desk = data("desk-data");
const words = new Words(data("words-data"), desk.language);
const status = new Status(words, desk);
const reader = byId("text");
const doc = reader.closest(".doc");
const margin = byId("margin");
const side = byId("side");
const text = new SourceText(reader.querySelector(".turns"));
const store = new Store(data("codes-data"), data("passages-data"));
const box = new Outbox(desk.user, desk.study);
const queue = new Queue(desk, box);
const history = new History(`fieldstudy-done-${desk.user}-${desk.source}-${desk.phase}`);
const coding = new Coding({ store, queue, history, desk, status });
const highlights = new Highlights(store, text);
const selection = new Selection({ reader, text, highlights });

const coderOf = (passage) => (Object.keys(desk.coders).length > 1 ? (desk.coders[passage.reading] ?? "") : "");
const describe = (passage) => {
  const code = store.codeOf(passage);
  const coder = coderOf(passage);
  return `${code.sign} ${code.name} · ${words.say("chosen", passage.end - passage.start)}${coder ? ` · ${coder}` : ""}`;
};
const only = () => highlights.only;
const focusText = () => reader.focus({ preventScroll: true });
const onWindow = (start, end) => highlights.show(start, end);
const lanes = new Lanes({ reader, margin, store, text, only, describe, onWindow });
const goToTurn = (turn) => {
  selection.goTo(turn, { scroll: false });
  reader.scrollTop = turn.element.offsetTop - reader.clientHeight * 0.2;
};
const portrait = new Portrait({ strip: byId("portrait"), reader, store, text, lanes, only, goTo: goToTurn });
const progress = new Progress({ reader, text, lanes, desk, queue, words, newId, onRead: (turn) => portrait.readTo(turn) });

/** The passage whose borders or code are being changed, null when a new one is coded. @type {{id: string, verb: string} | null} */
let changing = null;

const palette = new Palette({
  root: byId("palette"), doc, margin, store, text, words, recent: () => coding.recent,
  onChoose(code, weight) {
    if (changing?.verb === "recode") coding.change(changing.id, { code: code.id, ...(weight === null ? {} : { weight }) }, "recoded");
    else coding.apply(code, palette.span, weight);
  },
  onClose(giveBack) {
    changing = null;
    if (giveBack) focusText();
  },
});

const card = new Card({
  root: byId("card"), doc, margin, store, text, words, highlights, coderOf, onClose: focusText,
  act(verb, id, value) {
    const passage = store.passages.get(id);
    if (verb === "remove") coding.remove(id);
    else if (verb === "weight") coding.change(id, { weight: value }, "weighed");
    else {
      card.close(false);
      changing = { id, verb };
      if (verb === "recode") palette.open(passage, { title: words.say("recode", { code: store.codeOf(passage).name }) });
      else startAdjusting(passage);
    }
  },
});

function startAdjusting(passage) {
  selection.choose({ start: passage.start, end: passage.end }, "keys");
  status.announce("adjusting", { code: store.codeOf(passage).name }, { stays: true });
  focusText();
}

const tree = new Tree({
  root: side, store, words,
  onLeave() {
    toggleCodes(false);
    focusText();
  },
  onChoose(code) {
    if (!desk.editable || (!selection.chosen && selection.caret === null)) return false;
    if (code.weighs) {
      openPalette({ typed: code.sign });
      return true;
    }
    coding.apply(code, selection.target());
    palette.close(false);
    focusText();
    return true;
  },
  onOnly(id) {
    highlights.paintAll(id);
    lanes.soon();
    portrait.draw();
  },
});

const find = new Find({
  field: byId("find"), tally: byId("find-tally"), text, highlights, words, onLeave: focusText,
  reveal: (span) => selection.reveal(span), topOfScreen: () => text.turns[lanes.turnAtHeight(reader.scrollTop)].start,
});

function openPalette({ whole = false, focus = true, typed = "" } = {}) {
  if (!desk.editable) return;
  const span = selection.target(whole);
  if (!span) return;
  card.close(false);
  if (selection.chosen?.start !== span.start || selection.chosen?.end !== span.end) selection.choose(span, "program");
  palette.open(span, { focus, typed });
}

function repeatLast() {
  const code = store.codes.get(coding.recent[0]);
  const span = selection.target();
  if (!code?.usable) status.announce("noLastCode");
  else if (span && code.weighs) openPalette({ typed: code.sign });
  else if (span) coding.apply(code, span);
}

/** The passages on the words pointed at, chosen, or in the current turn. */
function passagesHere() {
  const point = selection.caret;
  if (point !== null) return store.overlapping(point, point + 1);
  const { start, end } = selection.target();
  return store.overlapping(start, end);
}

function openCard(passages, { focus = true } = {}) {
  const shown = passages.filter((passage) => !only() || store.codeOf(passage).id === only());
  if (shown.length) card.open(shown, { focus });
  else card.close(false);
}

function removePointedAt() {
  const label = document.activeElement?.dataset?.passage;
  const id = label ?? card.pointedAt();
  const here = id ? [] : passagesHere();
  if (id) coding.remove(id);
  else if (here.length === 1) coding.remove(here[0].id);
  else openCard(here);
}

function finishAdjusting(event) {
  if (changing?.verb === "adjust") {
    coding.change(changing.id, { ...selection.chosen }, "moved");
    changing = null;
    selection.letGo();
  } else openCard(passagesHere(), event);
}

function letGo() {
  changing = null;
  card.close();
  palette.close();
  selection.letGo();
}

/** Undo or do again; the card gives way, since what it lists may be gone. */
function again(deed) {
  card.close();
  coding[deed]();
}

function toggleCodes(open = !side.classList.contains("open")) {
  side.classList.toggle("open", open);
  doc.querySelector(".codes-toggle").ariaExpanded = String(open);
}

selection.addEventListener("chosen", ({ detail: { span, how } }) => {
  if (changing?.verb !== "adjust") {
    const turn = words.say("turn", selection.turn.number);
    byId("place-says").textContent = span ? `${turn} · ${words.say("chosen", span.end - span.start)}` : turn;
  }
  if (!span) palette.close(false);
  if (span && changing?.verb !== "adjust" && (how === "pointer" || how === "touch")) openPalette({ focus: how === "pointer" });
  else if (span && how === "keys") palette.close(false);
});
selection.addEventListener("turn", ({ detail: { turn } }) => {
  byId("place-says").textContent = words.say("turn", turn.number);
});
selection.addEventListener("point", ({ detail: { point, x, y } }) => {
  palette.close(false);
  const { first } = text.edges({ start: point, end: point + 1 });
  const near = Math.abs(first.left - x) < 40 && y >= first.top - 6 && y <= first.bottom + 6;
  openCard(near ? store.overlapping(point, point + 1) : [], { focus: false });
});
margin.addEventListener("click", (event) => {
  const passage = store.passages.get(event.target.closest("[data-passage]")?.dataset.passage);
  if (passage) openCard([passage]);
});
for (const [event, lights] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]]) {
  margin.addEventListener(event, ({ target }) => {
    const passage = lights && store.passages.get(target.closest("[data-passage]")?.dataset.passage);
    highlights.light("lit", passage ? [passage] : []);
  });
}
queue.addEventListener("state", ({ detail }) => status.saving({ ...detail, keeps: box.keeps }));
coding.onRepeat = (passage) => selection.reveal(passage);
status.onUndo = () => again("undo");
doc.querySelector(".codes-toggle").addEventListener("click", () => toggleCodes());
byId("keys-open").addEventListener("click", () => byId("keys").showModal());
for (const form of document.querySelectorAll("form[action*=logout]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    await queue.wake();
    if (!queue.pending) await box.wipe();
    form.submit();
  });
}
if (byId("submit-open")) new Submit({ dialog: byId("submit"), store, text, queue, desk, words, progress });

listen({
  j: () => selection.stepTurn(1), k: () => selection.stepTurn(-1),
  ArrowRight: () => selection.stepSentence(1), ArrowLeft: () => selection.stepSentence(-1),
  "Shift+ArrowDown": () => selection.extendBySentence(1), "Shift+ArrowUp": () => selection.extendBySentence(-1),
  "Shift+ArrowRight": () => selection.extendByWord(1, false), "Shift+ArrowLeft": () => selection.extendByWord(-1, false),
  "Ctrl+Shift+ArrowRight": () => selection.extendByWord(1, true), "Ctrl+Shift+ArrowLeft": () => selection.extendByWord(-1, true),
  c: () => openPalette(), "Shift+c": () => openPalette({ whole: true }), r: repeatLast, ".": repeatLast,
  x: removePointedAt, Delete: removePointedAt, e: () => openCard(passagesHere()), Enter: finishAdjusting,
  z: () => again("undo"), "Shift+z": () => again("redo"),
  "Ctrl+z": () => again("undo"), "Ctrl+Shift+z": () => again("redo"), "Ctrl+y": () => again("redo"),
  "/": () => find.focus(), n: () => find.step(1), "Shift+n": () => find.step(-1),
  f: () => (card.close(false), toggleCodes(true), tree.focusFilter()), "?": () => byId("keys").showModal(), Escape: letGo,
}, desk);

async function begin() {
  coding.replay(desk.editable ? await box.all() : []);
  highlights.paintAll();
  selection.goTo(progress.restore(), { scroll: false });
  lanes.layOut();
  tree.count?.();
  portrait.draw();
  portrait.frame();
  status.saving({ state: "saved", pending: 0, keeps: box.keeps });
  document.documentElement.dataset.painted = String(performance.now());
  await queue.wake();
}
begin();
