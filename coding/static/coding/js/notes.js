/** What stands beside a source's text: promise links, encounters and memos, as the server told them and as they change. */
import { announce, desk, keep, onAnswer, redraw, send } from "./hooks.js";

const holder = document.getElementById("notes");
/** What the page says, translated. @type {DOMStringMap} */
export const words = holder.dataset;
/** Whether promise links and encounters can be recorded here, and memos written. */
export const may = { marks: "marks" in holder.dataset, memos: "memos" in holder.dataset };

/** By kind: the address of its list under a source or the study, and of one. */
const PATHS = {
  promise: { list: `sources/${desk.source}/promise-links/`, one: "promise-links/" },
  encounter: { list: `sources/${desk.source}/encounters/`, one: "encounters/" },
  memo: { list: "memos/", one: "memos/" },
};

/** @typedef {{id: string, kind: "promise" | "encounter" | "memo", version: number, start: number, end: number}} Note */
/** @type {Map<string, Note>} */
export const notes = new Map();
/** What new ones can name. */
export const choices = { promises: [], tools: [], participants: [] };
const listeners = [];
/** What undoes what was done here, the latest last. @type {(() => void)[]} */
const undoing = [];

/** Run something when notes changed. */
export function onNotes(run) {
  listeners.push(run);
}

function told() {
  for (const run of listeners) run();
  redraw();
}

/** Whether a note is the reader's own to change. @param {Note} note */
export const isOwn = (note) => (note.kind === "memo" ? note.own : may.marks && (note.reading ?? desk.reading) === desk.reading);

/** Ask for all that stands beside the source. */
export async function load() {
  const { status, body } = await send("GET", `sources/${desk.source}/margin/`);
  if (status !== 200) return;
  notes.clear();
  const shown = (mark) => mark.reading in desk.coders || mark.reading === desk.reading;
  for (const mark of body.promise_links.filter(shown)) notes.set(mark.id, { ...mark, kind: "promise" });
  for (const mark of body.encounters.filter(shown)) notes.set(mark.id, { ...mark, kind: "encounter" });
  for (const memo of body.memos) notes.set(memo.id, { ...memo, kind: "memo" });
  Object.assign(choices, { promises: body.promises, tools: body.tools, participants: body.participants });
  told();
}

/** Put a new note beside the text, and send it. @param {Note} note @param {object} body as the server takes it */
export function add(note, body) {
  notes.set(note.id, note);
  keep("note", { id: note.id, method: "POST", path: PATHS[note.kind].list, body });
  undoing.push(() => drop(note.id));
  told();
}

/** Change what a note says. @param {string} id @param {object} changes */
export function change(id, changes, { remember = true } = {}) {
  const note = notes.get(id);
  const before = Object.fromEntries(Object.keys(changes).map((name) => [name, note[name]]));
  keep("note", { id, method: "PATCH", path: `${PATHS[note.kind].one}${id}/`, body: { version: note.version, ...changes } });
  notes.set(id, { ...note, ...changes, version: note.version + 1 });
  if (remember) undoing.push(() => change(id, before, { remember: false }));
  told();
}

/** Take a note away. @param {string} id */
export function remove(id) {
  const note = notes.get(id);
  drop(id);
  undoing.push(() => {
    notes.set(id, { ...note, version: note.version + 2 });
    keep("note", { id, method: "POST", path: `${PATHS[note.kind].one}${id}/restore/` });
    told();
  });
}

function drop(id) {
  const note = notes.get(id);
  if (!note) return;
  notes.delete(id);
  keep("note", { id, method: "DELETE", path: `${PATHS[note.kind].one}${id}/` });
  told();
}

/** Undo what was done last here. @returns {boolean} whether there was something */
export function undo() {
  const deed = undoing.pop();
  deed?.();
  return Boolean(deed);
}

onAnswer("note", ({ write, status, body }) => {
  if (status >= 400) {
    announce(`${words.refused}: ${body?.message ?? ""}`);
    load();
  } else if (body?.id && notes.has(body.id)) {
    const { kind, version } = notes.get(body.id);
    if (kind !== "memo") desk.reading ??= body.reading;
    // A later change of one's own may wait behind this answer: then what is on the page is newer.
    if (body.version >= version) notes.set(body.id, { ...body, kind });
    if (write.method !== "PATCH") told();
  }
});
