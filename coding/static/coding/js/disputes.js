/** One dispute: paints what each reading holds, and settles by keys. The page's main part is swapped whole. */
import { OffsetIndex } from "../../fieldstudy/js/offsets.js";
import { highlight } from "./highlights.js";
import { Adjustment } from "./second_opinion_adjust.js";
import { nameOf } from "./shortcuts.js";
import { SourceText } from "./text.js";

const LAYERS = 3;
const singleKeys = document.body.dataset.singleKeys !== "off";
const painted = new Set();
/** @type {Adjustment | null} */
let adjustment = null;
/** Whether another dispute is on its way: keys meant for this one must not settle it, nor the next. */
let busy = false;

const main = () => document.getElementById("content");
const span = (item) => ({ start: Number(item.dataset.start), end: Number(item.dataset.end) });

function add(name, priority, ranges) {
  const named = highlight(name, priority);
  painted.add(named);
  for (const range of ranges) named.add(range);
}

/** The stretches of a column's paragraphs that a passage covers. @returns {Generator<StaticRange>} */
function* rangesIn(article, { start, end }) {
  for (const paragraph of article.querySelectorAll(".quoted p")) {
    const node = paragraph.firstChild;
    if (!node) continue;
    const index = new OffsetIndex(node.data);
    const from = index.toUtf16(Math.max(start - Number(paragraph.dataset.start), 0));
    const to = Math.min(index.toUtf16(Math.max(end - Number(paragraph.dataset.start), 0)), node.length);
    if (from < to) yield new StaticRange({ startContainer: node, startOffset: from, endContainer: node, endOffset: to });
  }
}

function paintColumn(article) {
  let open = [];
  for (const item of article.querySelectorAll("li[data-start]")) {
    const here = span(item);
    open = open.filter((other) => other.end > here.start);
    let depth = 0;
    while (open.some((other) => other.depth === depth)) depth += 1;
    open.push({ end: here.end, depth });
    add(depth < LAYERS ? `h${item.dataset.hue}-${depth}` : "passage", Math.min(depth, LAYERS), rangesIn(article, here));
  }
}

/** The words of a passage, in every column, in sight. */
function reveal(article) {
  const [first] = rangesIn(article, span(main()));
  const box = article.querySelector(".quoted");
  if (!first || box.scrollHeight <= box.clientHeight) return;
  const range = document.createRange();
  range.setStart(first.startContainer, first.startOffset);
  range.setEnd(first.endContainer, first.endOffset);
  box.scrollTop += range.getBoundingClientRect().top - box.getBoundingClientRect().top - 24;
}

function show() {
  adjustment?.stop();
  for (const named of painted) named.clear();
  const text = new SourceText(main().querySelector(".turns"));
  for (const article of main().querySelectorAll(".sides article")) paintColumn(article);
  for (const article of main().querySelectorAll(".sides article[data-letter]")) reveal(article);
  add("lit", 6, text.ranges(span(main())));
  for (const item of main().querySelectorAll("li[data-machine]")) add(`m${item.dataset.hue}`, 4, text.ranges(span(item)));
  for (const item of main().querySelectorAll("li[data-agreed]")) add(`a${item.dataset.hue}`, 5, text.ranges(span(item)));
  text.turnsIn(span(main()))[0]?.element.scrollIntoView({ block: "center" });
  const form = main().querySelector("form.decide");
  adjustment = form ? new Adjustment(form, main(), text) : null;
}

/** Choose words and a code: the dispute's own, or (`other`) another one. */
function choose(other) {
  if (!adjustment) return;
  if (adjustment.panel.hidden) adjustment.begin();
  const select = adjustment.form.elements.code;
  const options = [...select.options];
  const wanted = options.find((option) => "disputed" in option.dataset !== other);
  if (wanted && "disputed" in select.selectedOptions[0].dataset === other) select.value = wanted.value;
  if (other) select.focus();
}

const press = (selector) => main().querySelector(selector)?.click();

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (event.key === "Escape") {
    adjustment?.stop();
    document.activeElement?.blur();
    return;
  }
  if (event.key === "Enter" && !event.target.closest("a, button, summary")) {
    if (adjustment?.save() || event.target.matches("[name=reason]")) event.preventDefault();
    return;
  }
  if (event.target.closest("input, textarea, select")) return;
  const key = nameOf(event, singleKeys);
  const keys = {
    j: () => press('a[rel="next"]'),
    k: () => press('a[rel="prev"]'),
    m: () => press('[data-key="m"]'),
    e: () => choose(false),
    n: () => choose(true),
    x: () => press('[data-key="x"]'),
    r: () => main().querySelector("[name=reason]")?.focus(),
    u: () => press('[data-key="u"], #undo'),
  };
  const letter = /^[a-z]$/.test(key) && main().querySelector(`article[data-letter="${key.toUpperCase()}"]`);
  const act = letter ? () => press(`[data-key="${key}"]`) : keys[key];
  if (!act) return;
  event.preventDefault();
  if (!busy) act();
}

document.addEventListener("keydown", onKey);
document.addEventListener("click", (event) => {
  const button = event.target.closest?.('button[data-key="n"]');
  if (button) choose(true);
});
document.addEventListener("htmx:beforeRequest", () => (busy = true));
for (const failed of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) document.addEventListener(failed, () => (busy = false));
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "content" && event.detail.elt?.id !== "content") return;
  busy = false;
  show();
  document.getElementById("told").textContent = main().dataset.told.trim();
  if (document.activeElement === document.body) document.getElementById("title")?.focus({ preventScroll: true });
});
document.addEventListener("htmx:historyRestore", show);
show();
