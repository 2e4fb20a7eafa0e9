/** Codes dragged to another place of the tree: between two, or onto one to stand below it. The form does the rest. */

const form = document.querySelector("#place");
const tree = document.querySelector(".tree");
let held = null;

/** Where a drop on this row would go: "before", "below" or "after". @param {HTMLElement} row @param {number} y */
function side(row, y) {
  const { top, height } = row.getBoundingClientRect();
  const part = (y - top) / height;
  return part < 0.28 ? "before" : part > 0.72 && row.parentElement.ariaExpanded !== "true" ? "after" : "below";
}

function unmark() {
  for (const row of tree.querySelectorAll("[data-drop]")) delete row.dataset.drop;
}

/** Send a code to its new place. @param {HTMLElement} item @param {Record<string, string | number>} said */
export function send(item, said) {
  form.action = item.dataset.move;
  for (const [name, value] of Object.entries({ where: "", parent: "", position: "", ...said })) form.elements[name].value = value;
  form.requestSubmit();
}

/** @param {HTMLElement} target the item dropped on @param {string} where */
function drop(target, where) {
  if (where === "below") return send(held, { where: "under", parent: target.dataset.code });
  const group = target.parentElement;
  const siblings = [...group.children].filter((item) => item !== held);
  const parent = group.closest("li")?.dataset.code ?? "";
  // Places count codes out of use as well: each item knows its own.
  const at = siblings.indexOf(target);
  const before = where === "before" ? target : siblings[at + 1];
  const place = before ? Number(before.dataset.place) : Number(siblings.at(-1).dataset.place) + 1;
  const shift = held.parentElement === group && Number(held.dataset.place) < place ? 1 : 0;
  send(held, { where: "under", parent, position: place - shift });
}

if (form && tree) {
  for (const row of tree.querySelectorAll(".row")) row.draggable = true;
  tree.addEventListener("dragstart", (event) => {
    held = event.target.closest("li");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
    held.classList.add("held");
  });
  tree.addEventListener("dragover", (event) => {
    const row = event.target.closest(".row");
    unmark();
    if (!held || !row || held.contains(row)) return;
    event.preventDefault();
    row.dataset.drop = side(row, event.clientY);
  });
  tree.addEventListener("drop", (event) => {
    const row = event.target.closest(".row");
    unmark();
    if (!held || !row || held.contains(row)) return;
    event.preventDefault();
    drop(row.parentElement, side(row, event.clientY));
  });
  tree.addEventListener("dragend", () => {
    unmark();
    held?.classList.remove("held");
    held = null;
  });
}
