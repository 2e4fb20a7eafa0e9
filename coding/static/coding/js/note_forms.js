/** The forms of promise links, encounters and memos: each a dialog beside the text. */
import { announce, desk, newId, offer, onPart, revision, send } from "./hooks.js";
import { add, change, choices, FIELDS, isOwn, link, notes, remove, words } from "./notes.js";

const byId = (id) => document.getElementById(id);
const forms = { promise: byId("promise-form"), encounter: byId("encounter-form"), memo: byId("memo-form"), link: byId("link-form") };
const SAID = { promise: "linked", encounter: "met", memo: "noted", link: "tied" };
let parts = null;
onPart((all) => {
  parts = all;
});
/** What the open form is about. @type {{kind: string, note: object | null, span: object | null, segment: string | null} | null} */
let asked = null;

/** Open the form of a note that is there. @param {import("./notes.js").Note} note */
export function open(note) {
  show(note.kind, { note, span: spanOf(note), segment: note.segment ?? null });
}

/** Open the form of a new promise link, encounter or memo; of a memo that `said` something before, with its words. @param {string} kind */
export function begin(kind, { span, segment = null, about = "", said = {} }) {
  const { start, end } = span ?? {};
  show(kind, { note: null, span: span && { start, end }, segment, about }); // of a passage, its borders alone
  const form = forms[kind].querySelector("form");
  for (const [name, value] of Object.entries(said)) form[name].value = value;
}

/** Where a note stands, null for one on the whole source or on words that are gone. */
export function spanOf(note) {
  const at = note.segment ? parts?.store.passages.get(note.segment) : note;
  return at && at.start !== null && at.start < at.end ? { start: at.start, end: at.end } : null;
}

function show(kind, { note, span, segment, about = "" }) {
  asked = { kind, note, span, segment };
  const dialog = forms[kind];
  const form = dialog.querySelector("form");
  const own = !note || isOwn(note);
  form.reset();
  dialog.querySelector(".quoted").textContent = span ? parts.text.words(span) : "";
  dialog.querySelector(".error").textContent = "";
  dialog.querySelector(".set").disabled = !own;
  dialog.querySelector("[data-act=remove]").hidden = !note || !own;
  dialog.querySelector("[data-act=save]").hidden = !own;
  if (kind === "promise") fill(form.promise, choices.promises, (one) => `${toolName(one.tool)} — ${one.text}`);
  if (kind === "encounter") {
    fill(form.tool, choices.tools, (one) => one.name);
    fill(form.participant, choices.participants, (one) => one.name, words.nobody);
    const near = choices.tools.filter((one) => one.near);
    if (near.length === 1) form.tool.value = near[0].id;
  }
  if (kind === "memo") showAbout(dialog, form, { note, span, segment, about });
  if (note) take(form, note);
  dialog.showModal();
  (kind === "memo" ? form.text : form.querySelector("select")).focus();
}

function showAbout(dialog, form, { note, span, segment, about }) {
  const [onSegment, onSpan] = form.about.options;
  onSegment.hidden = onSegment.disabled = !segment;
  onSpan.hidden = onSpan.disabled = !span && note?.about !== "span";
  form.about.value = note?.about ?? (about || (segment ? "segment" : span ? "span" : "source"));
  form.about.disabled = Boolean(note);
  dialog.querySelector(".by").textContent = note && !note.own ? note.author : "";
  const page = dialog.querySelector(".page");
  page.hidden = !note;
  if (note) page.href = `${words.memoPages}${note.id}/`;
}

const toolName = (id) => choices.tools.find((one) => one.id === id)?.name ?? "";

/** Fill a select: what the source is about first. */
function fill(select, all, label, none = words.choose) {
  const option = (value, text) => new Option(text, value);
  const groups = [[words.near, true], [words.far, false]].map(([name, near]) => {
    const group = document.createElement("optgroup");
    group.label = name;
    group.append(...all.filter((one) => one.near === near).map((one) => option(one.id, label(one))));
    return group;
  });
  select.replaceChildren(option("", none), ...groups.filter((group) => group.children.length));
}

function take(form, note) {
  for (const name of FIELDS[note.kind]) {
    if (name === "shared") form.shared.checked = note.shared;
    else form[name].value = note[name] ?? "";
  }
}

function read(kind, form) {
  return Object.fromEntries(FIELDS[kind].map((name) => {
    if (name === "shared") return [name, form.shared.checked];
    if (name === "participant") return [name, form.participant.value || null];
    return [name, form[name].value.trim()];
  }));
}

function save(kind, form) {
  if (kind === "link") {
    link(form.memo.value, asked.segment);
    return SAID.link;
  }
  const said = read(kind, form);
  const { note, span } = asked;
  if (note) {
    change(note.id, said);
    return "changed";
  }
  const id = newId();
  if (kind === "memo") {
    const about = form.about.value;
    const subject = about === "segment" ? asked.segment : desk.source;
    const place = about === "span" ? { ...span, revision } : {};
    const shown = { own: true, version: 1, author: "", segment: about === "segment" ? asked.segment : null, start: null, end: null };
    add({ ...shown, ...said, ...(about === "span" ? span : {}), id, kind, about }, { id, about, subject, ...place, ...said });
  } else add({ ...said, ...span, id, kind, version: 1, reading: desk.reading, coder: "" }, { id, ...span, revision, ...said });
  return SAID[kind];
}

/** One's own memos, the newest first, or those in which all the words are. @returns {Promise<object[] | null>} null without a connection */
async function ownMemos(sought = "") {
  const asked = sought ? send("POST", "memos/search/?own=true", { words: sought }) : send("GET", "memos/?own=true");
  const answer = await asked.catch(() => null);
  return answer?.status === 200 ? answer.body.results : null;
}

/** Ask which of one's own memos speaks of a passage. @param {{id: string, start: number, end: number}} passage */
export async function linkTo(passage) {
  const own = await ownMemos();
  if (!own?.length) {
    announce(own ? words.nomemos : words.away);
    return;
  }
  show("link", { note: null, span: passage, segment: passage.id });
  offerMemos(own);
}

function offerMemos(memos) {
  forms.link.querySelector("select").replaceChildren(...memos.map((memo) => new Option(memo.title || memo.text.slice(0, 80), memo.id)));
}

/** Offer the memos that have the words typed; what comes late, for other words, is left. */
async function find() {
  const { value } = seek;
  const found = await ownMemos(value.trim());
  if (value !== seek.value) return;
  if (found) offerMemos(found);
  forms.link.querySelector(".error").textContent = found ? (found.length ? "" : words.nosuch) : words.away;
}

const seek = byId("link-find");
let seeking = 0;
seek.addEventListener("input", () => {
  clearTimeout(seeking);
  seeking = setTimeout(find, 250);
});
seek.addEventListener("keydown", (event) => event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.preventDefault());

for (const [kind, dialog] of Object.entries(forms)) {
  const form = dialog.querySelector("form");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = save(kind, form);
    dialog.close();
    offer(words[said]);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  dialog.addEventListener("click", ({ target }) => {
    const act = target.closest("[data-act]")?.dataset.act;
    if (act === "cancel") dialog.close();
    if (act !== "remove" || !notes.has(asked.note.id)) return;
    remove(asked.note.id);
    dialog.close();
    offer(words.removed);
  });
  dialog.addEventListener("close", () => parts.reader.focus({ preventScroll: true }));
}
