/**
 * Passages to look at again, by keyboard: K keeps, R chooses a code (its first letters, then Enter; Escape leaves the
 * list), a number takes a part, X removes, Z undoes.
 */

const single = document.body.dataset.singleKeys !== "off";
const press = (selector) => document.querySelector(selector)?.click();

function next() {
  const here = document.querySelector(".queue [aria-current]");
  const link = here?.parentElement.nextElementSibling?.querySelector("a") ?? document.querySelector(".queue a");
  link?.click();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (!single || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const keys = {
    j: next,
    k: () => press('[data-key="k"]'),
    r: () => document.querySelector('select[data-key="r"]')?.focus(),
    x: () => press('[data-key="x"]'),
    z: () => press("#undo"),
  };
  const choice = /^[1-9]$/.test(event.key) && document.querySelectorAll("[data-choice]")[Number(event.key) - 1];
  const act = choice ? () => choice.click() : keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

/** In the list of codes Enter recodes instead of opening it. @param {KeyboardEvent} event */
function onListKey(event) {
  if (event.key === "Escape") event.target.blur();
  if (event.key !== "Enter" || !event.target.value) return;
  event.preventDefault();
  event.target.form.requestSubmit();
}

document.addEventListener("keydown", onKey);
document.querySelector('select[data-key="r"]')?.addEventListener("keydown", onListKey);
