/** The codebook's tree by keyboard: arrows, J and K between codes, F to filter, N, E, P, M, Alt with an arrow to move. */
import { send } from "./drag.js";

const TOAST_STAYS = 10_000;
const tree = document.querySelector(".tree");
const filter = document.querySelector("#filter");
/** What says that a code was moved, with the way back. @type {HTMLFormElement | null} */
const moved = document.querySelector("#moved");
const single = document.body.dataset.singleKeys !== "off";

/** @returns {HTMLAnchorElement[]} the rows one can see, in order */
function rows() {
  return [...tree.querySelectorAll(".row")].filter((row) => row.offsetParent !== null);
}

/** @param {HTMLAnchorElement | undefined} row */
function focusRow(row) {
  if (!row) return;
  for (const other of tree.querySelectorAll(".row")) other.tabIndex = other === row ? 0 : -1;
  row.focus();
}

/** @param {HTMLElement} item @param {boolean} open */
function open(item, open) {
  if (!item.hasAttribute("aria-expanded")) return;
  item.setAttribute("aria-expanded", String(open));
  item.querySelector(".row").setAttribute("aria-expanded", String(open)); // what has the focus, and so is heard
}

/** @param {string} text without accents and capitals */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function narrow() {
  const words = plain(filter.value).split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const item of [...tree.querySelectorAll("li")].reverse()) {
    const own = plain(item.querySelector(":scope > .row").dataset.find);
    const below = [...item.querySelectorAll(":scope > ul > li")].some((child) => !child.hidden);
    item.hidden = !(below || words.every((word) => own.includes(word)));
    if (words.length && below) open(item, true);
    shown += item.hidden ? 0 : 1;
  }
  document.querySelector(".no-match").hidden = shown > 0;
}

/** @param {KeyboardEvent} event @param {HTMLAnchorElement} row */
function inTree(event, row) {
  const seen = rows();
  const at = seen.indexOf(row);
  const item = row.parentElement;
  const steps = {
    ArrowDown: () => focusRow(seen[at + 1]),
    ArrowUp: () => focusRow(seen[at - 1]),
    Home: () => focusRow(seen[0]),
    End: () => focusRow(seen.at(-1)),
    ArrowRight: () => (item.getAttribute("aria-expanded") === "false" ? open(item, true) : focusRow(item.querySelector("li .row") ?? undefined)),
    ArrowLeft: () => (item.getAttribute("aria-expanded") === "true" ? open(item, false) : focusRow(item.parentElement.closest("li")?.querySelector(".row") ?? undefined)),
  };
  if (!(event.key in steps)) return false;
  steps[event.key]();
  return true;
}

/** @param {KeyboardEvent} event */
function anywhere(event) {
  const seen = rows();
  const at = seen.findIndex((row) => row.getAttribute("aria-current") === "true");
  const follow = (link) => link?.click();
  const keys = {
    j: () => follow(seen[at + 1]),
    k: () => follow(seen[at - 1]),
    f: () => filter.focus(),
    n: () => follow(document.querySelector("#new-code")),
    e: () => follow(document.querySelector("#edit")),
    p: () => follow(document.querySelector("#passages")),
    m: () => follow(document.querySelector("#memo")),
    z: () => moved?.requestSubmit(),
  };
  const act = keys[event.key.toLowerCase()];
  if (act) {
    event.preventDefault();
    act();
  }
}

if (moved) {
  const fade = () => moved.matches(":hover, :focus-within") || moved.remove();
  setTimeout(fade, TOAST_STAYS);
  for (const event of ["pointerleave", "focusout"]) moved.addEventListener(event, () => setTimeout(fade, TOAST_STAYS));
}
if (tree) {
  const current = tree.querySelector("[aria-current]") ?? tree.querySelector(".row");
  for (const row of tree.querySelectorAll(".row")) row.tabIndex = row === current ? 0 : -1;
  current?.scrollIntoView({ block: "nearest" });
  if (moved && document.activeElement === document.body) current?.focus(); // what was moved is moved on from where it was
  filter.addEventListener("input", narrow);
  filter.addEventListener("keydown", (event) => {
    if (event.key === "Escape") filter.value = "";
    if (event.key === "Escape") narrow();
    if (event.key === "ArrowDown") focusRow(rows()[0]);
  });
  tree.addEventListener("click", (event) => {
    const icon = event.target.closest("[aria-expanded] > .row > .ico");
    if (!icon) return;
    event.preventDefault();
    const item = icon.closest("li");
    open(item, item.getAttribute("aria-expanded") === "false");
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.target.closest("input, textarea, select")) return;
    if (event.altKey) {
      const way = { ArrowUp: "up", ArrowDown: "down", ArrowRight: "in", ArrowLeft: "out" }[event.key];
      const item = (event.target.closest(".tree .row") ?? tree.querySelector("[aria-current]"))?.parentElement;
      if (!way || !item?.dataset.move || !document.querySelector("#place")) return;
      event.preventDefault();
      send(item, { where: way });
      return;
    }
    const row = event.target.closest(".tree .row");
    if (row && inTree(event, row)) event.preventDefault();
    else if (single) anywhere(event);
  });
}
