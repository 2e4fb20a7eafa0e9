/** The second opinion's page: keys, and keeping the text and the list of differences together. */
import { Readings } from "./second_opinion_readings.js";
import { Adjustment } from "./second_opinion_adjust.js";
import { SourceText } from "./text.js";

const single = document.body.dataset.singleKeys !== "off";
const text = new SourceText(document.querySelector(".turns"));
const readings = new Readings(document.querySelector(".readings"), text);
let adjustment = null;

const review = () => document.getElementById("review");
const current = () => review().querySelector(".current");

/** Show in the text what the list has open. @param {boolean} move whether to bring the passage and the item into view */
function follow(move) {
  adjustment?.stop();
  const item = current();
  readings.show(item);
  const form = item?.querySelector("form.decide");
  adjustment = form ? new Adjustment(form, item, text) : null;
  document.getElementById("place").textContent = item?.dataset.place ?? "";
  if (!item || !move) return;
  document.getElementById(`t${item.dataset.turn}`)?.scrollIntoView({ block: "center" });
  item.scrollIntoView({ block: "nearest" });
  item.focus({ preventScroll: true });
}

/** @param {number} step to the next difference (1) or the one before (-1) */
function go(step) {
  const items = [...review().querySelectorAll(".differences > li")];
  items[items.indexOf(current()) + step]?.querySelector("a.line")?.click();
}

/** Enter saves limits being chosen; in the reason it decides nothing, where a form's first button would be pressed. */
function onEnter(event) {
  if (event.target.closest("a, button, summary")) return;
  if (adjustment?.save() || event.target.matches("[name=reason]")) event.preventDefault();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.key === "Escape") adjustment?.stop();
  if (event.key === "Enter") onEnter(event);
  if (!single || event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const press = (selector) => review().querySelector(selector)?.click();
  const keys = {
    j: () => go(1),
    k: () => go(-1),
    t: () => press('[data-key="t"]'),
    a: () => press('[data-key="a"]'),
    r: () => press('[data-key="r"]'),
    z: () => press("#undo"),
  };
  const act = keys[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
}

document.addEventListener("keydown", onKey);
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id === "review" || event.detail.elt.id === "review") follow(true);
});
follow(new URLSearchParams(location.search).has("at"));
