/**
 * The field note: adds blocks, and keeps a draft in this browser until the note is saved.
 * The draft is kept per person and study; the page after saving forgets it (note_saved.js).
 */

const form = document.querySelector("form[data-draft]");
const blocks = form.querySelector("[data-blocks]");
const template = form.querySelector("[data-new-block]");
const adders = form.querySelector("[data-add]");
const state = form.querySelector("[data-draft-state]");
const NOT_KEPT = new Set(["csrfmiddlewaretoken"]);

/** @param {string} kind @returns {HTMLElement} the new block, numbered after the last one */
function addBlock(kind) {
  const numbers = [...blocks.querySelectorAll("textarea")].map((field) => Number(field.name.split("-")[1]));
  const number = Math.max(-1, ...numbers) + 1;
  const block = template.content.cloneNode(true).querySelector("[data-block]");
  for (const field of block.querySelectorAll("[name]")) field.name = field.name.replace("-N", `-${number}`);
  block.querySelector(`input[value="${kind}"]`).checked = true;
  blocks.append(block);
  return block;
}

/** @param {string} kind @returns {HTMLElement|undefined} a block of the kind after the last written one, still empty */
function emptyBlock(kind) {
  const all = [...blocks.querySelectorAll("[data-block]")];
  const last = all.findLastIndex((block) => block.querySelector("textarea").value.trim() !== "");
  return all.slice(last + 1).find((block) => block.querySelector("input:checked")?.value === kind);
}

function fields() {
  return [...form.elements].filter((field) => field.name && !NOT_KEPT.has(field.name) && field.type !== "submit");
}

function keep() {
  const kept = fields()
    .filter((field) => !["radio", "checkbox"].includes(field.type) || field.checked)
    .map((field) => [field.name, field.value]);
  try {
    localStorage.setItem(form.dataset.draft, JSON.stringify(kept));
    state.textContent = state.dataset.kept;
  } catch {
    state.textContent = state.dataset.lost;
  }
}

/** @returns {[string, string][]} the draft's fields, none when there is no draft */
function draft() {
  try {
    return JSON.parse(localStorage.getItem(form.dataset.draft)) ?? [];
  } catch {
    return [];
  }
}

function putBack(kept) {
  const last = Math.max(...kept.map(([name]) => (name.startsWith("text-") ? Number(name.split("-")[1]) : -1)));
  while (!form.elements.namedItem(`text-${last}`) && last >= 0) addBlock("observed");
  for (const field of fields()) if (["radio", "checkbox"].includes(field.type)) field.checked = false;
  for (const [name, value] of kept) {
    for (const field of fields().filter((one) => one.name === name)) {
      if (["radio", "checkbox"].includes(field.type)) field.checked ||= field.value === value;
      else field.value = value;
    }
  }
  state.textContent = state.dataset.found;
}

adders.hidden = false;
adders.addEventListener("click", (event) => {
  const button = event.target.closest("[data-kind]");
  if (button) (emptyBlock(button.dataset.kind) ?? addBlock(button.dataset.kind)).querySelector("textarea").focus();
});
// Enter in the title goes on to the first block: a note is saved by its button or Ctrl+Enter, not by a slip.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.target.name === "title") {
    event.preventDefault();
    blocks.querySelector("textarea").focus();
  }
});
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const button = adders.querySelectorAll("[data-kind]")[["Digit1", "Digit2", "Digit3"].indexOf(event.code)];
  if (!button) return;
  event.preventDefault();
  button.click();
});
form.addEventListener("input", keep);

// What the server sent back after a refusal is newer than the draft.
const kept = "sent" in form.dataset ? [] : draft();
if (kept.length) putBack(kept);
