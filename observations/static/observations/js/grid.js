/**
 * The grid of variables: move and mark with the keyboard, edit in place, copy and paste as in a spreadsheet, undo.
 *
 * Every change goes to the server as one batch, all or none; a cell the server refuses keeps what was written, marked,
 * until it is put right or undone. What was refused along with it, or met no connection, goes with the next change.
 */
import { cellsOf, copied } from "./pasted.js";

const grid = document.querySelector("[data-grid]");
const columns = grid ? JSON.parse(document.getElementById("grid-columns").textContent) : [];
const status = document.querySelector("[data-grid-status]");
const rows = grid ? [...grid.tBodies[0].rows] : [];
const words = status?.dataset;
const undone = [];
/** What stands in the grid and not yet on the server, by place. @type {Map<string, {at: [number, number], text: string}>} */
const unsaved = new Map();
let anchor = [0, 0];
let active = [0, 0];
let editor = null;
let saving = Promise.resolve();

/** A value as the grid shows it: yes and no in the reader's language, all else as it is kept. */
const shown = ({ kind }, text) => (kind === "boolean" && text ? words[text] : text);
const cellAt = ([row, column]) => rows[row].cells[column + 1];
const clamp = (value, most) => Math.max(0, Math.min(value, most));

function tell(words, bad = false) {
  status.textContent = words;
  status.classList.toggle("bad", bad);
}

/** @returns {[number, number][]} the marked cells, row by row */
function marked() {
  const [top, bottom] = [Math.min(anchor[0], active[0]), Math.max(anchor[0], active[0])];
  const [left, right] = [Math.min(anchor[1], active[1]), Math.max(anchor[1], active[1])];
  const cells = [];
  for (let row = top; row <= bottom; row++) for (let column = left; column <= right; column++) cells.push([row, column]);
  return cells;
}

function mark(place, { extend = false, focus = true } = {}) {
  for (const cell of grid.querySelectorAll('[aria-selected="true"]')) cell.removeAttribute("aria-selected");
  cellAt(active).tabIndex = -1;
  active = [clamp(place[0], rows.length - 1), clamp(place[1], columns.length - 1)];
  if (!extend) anchor = active;
  const cells = marked();
  if (cells.length > 1) for (const at of cells) cellAt(at).setAttribute("aria-selected", "true");
  const cell = cellAt(active);
  cell.tabIndex = 0;
  if (focus) cell.focus({ preventScroll: false });
}

/**
 * Write texts into cells and send them, with `note` told beside what became of it.
 * @param {{at: [number, number], text: string}[]} changes
 */
function change(changes, { remember = true, note = "" } = {}) {
  const real = changes.filter(({ at, text }) => cellAt(at).textContent !== text || cellAt(at).ariaInvalid || unsaved.has(String(at)));
  if (!real.length) return tell(note);
  const before = real.map(({ at }) => ({ at, text: cellAt(at).textContent }));
  if (remember) undone.push(before);
  for (const { at, text } of real) {
    cellAt(at).textContent = text;
    cellAt(at).removeAttribute("aria-invalid");
    cellAt(at).removeAttribute("title");
    cellAt(at).dataset.unsaved = "";
    unsaved.set(String(at), { at, text });
  }
  tell(words.saving);
  words.pending = Number(words.pending) + 1;
  saving = saving
    .then(() => send(note))
    .catch(() => tell(words.offline, true))
    .finally(() => (words.pending = Number(words.pending) - 1));
}

/** Send all that is unsaved, but for what the server refused and nobody has put right. */
async function send(note) {
  const changes = [...unsaved.values()].filter(({ at }) => !cellAt(at).ariaInvalid);
  if (!changes.length) return;
  const values = changes.map(({ at: [row, column], text }) => ({
    variable: columns[column].id,
    subject: rows[row].dataset.subject,
    text,
  }));
  const places = new Map(changes.map((one, index) => [`${values[index].variable}:${values[index].subject}`, one]));
  const response = await fetch(grid.dataset.address, {
    method: "PUT",
    keepalive: changes.length < 300,
    body: JSON.stringify({ values }),
    headers: {
      "Content-Type": "application/json",
      "X-CSRFToken": document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "",
      "Fieldstudy-User": grid.dataset.user,
    },
  });
  const body = response.headers.get("Content-Type")?.includes("json") ? await response.json() : {};
  if (response.ok) {
    for (const { variable, subject, text } of body.values) settle(places.get(`${variable}:${subject}`), text);
    tell([`${words.saved} ${values.length}`, note].filter(Boolean).join(". "));
    return;
  }
  for (const [key, messages] of Object.entries(body.fields ?? {})) {
    const cell = places.has(key) && cellAt(places.get(key).at);
    if (!cell) continue;
    cell.setAttribute("aria-invalid", "true");
    cell.title = messages[0];
  }
  const first = Object.values(body.fields ?? {})[0]?.[0];
  const why = response.status === 401 || response.status === 403 ? words.signIn : body.message;
  tell([words.refused, why, first, note].filter(Boolean).join(" "), true);
}

/** A value as the server keeps it, unless the cell was written in again meanwhile. */
function settle({ at, text }, kept) {
  if (unsaved.get(String(at))?.text !== text) return;
  unsaved.delete(String(at));
  delete cellAt(at).dataset.unsaved;
  if (editor && cellAt(at).contains(editor)) editor.dataset.held = shown(columns[at[1]], kept);
  else cellAt(at).textContent = shown(columns[at[1]], kept);
}

function edit(initial) {
  const cell = cellAt(active);
  const { kind, choices, name } = columns[active[1]];
  const held = cell.textContent;
  if (kind === "choice" || kind === "boolean") {
    editor = document.createElement("select");
    const options = kind === "choice" ? choices : [words.true, words.false];
    for (const value of ["", ...options]) editor.add(new Option(value, value, false, value === held));
  } else {
    editor = document.createElement("input");
    editor.value = initial ?? held;
    if (kind === "integer" || kind === "decimal") editor.inputMode = "decimal";
  }
  editor.setAttribute("aria-label", `${rows[active[0]].cells[0].textContent}, ${name}`);
  cell.replaceChildren(editor);
  editor.dataset.held = held;
  editor.focus();
  if (initial === undefined) editor.select?.();
  editor.addEventListener("blur", () => leave(true));
}

function leave(keep) {
  if (!editor) return;
  const [cell, text, held] = [cellAt(active), editor.value.trim(), editor.dataset.held];
  editor = null;
  cell.textContent = held;
  if (keep) change([{ at: active, text }]);
}

function undo() {
  const before = undone.pop();
  if (!before) return tell(words.nothing);
  change(before, { remember: false });
  mark(before[0].at);
}

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

function onKeyInEditor(event) {
  const step = { Enter: [event.shiftKey ? -1 : 1, 0], Tab: [0, event.shiftKey ? -1 : 1] }[event.key];
  if (event.key !== "Escape" && !step) return;
  event.preventDefault();
  leave(event.key !== "Escape");
  mark(step ? [active[0] + step[0], active[1] + step[1]] : active);
}

function onKey(event) {
  event.stopPropagation();
  if (editor) return onKeyInEditor(event);
  const command = event.ctrlKey || event.metaKey;
  const move = MOVES[event.key];
  if (move) mark([active[0] + move[0], active[1] + move[1]], { extend: event.shiftKey });
  else if (event.key === "Home") mark([command ? 0 : active[0], 0], { extend: event.shiftKey });
  else if (event.key === "End") mark([command ? rows.length - 1 : active[0], columns.length - 1], { extend: event.shiftKey });
  else if (event.key === "PageDown" || event.key === "PageUp") mark([active[0] + (event.key === "PageDown" ? 10 : -10), active[1]]);
  else if (event.key === "Delete" || event.key === "Backspace") change(marked().map((at) => ({ at, text: "" })));
  else if (event.key === "Enter" || event.key === "F2") edit();
  else if (command && event.key === "z") undo();
  else if (command && event.key === "a") { anchor = [0, 0]; mark([rows.length - 1, columns.length - 1], { extend: true }); }
  else if (command && event.key === "d") change(marked().map((at) => ({ at, text: cellAt([Math.min(anchor[0], active[0]), at[1]]).textContent })));
  else if (!command && !event.altKey && event.key.length === 1) edit(event.key);
  else return;
  event.preventDefault();
}

function onCopy(event) {
  if (editor) return;
  const lines = new Map();
  for (const at of marked()) lines.set(at[0], [...(lines.get(at[0]) ?? []), cellAt(at).textContent]);
  event.clipboardData.setData("text/plain", [...lines.values()].map((cells) => cells.map(copied).join("\t")).join("\n"));
  event.preventDefault();
}

function onPaste(event) {
  if (editor) return;
  event.preventDefault();
  const table = cellsOf(event.clipboardData.getData("text/plain"));
  const cells = marked();
  // One copied value fills all that is marked; a table is laid from the first marked cell on, as far as there are cells.
  const single = table.length === 1 && table[0].length === 1;
  const [top, left] = cells[0];
  const changes = single
    ? cells.map((at) => ({ at, text: table[0][0] }))
    : table.flatMap((line, row) => line.map((text, column) => ({ at: [top + row, left + column], text })));
  const inside = changes.filter(({ at }) => at[0] < rows.length && at[1] < columns.length);
  const outside = changes.length - inside.length;
  change(inside, { note: outside ? `${words.outside} ${outside}` : "" });
  if (!single) mark([Math.min(top + table.length, rows.length) - 1, Math.min(left + table[0].length, columns.length) - 1], { extend: true });
}

function placeOf(target) {
  const cell = target.closest("td");
  return cell && [rows.indexOf(cell.parentElement), cell.cellIndex - 1];
}

if (grid && rows.length && columns.length) {
  cellAt(active).tabIndex = 0;
  grid.addEventListener("keydown", onKey);
  grid.addEventListener("copy", onCopy);
  grid.addEventListener("paste", onPaste);
  grid.addEventListener("mousedown", (event) => {
    const place = placeOf(event.target);
    if (!place || event.target === editor) return;
    leave(true);
    mark(place, { extend: event.shiftKey });
    event.preventDefault();
  });
  grid.addEventListener("mouseover", (event) => {
    const place = event.buttons === 1 && !editor && placeOf(event.target);
    if (place) mark(place, { extend: true });
  });
  grid.addEventListener("dblclick", (event) => placeOf(event.target) && !editor && edit());
  addEventListener("beforeunload", (event) => (words.pending !== "0" || unsaved.size) && event.preventDefault());
}
