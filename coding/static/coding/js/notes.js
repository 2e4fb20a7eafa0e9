/** What stands beside a source's text: promise links, encounters and memos, as the server told them and as they change. */
import { announce, desk, forget, keep, kept, newId, onAgain, onAnswer, redraw, remember, send } from "./hooks.js";

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

/** By kind: what one says, as forms ask for it and the server takes it. */
export const FIELDS = {
  promise: ["promise", "stance", "note"],
  encounter: ["tool", "participant", "task", "read_first", "response", "consequence", "note"],
  memo: ["title", "text", "shared"],
};

/** A kind of thing, or a person, and what it says: with the colon of the language. */
export const saying = (kind, what) => words.says.replace("{kind}", () => kind).replace("{what}", () => what);

/** @typedef {{id: string, kind: "promise" | "encounter" | "memo", version: number, start: number, end: number}} Note */
/** @type {Map<string, Note>} */
export const notes = new Map();
/** What new ones can name. */
export const choices = { promises: [], tools: [], participants: [] };
const listeners = [];
/** Last known version of every note met, removed ones included. @type {Map<string, number>} */
const versions = new Map();

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

/** Whether it is known what stands beside the source, and what is to be done once it is. */
let isKnown = false;
const onceKnown = [];

/** Ask for all that stands beside the source; what waits to be sent is shown as if it were there. */
export async function load() {
  const { status, body } = await send("GET", `sources/${desk.source}/margin/`).catch(() => ({ status: 0 }));
  if (status === 200) take(body);
  for (const { id, stands } of await kept("note")) show(id, stands);
  for (const { stands } of await kept("link")) if (stands) showTie(stands, true);
  isKnown = true;
  for (const run of onceKnown.splice(0)) run();
  told();
}

function take(body) {
  notes.clear();
  const shown = (mark) => mark.reading in desk.coders || mark.reading === desk.reading;
  for (const mark of body.promise_links.filter(shown)) show(mark.id, { ...mark, kind: "promise" });
  for (const mark of body.encounters.filter(shown)) show(mark.id, { ...mark, kind: "encounter" });
  for (const memo of body.memos) show(memo.id, { ...memo, kind: "memo" });
  Object.assign(choices, { promises: body.promises, tools: body.tools, participants: body.participants });
}

/** @param {string} id @param {Note | null | undefined} note null when it is gone, undefined when that is not known */
function show(id, note) {
  if (note) {
    notes.set(id, note);
    versions.set(id, note.version);
  } else if (note === null) notes.delete(id);
}

/** Put a new note beside the text, and send it. @param {Note} note @param {object} body as the server takes it */
export function add(note, body) {
  write(note.id, note, { method: "POST", path: PATHS[note.kind].list, body });
  remember("note", { before: null, after: note });
}

/** Change what a note says. @param {string} id @param {object} changes */
export function change(id, changes) {
  const before = notes.get(id);
  const after = { ...before, ...changes };
  turn(before, after);
  remember("note", { before, after });
}

/** Take a note away. @param {string} id */
export function remove(id) {
  const before = notes.get(id);
  turn(before, null);
  remember("note", { before, after: null });
}

/** Have a note say what it says in `after`, be gone, or come back after it was. */
function turn(before, after) {
  const { id, kind } = before ?? after;
  const version = versions.get(id) ?? after.version + 1; // of one removed before the page came: its answer tells
  const path = `${PATHS[kind].one}${id}/`;
  const stands = after && { ...after, version: version + 1 };
  if (!after) write(id, null, { method: "DELETE", path });
  else if (!before) write(id, stands, { method: "POST", path: `${path}restore/` });
  else {
    const said = Object.fromEntries(FIELDS[kind].map((name) => [name, after[name]]));
    write(id, stands, { method: "PATCH", path, body: { version, ...said } });
  }
  versions.set(id, version + 1);
}

function write(id, stands, request) {
  show(id, stands);
  keep("note", { id, stands, ...request });
  told();
}

/** Undo or do again; what comes before the notes are known is done once they are. */
onAgain("note", (before, after) => {
  const { kind } = before ?? after;
  if (isKnown) return again(before, after) ? words[kind] : null;
  onceKnown.push(() => again(before, after));
  return words[kind];
});

function again(before, after) {
  const { id, kind } = before ?? after;
  const now = notes.get(id) ?? null;
  if (Boolean(before) !== Boolean(now)) return false;
  turn(now, now && after ? { ...now, ...Object.fromEntries(FIELDS[kind].map((name) => [name, after[name]])) } : after);
  return true;
}

/** What people write in notes, the rest they choose. */
const WRITTEN = ["task", "text", "consequence", "note"];
const refusals = [];

/** Run something with the words of a note that was refused, which stand nowhere any more. @param {(refused: {told: string, title: string, text: string}) => void} run */
export function onRefused(run) {
  refusals.push(run);
}

function refused(written, message) {
  const told = saying(words.refused, message);
  const text = WRITTEN.map((name) => written?.[name]).filter(Boolean).join("\n\n");
  announce(told);
  if (text) for (const run of refusals) run({ told, title: written.title ?? "", text });
}

onAnswer("note", ({ write: { id, method, stands, source, body: written }, status, body, elsewhere }) => {
  if (source !== desk.source && status < 400) return;
  if (status >= 400) {
    if (!elsewhere) refused(written, body?.message ?? "");
    forget(id);
    load();
    return;
  }
  if (elsewhere) show(id, stands);
  if (body?.id && notes.has(id)) {
    const { kind, version } = notes.get(id);
    if (kind !== "memo") desk.reading ??= body.reading;
    // A later change of one's own may wait behind this answer: then what is on the page is newer.
    if (body.version >= version) show(id, { ...body, kind });
  }
  if (elsewhere || method !== "PATCH") told();
});

/** Link a memo of one's own to a passage. @param {string} memo @param {string} segment */
export function link(memo, segment) {
  const tie = { id: newId(), memo, segment };
  turnTie(null, tie);
  remember("link", { before: null, after: tie });
}

/** @typedef {{id: string, memo: string, segment: string}} Tie a memo's link to a passage: made, or taken away again */

function turnTie(before, after) {
  const { id, memo, segment } = after ?? before;
  const request = after
    ? { method: "POST", path: `memos/${memo}/links/`, body: { id, segment } }
    : { method: "DELETE", path: `memo-links/${id}/` };
  keep("link", { id, stands: after, ...request });
  showTie({ id, memo, segment }, Boolean(after));
  told();
}

/** The card of the passage lists the memos linked to it. */
function showTie(tie, stands) {
  const note = notes.get(tie.memo);
  if (!note) return;
  const links = (note.links ?? []).filter(({ id }) => id !== tie.id);
  notes.set(tie.memo, { ...note, links: stands ? [...links, tie] : links });
}

onAgain("link", (before, after) => {
  turnTie(before, after);
  return words.link;
});

onAnswer("link", ({ write: { id, method }, status, body, elsewhere }) => {
  // A link that another one made unnecessary is not there to be taken away.
  if (status >= 400 && !(method === "DELETE" && status === 404)) {
    if (!elsewhere) announce(saying(words.refused, body?.message ?? ""));
    forget(id);
    load();
  } else if (elsewhere) load();
});
