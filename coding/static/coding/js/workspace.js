/** The coding workspace: puts the parts together. Each part knows its own job; what they tell each other is here. */
import { beforeSigningOut, onSigningOut } from "../../fieldstudy/js/signing_out.js";
import { Acts } from "./acts.js";
import { Aside } from "./aside.js";
import { Card } from "./card.js";
import { Coding } from "./coding.js";
import { Covers } from "./covers.js";
import { Dragging } from "./dragging.js";
import { Favourites } from "./favourites.js";
import { Find } from "./find.js";
import { GoTo } from "./goto.js";
import { Handles } from "./handles.js";
import { Highlights } from "./highlights.js";
import { History } from "./history.js";
import * as hooks from "./hooks.js";
import { newId } from "./ids.js";
import { Lanes } from "./lanes.js";
import { Leaves } from "./leaves.js";
import { Outbox } from "./outbox.js";
import { Palette } from "./palette.js";
import { Pointing } from "./pointing.js";
import { Portrait } from "./portrait.js";
import { Progress } from "./progress.js";
import { Queue } from "./queue.js";
import { Refused } from "./refused.js";
import { isOver } from "./screen.js";
import { Selection } from "./selection.js";
import { Setting } from "./setting.js";
import { listen } from "./shortcuts.js";
import { Status, Words } from "./status.js";
import { Store } from "./store.js";
import { Submit } from "./submit.js";
import { SourceText } from "./text.js";
import { Tree } from "./tree.js";

const byId = (id) => document.getElementById(id);
const data = (id) => JSON.parse(byId(id).textContent);

const { desk } = hooks;
const words = new Words(data("words-data"), desk.language);
const status = new Status(words, desk);
const reader = byId("text");
const doc = reader.closest(".doc");
const margin = byId("margin");
const side = byId("side");
const text = new SourceText(reader.querySelector(".turns"));
const store = new Store(data("codes-data"), data("passages-data"));
const box = new Outbox(desk.user, desk.study);
const queue = new Queue(desk, box, new Aside());
new Refused({ root: byId("notices"), queue, words });
const history = new History(`${desk.user}-${desk.source}-${desk.phase}`);
const coding = new Coding({ store, queue, history, desk, status, text });
const highlights = new Highlights(store, text);
const selection = new Selection({ reader, text, highlights });

const coderOf = (passage) => (Object.keys(desk.coders).length > 1 ? (desk.coders[passage.reading] ?? "") : "");
const describe = (passage) => {
  const code = store.codeOf(passage);
  const coder = coderOf(passage);
  return `${code.sign} ${code.name} · ${words.say("chosen", passage.end - passage.start)}${coder ? ` · ${coder}` : ""}`;
};
const only = () => highlights.only;
const shows = (code) => !highlights.only || highlights.only.has(code.id);
const focusText = () => reader.focus({ preventScroll: true });
const onWindow = (start, end) => {
  highlights.show(start, end);
  handles?.place();
};
const goToTurn = (turn) => {
  selection.goTo(turn, { scroll: false });
  text.open(turn);
  reader.scrollTop = turn.top - reader.clientHeight * 0.2;
};
let handles = null;
const leaves = new Leaves({ reader, text });
const lanes = new Lanes({ reader, margin, store, text, leaves, only, describe, onWindow });
const portrait = new Portrait({ strip: byId("portrait"), reader, store, text, only, goTo: goToTurn });
const progress = new Progress({ reader, text, desk, queue, words, newId, current: () => selection.turn, onRead: (turn) => portrait.readTo(turn) });
const pointing = new Pointing({ selection, store, text, highlights, words, status, shows, describe });
handles = new Handles({
  sheet: reader.querySelector(".sheet"), text, store, highlights, words, leave: focusText,
  move(id, span) {
    if (acts.isAdjusting) selection.choose(span, "program");
    coding.change(id, span, "moved");
  },
});

const palette = new Palette({
  root: byId("palette"), doc, margin, store, text, words, recent: () => coding.recent,
  onChoose: (code, weight) => acts.take(code, weight),
  onNew: desk.editable ? (name) => acts.newCode(name) : null,
  onFavourite: (key, code) => favourites?.set(key, code),
  keyOf: (id) => favourites?.keyOf(id) ?? null,
  onClose(giveBack) {
    acts.changing = null;
    if (giveBack) focusText();
  },
});
const card = new Card({
  root: byId("card"), doc, margin, store, text, words, highlights, coderOf,
  onClose() {
    if (!acts.isAdjusting) handles.show(undefined);
    focusText();
  },
  act: (verb, ids, value) => acts.act(verb, ids, value),
});
const acts = new Acts({ desk, store, text, coding, selection, pointing, palette, card, handles, queue, status, focusText });
const favourites = byId("favourites") && new Favourites({
  list: byId("favourites"), store, queue, status, held: desk.favourites, apply: (code) => acts.apply(code),
});
const setFavourite = (key, code) => favourites?.set(key, code);

const tree = new Tree({
  root: side, store, words, onFavourite: setFavourite,
  onLeave() {
    toggleCodes(false);
    focusText();
  },
  onChoose(code, pointed) {
    const isPlaced = selection.chosen || (!pointed && (selection.caret !== null || pointing.current));
    if (!desk.editable || !isPlaced) return false;
    acts.apply(code);
    return true;
  },
  onOnly(codes) {
    highlights.paintAll(codes);
    lanes.soon();
    portrait.draw();
  },
});
coding.onCode = (code) => store.addCode(code);
coding.onRepeat = (passage) => selection.reveal(passage);
if (desk.editable) {
  new Dragging({
    reader, margin, tree: byId("tree"), store, text, selection, highlights,
    apply: (code, span) => code?.usable && acts.apply(code, span), recode: (id, code) => coding.recode([id], code),
  });
}

const find = new Find({
  field: byId("find"), tally: byId("find-tally"), all: byId("find-all"), text, highlights, words, onLeave: focusText,
  reveal: (span) => selection.reveal(span), topOfScreen: () => text.turns[text.turnAtHeight(reader.scrollTop)].start,
  onAll: (spans) => palette.open(spans[0], { spans, title: words.say("codeAll", spans.length) }),
});
const goto = new GoTo({ dialog: byId("goto"), store, text, words, toTurn: goToTurn, toCode: (id, step) => pointing.step(step, id) });
const covers = new Covers({ reader, says: byId("covers-say"), text, store, lanes, shown: (passages) => pointing.shown(passages) });
new Setting({
  menu: byId("setting"), page: byId("content"), preferences: desk.preferences, lanes, leaves, queue, status, onChange: () => handles.place(),
});

/** Undo or do again; the card gives way, since what it lists may be gone. */
function again(deed) {
  card.close();
  coding[deed]();
}

function toggleCodes(open = !side.classList.contains("open")) {
  side.classList.toggle("open", open);
  doc.querySelector(".codes-toggle").ariaExpanded = String(open);
}

/** A turn, who speaks, what it is coded with and its words, for those who listen. */
function tellTurn(turn) {
  const here = pointing.shown(store.overlapping(turn.start, turn.end));
  covers.show(here);
  const signs = here.map((passage) => store.codeOf(passage).name).join(", ");
  const speaker = turn.element.querySelector(".speaker")?.textContent;
  const about = [words.say("turn", turn.number), speaker, here.length ? `${words.say("passages", here.length)}: ${signs}` : ""];
  status.speak([...about, text.words(turn)]);
}

selection.addEventListener("chosen", ({ detail: { span, how } }) => {
  hooks.tell("selection", span);
  if (!acts.isAdjusting) {
    const turn = words.say("turn", selection.turn.number);
    byId("place-says").textContent = span ? `${turn} · ${words.say("chosen", span.end - span.start)}` : turn;
    handles.show(undefined);
  }
  if (span && how === "keys") status.speak([text.words(span)]);
  if (!span) palette.close(false);
  if (span && !acts.isAdjusting && (how === "pointer" || how === "touch")) acts.openPalette({ focus: how === "pointer" });
  else if (span && how === "keys") palette.close(false);
});
selection.addEventListener("turn", ({ detail: { turn } }) => {
  byId("place-says").textContent = words.say("turn", turn.number);
});
selection.addEventListener("point", ({ detail: { point, x, y } }) => {
  palette.close(false);
  acts.openCard(isOver(text, point, x, y) ? store.overlapping(point, point + 1) : [], { focus: false });
});
margin.addEventListener("click", (event) => {
  const passage = store.passages.get(event.target.closest("[data-passage]")?.dataset.passage);
  const more = event.target.closest("[data-more]")?.dataset.more.split(" ") ?? [];
  if (passage || more.length) acts.openCard(passage ? [passage] : more.map((id) => store.passages.get(id)).filter(Boolean));
});
for (const [event, lights] of [["pointerover", true], ["focusin", true], ["pointerout", false], ["focusout", false]]) {
  margin.addEventListener(event, ({ target }) => {
    const passage = lights && store.passages.get(target.closest("[data-passage]")?.dataset.passage);
    highlights.light("lit", passage ? [passage] : []);
    if (event.startsWith("focus")) hooks.tell("segment", passage ? { id: passage.id } : null);
  });
}
byId("only").addEventListener("click", ({ target }) => {
  const verb = target.closest("[data-bulk]")?.dataset.bulk;
  if (verb) acts.act(verb, acts.allShown());
});
queue.addEventListener("state", ({ detail }) => status.saving({ ...detail, keeps: box.keeps }));
queue.addEventListener("news", ({ detail }) => detail.kind === "called" && hooks.answered(detail));
status.onUndo = () => again("undo");
doc.querySelector(".codes-toggle").addEventListener("click", () => toggleCodes());
beforeSigningOut(async () => {
  await queue.wake();
  return queue.pending > 0;
});
onSigningOut(() => history.stop());
if (byId("submit-open")) new Submit({ dialog: byId("submit"), store, text, queue, desk, words, progress });

const step = (by) => {
  selection.stepTurn(by);
  tellTurn(selection.turn);
};
const onWords = (event) => (acts.isAdjusting ? acts.finishAdjusting() : acts.openCard(pointing.here(), event));
const toNextSource = () => {
  const link = doc.querySelector(".next-source");
  if (link) link.click();
  else status.announce("noNextSource");
};
const favouriteKeys = favourites
  ? Object.fromEntries(Array.from({ length: 9 }, (_, at) => [String(at + 1), () => acts.favourite(at + 1, favourites.codeOn(at + 1))]))
  : {};
const own = {
  ...favouriteKeys,
  j: () => step(1), k: () => step(-1),
  ArrowRight: () => selection.stepSentence(1), ArrowLeft: () => selection.stepSentence(-1),
  "Shift+ArrowDown": () => selection.extendBySentence(1), "Shift+ArrowUp": () => selection.extendBySentence(-1),
  "Shift+ArrowRight": () => selection.extendByWord(1, false), "Shift+ArrowLeft": () => selection.extendByWord(-1, false),
  "Ctrl+Shift+ArrowRight": () => selection.extendByWord(1, true), "Ctrl+Shift+ArrowLeft": () => selection.extendByWord(-1, true),
  c: () => acts.openPalette(), "Shift+c": () => acts.openPalette({ whole: true }),
  r: () => acts.repeatLast(), ".": () => acts.repeatLast(), v: () => acts.inVivo(),
  s: () => pointing.step(1), "Shift+s": () => pointing.step(-1), g: () => goto.open(),
  x: () => acts.act("remove"), Delete: () => acts.act("remove"), o: () => acts.act("recode"), b: () => acts.act("adjust"),
  d: () => acts.act("split"), "Shift+d": () => acts.act("merge"),
  e: () => acts.openCard(pointing.here()), Enter: onWords,
  z: () => again("undo"), "Shift+z": () => again("redo"),
  "Ctrl+z": () => again("undo"), "Ctrl+Shift+z": () => again("redo"), "Ctrl+y": () => again("redo"),
  "]": toNextSource, "Shift+j": toNextSource,
  "/": () => find.focus(), n: () => find.step(1), "Shift+n": () => find.step(-1),
  f: () => (card.close(false), toggleCodes(true), tree.focusFilter()), "?": () => byId("keys").showModal(), Escape: () => acts.letGo(),
};
listen(own, desk, hooks.keys);
// What has a key has a button too: at the foot of the page, or in the menu of notes.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-key]");
  if (!button) return;
  const menu = button.closest("details");
  if (menu) menu.open = false;
  (own[button.dataset.key] ?? hooks.keys[button.dataset.key])?.(event);
});

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
  lanes.openAround();
  hooks.stand({ store, text, selection, lanes, status, words, queue, box, history, highlights, pointing, reader });
  await queue.wake();
}
begin();
