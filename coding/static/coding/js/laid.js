/**
 * Other coders' readings laid beside one's own, where the reader may know of them: hollow bars and a dashed line above the
 * words. Which ones is remembered in this browser, for all its tabs; they are asked for when they are to be seen, and again
 * while they are.
 */
import { addKeys, addMarks, announce, desk, onPart, redraw, send } from "./hooks.js";
import { saying } from "./notes.js";

const ASK_EVERY = 30_000;
const menu = document.getElementById("readings-menu");
const boxes = [...menu.querySelectorAll("input[name=laid]")];
const key = `fieldstudy-laid-${desk.user}-${desk.source}`;
const kept = () => JSON.parse(localStorage.getItem(key) ?? "null") ?? { ids: [], shown: true };
/** @type {Map<string, object[]>} passages by reading, as the server tells them */
const passages = new Map();
let { shown } = kept();
let parts = null;

const laid = () => (shown ? boxes.filter((box) => box.checked) : []);

/** All standing passages of a reading, page after page. @param {string} reading */
async function ask(reading) {
  const found = [];
  for (let query = `?reading=${reading}&limit=1000`; query; ) {
    const { status, body } = await send("GET", `sources/${desk.source}/segments/${query}`);
    if (status !== 200) break;
    found.push(...body.results);
    query = body.next ? new URL(body.next).search : "";
  }
  return found.filter(({ revision }) => revision === desk.revision);
}

/** Ask for what is to be seen and show it. */
async function lay() {
  const wanted = laid().map(({ value }) => value);
  try {
    const told = await Promise.all(wanted.map(ask));
    passages.clear();
    wanted.forEach((id, at) => passages.set(id, told[at]));
  } catch {
    for (const id of passages.keys()) if (!wanted.includes(id)) passages.delete(id); // no connection: what is known stays
  }
  parts.highlights.light("laid", [...passages.values()].flat(), 1);
  redraw();
}

function choose() {
  const ids = boxes.filter((box) => box.checked).map(({ value }) => value);
  localStorage.setItem(key, JSON.stringify({ ids, shown }));
  return lay();
}

function markOf(passage, who) {
  const { hue, sign, name } = parts.store.codeOf(passage);
  const label = saying(who, `${sign} ${name}`);
  const open = () => {
    parts.selection.choose({ start: passage.start, end: passage.end }, "program");
    parts.selection.reveal(passage);
    announce(label);
  };
  return { id: passage.id, start: passage.start, end: passage.end, kind: "laid", hue, sign: passage.coder, name: `${sign} ${name}`, label, open };
}

addMarks((start, end) => laid().flatMap(({ value, dataset }) =>
  (passages.get(value) ?? [])
    .filter((passage) => passage.start < end && passage.end > start)
    .map((passage) => markOf(passage, dataset.who))));

addKeys({
  l() {
    if (!boxes.some((box) => box.checked)) {
      menu.open = true;
      boxes[0].focus();
      return;
    }
    shown = !shown;
    announce(shown ? menu.dataset.shown : menu.dataset.hidden);
    choose();
  },
});
menu.addEventListener("change", () => {
  shown = true;
  choose();
});
menu.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  event.stopPropagation();
  menu.open = false;
  parts.reader.focus({ preventScroll: true });
});
/** As remembered, by this tab or another. */
function follow() {
  const { ids } = kept();
  ({ shown } = kept());
  for (const box of boxes) box.checked = ids.includes(box.value);
  return lay();
}

const askAgain = () => document.visibilityState === "visible" && laid().length && lay();
document.addEventListener("visibilitychange", askAgain);
setInterval(askAgain, ASK_EVERY);
addEventListener("storage", (event) => event.key === key && follow());
onPart((all) => {
  parts = all;
  if (kept().ids.length) follow();
});
