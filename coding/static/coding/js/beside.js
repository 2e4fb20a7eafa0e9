/** Memos, promise links and encounters in the workspace: in the margin, in the card, in the menu, and by keys. */
import { addKeys, addMarks, addPlaces, addToCard, announce, keepWords, onPart, target } from "./hooks.js";
import { begin, linkTo, open, spanOf } from "./note_forms.js";
import { choices, load, may, notes, onNotes, onRefused, saying, words } from "./notes.js";

const SIGNS = { promise: "P", encounter: "E", memo: "M" };
const label = (select, value) => document.querySelector(`${select} [value="${value}"]`);
const shortened = (text, most = 60) => (text.length > most ? `${text.slice(0, most)}…` : text);
let parts = null;

/** What a note says, in a few words. */
function nameOf(note) {
  if (note.kind === "memo") return note.title || note.text;
  if (note.kind === "encounter") {
    const tool = choices.tools.find((one) => one.id === note.tool)?.name ?? "";
    return `${label("#encounter-response", note.response)?.textContent ?? ""} · ${tool}`;
  }
  const promise = choices.promises.find((one) => one.id === note.promise)?.text ?? "";
  return `${label("#promise-form", note.stance)?.parentElement.textContent.trim() ?? ""} · ${promise}`;
}

function markOf(note, { start, end }) {
  const name = shortened(nameOf(note).replaceAll("\n", " "));
  return {
    id: note.id, start, end, kind: `${note.kind}-note`, sign: SIGNS[note.kind], name,
    label: saying(words[note.kind], name), open: () => open(note),
  };
}

addMarks((start, end) => [...notes.values()].flatMap((note) => {
  const span = spanOf(note);
  return span && span.start < end && span.end > start ? [markOf(note, span)] : [];
}));

/** Below a passage in the card: the memos on it and linked to it, and the way to another. */
addToCard((passage) => {
  const own = [...notes.values()].filter((note) => note.segment === passage.id || note.links?.some(({ segment }) => segment === passage.id));
  if (!own.length && !may.memos) return null;
  const line = document.createElement("div");
  line.className = "acts notes-acts";
  line.append(...own.map((note) => button(shortened(note.title || note.text, 40), () => open(note), "memo-note")));
  if (may.memos) {
    line.append(button(words.memohere, () => begin("memo", { span: passage, segment: passage.id })));
    line.append(button(words.linkhere, () => linkTo(passage)));
  }
  return line;
});

function button(text, act, kind = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `btn btn-quiet ${kind}`.trim();
  made.textContent = text;
  made.addEventListener("click", (event) => {
    event.stopPropagation();
    act();
  });
  return made;
}

/** The menu of all that stands beside the source, in the order of the text; what is on the whole source first. */
function list() {
  const menu = document.getElementById("notes-menu");
  if (!menu) return;
  const all = [...notes.values()].map((note) => ({ note, span: spanOf(note) }));
  all.sort((a, b) => (a.span?.start ?? -1) - (b.span?.start ?? -1));
  document.getElementById("notes-count").textContent = all.length || "";
  menu.querySelector(".none").hidden = all.length > 0;
  menu.querySelector("ol").replaceChildren(...all.map(({ note, span }) => {
    const item = document.createElement("li");
    const where = span ? "" : ` (${words.source})`;
    item.append(button(`${saying(words[note.kind], shortened(nameOf(note), 70))}${where}`, () => jump(note, span, menu)));
    return item;
  }));
}

function jump(note, span, menu = null) {
  if (menu) menu.open = false;
  if (span) {
    parts.selection.choose(span, "program");
    parts.selection.reveal(span);
  }
  open(note);
}

addPlaces(() => [...notes.values()].map((note) => ({
  sign: SIGNS[note.kind], name: shortened(nameOf(note).replaceAll("\n", " "), 70), says: words[note.kind],
  go: () => jump(note, spanOf(note)),
})));

/** The passage pointed at: focused in the margin or in the card, or gone to by keys. */
function passageAt() {
  const at = document.activeElement?.closest?.("[data-passage]")?.dataset.passage ?? parts.pointing.current;
  return at ? (parts.store.passages.get(at) ?? null) : null;
}

function beginOn(kind) {
  const span = target();
  if (span) begin(kind, { span });
  else announce(words.nowords);
}

function memoHere() {
  const passage = passageAt();
  if (passage) begin("memo", { span: passage, segment: passage.id });
  else beginOn("memo");
}

addKeys({
  ...(may.memos ? { m: memoHere, "Shift+m": () => begin("memo", { span: target(), about: "source" }) } : {}),
  ...(may.marks ? { p: () => beginOn("promise"), u: () => beginOn("encounter") } : {}),
});
onNotes(list);
onRefused(({ told, title, text }) => {
  const rewrite = () => begin("memo", { span: target(), about: "source", said: { title, text } });
  keepWords(told, [title, text].filter(Boolean).join("\n\n"), may.memos ? rewrite : null);
});
onPart((all) => {
  parts = all;
  load();
});
