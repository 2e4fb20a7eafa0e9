/**
 * What other modules of the workspace build on: memos, promises, encounters and whatever else belongs to a passage.
 *
 * A module of its own, loaded by its own `<script type="module">` in the workspace's page, imports from here:
 *
 *     import { addKeys, addMarks, addToCard, announce, desk, keep, onPart, redraw, send } from "./hooks.js";
 *
 * It never touches the text: no element per mark there. Marks are drawn in the margin (`addMarks`), shown with the
 * passages they lie on (`addToCard`), opened by a key (`addKeys`), saved by the queue that loses nothing (`keep`).
 *
 * Events on `document`, for those who would rather listen:
 *   `fieldstudy:selection`, detail `{start, end}` in code points of the text on the page, or null when nothing is chosen;
 *   `fieldstudy:segment`, detail `{id}` of the passage pointed at or focused, or null;
 *   `fieldstudy:ready`, once the page is painted.
 *
 * The workspace's own keys: b c d e f g j k n o r s v x z, most of them with Shift too, 1 to 9, the arrows, `.`, `/`, `]`, `?`.
 */

const held = document.getElementById("desk-data");

/**
 * Who reads what: `user`, `study` (slug), `source`, `revision` and `reading` ids (`reading` is null before the first
 * passage), `phase`, `editable`, `language`, and `api`, the address under which the study's API lies.
 *
 * @type {Record<string, any>}
 */
export const desk = held ? JSON.parse(held.textContent) : {};

/** The id of the text's revision: every span that is sent names it. @type {string} */
export const revision = desk.revision;

/** The parts of the workspace once it stands: `store`, `text`, `selection`, `lanes`, `status`, `words`, `queue`. */
let parts = null;
const waiting = [];

/** Run something once the workspace stands; at once when it does. @param {(parts: object) => void} run */
export function onPart(run) {
  if (parts) run(parts);
  else waiting.push(run);
}

/** Sources of marks in the margin. @type {((start: number, end: number) => Mark[])[]} */
const markers = [];

/**
 * @typedef {{id: string, start: number, end: number, kind: string, hue?: number, sign: string, name: string,
 *   label: string, open: () => void}} Mark something at the side of the text: `kind` becomes a class of its bar and
 *   label (its look is the module's own CSS: dotted, double, an outline …), `sign` and `name` are shown, `label` is
 *   what a screen reader says, `open` is what a click or Enter on the label does
 */

/** Show marks in the margin, beside the passages. @param {(start: number, end: number) => Mark[]} between */
export function addMarks(between) {
  markers.push(between);
  redraw();
}

/** All marks that share a code point with `[start, end)`. @returns {Mark[]} */
export const marksBetween = (start, end) => markers.flatMap((between) => between(start, end));

/** What is added below a passage in the card of the passages on some words. @type {((passage: object) => Node | null)[]} */
const additions = [];

/** Show something with a passage in the card. @param {(passage: {id: string, start: number, end: number, code: string}) => Node | null} make */
export function addToCard(make) {
  additions.push(make);
}

/** @param {object} passage @returns {Node[]} */
export const additionsTo = (passage) => additions.map((make) => make(passage)).filter(Boolean);

/** Sources of places that "Go to" finds besides turns and codes. @type {(() => Place[])[]} */
const places = [];

/** @typedef {{sign: string, name: string, says: string, go: () => void}} Place somewhere to go by typing a part of its name */

/** Have "Go to" find more. @param {() => Place[]} all */
export function addPlaces(all) {
  places.push(all);
}

/** @returns {Place[]} */
export const morePlaces = () => places.flatMap((all) => all());

/** @type {Record<string, (event: KeyboardEvent) => void>} */
export const keys = {};

/** Act on keys, named as in shortcuts.js (`m`, `Shift+m`, `Ctrl+m`); the workspace's own keys go first. */
export function addKeys(more) {
  Object.assign(keys, more);
}

/** What a code would go to now: the passage gone to, what is chosen, the sentence under the caret, or the turn. @returns {{start: number, end: number} | null} */
export const target = () => parts?.pointing.target() ?? null;

/** Draw the margin again, soon. */
export function redraw() {
  parts?.lanes.drawSoon();
}

/** Tell everybody, by voice and at the foot of the page, what happened. @param {string} told translated */
export function announce(told) {
  onPart(({ status }) => status.tellAll(told));
}

/** One request to the study's API, now. @returns {Promise<{status: number, body: any}>} rejects without an answer of the server's own */
export function send(method, path, body) {
  return new Promise((resolve, reject) => {
    onPart(({ queue }) => queue.fetch(method, path, body).then(resolve, reject));
  });
}

const listeners = new Map();

/**
 * Keep a write in the browser and send it, again and again, after what was done before: it survives a lost connection,
 * a closed page and an ended session. The server must give the same answer when the same write comes twice, so its
 * `body` carries ids made here (`newId`).
 *
 * @param {string} kind whose write it is, as `memo`: what `onAnswer` listens for
 * @param {{id: string, method: string, path: string, body?: object, stands?: object | null}} write `path` within the
 *   study's API, as `memos/`; `stands` as the page shows it afterwards, for `kept` and `onAnswer`
 */
export function keep(kind, { id, method, path, body, stands }) {
  onPart(({ queue }) => queue.add({ op: "call", kind, id, method, path, body, stands }));
}

const again = new Map();

/**
 * Have something that was done undone and done again by the same keys as coding, in the order of all that was done:
 * `before` and `after` are what stood and what stands, plain records with an `id`, null where there is none.
 *
 * @param {string} kind whose it is: what `onAgain` listens for
 */
export function remember(kind, { before, after }) {
  onPart(({ history }) => history.add({ kind, before, after }));
}

/** Undo or do again what was remembered of a kind: from `before` to `after`. `run` says what it did, null when it no longer can. */
export function onAgain(kind, run) {
  again.set(kind, run);
}

/** Forget what was remembered of something whose write was refused. @param {string} id */
export function forget(id) {
  onPart(({ history }) => history.forget([id]));
}

/** Keep words of a refused write on the page until they are dismissed. @param {string} told translated @param {(() => void) | null} rewrite */
export function keepWords(told, written, rewrite) {
  onPart(({ status }) => status.keepWords(told, written, rewrite));
}

/** Tell everybody what was done, with the way back beside it. @param {string} told translated */
export function offer(told) {
  onPart(({ status }) => status.offer(told));
}

/** For the workspace alone: do a remembered deed. @returns {string | null} */
export const repeated = ({ kind, before, after }) => again.get(kind)?.(before, after) ?? null;

/**
 * How kept writes of a kind went, also those of an earlier page and, `elsewhere`, of another tab. Whatever is refused
 * (status from 400) was dropped from the queue; the module shows again what stands.
 */
export function onAnswer(kind, listener) {
  listeners.set(kind, listener);
}

/** The writes of a kind that are not with the server yet, oldest first: shown as if they were. @returns {Promise<object[]>} */
export async function kept(kind) {
  const box = await new Promise((resolve) => onPart(({ box }) => resolve(box)));
  return (await box.all()).filter((write) => write.op === "call" && write.kind === kind);
}

/** For the workspace alone: hand a kept write's answer on. */
export function answered({ write, status, body, elsewhere = false }) {
  listeners.get(write.kind)?.({ write, status, body, elsewhere });
}

/** For the workspace alone: everything stands. */
export function stand(all) {
  parts = all;
  for (const run of waiting.splice(0)) run(parts);
  parts.lanes.soon();
  document.dispatchEvent(new CustomEvent("fieldstudy:ready"));
}

/** For the workspace alone: what is chosen, and which passage is pointed at. */
export function tell(name, detail) {
  document.dispatchEvent(new CustomEvent(`fieldstudy:${name}`, { detail }));
}

export { newId } from "./ids.js";
