/** The audit's page: paints the readings set side by side, and moves by keys through codes, pairs and differences. */
import { OffsetIndex } from "../../fieldstudy/js/offsets.js";
import { highlight } from "./highlights.js";

const LAYERS = 3;
const single = document.body.dataset.singleKeys !== "off";
const painted = new Set();

/** The evidence of a paragraph in its text nodes, without the signs set before passages. @returns {Text[]} */
function evidence(paragraph) {
  const accept = (node) => (node.parentElement.closest(".sign") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT);
  const walker = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT, accept);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  return nodes;
}

/** One range per text node that a stretch touches. @param {Text[]} nodes @param {number} start UTF-16 units */
function* rangesOf(nodes, start, end) {
  let before = 0;
  for (const node of nodes) {
    const from = Math.max(start - before, 0);
    const to = Math.min(end - before, node.length);
    if (from < to) yield new StaticRange({ startContainer: node, startOffset: from, endContainer: node, endOffset: to });
    before += node.length;
  }
}

function paintSide(article) {
  const nodes = evidence(article.querySelector(".evidence-s"));
  const index = new OffsetIndex(nodes.map((node) => node.data).join(""));
  let open = [];
  for (const item of article.querySelectorAll("li[data-start]")) {
    const start = index.toUtf16(Number(item.dataset.start));
    const end = index.toUtf16(Number(item.dataset.end));
    open = open.filter((other) => other.end > start);
    let depth = 0;
    while (open.some((other) => other.depth === depth)) depth += 1;
    open.push({ end, depth });
    const name = depth < LAYERS ? `h${item.dataset.hue}-${depth}` : "passage";
    const named = highlight(name, Math.min(depth, LAYERS));
    painted.add(named);
    for (const range of rangesOf(nodes, start, end)) named.add(range);
  }
}

function paint() {
  for (const named of painted) named.clear();
  for (const article of document.querySelectorAll("#drill .pair article")) paintSide(article);
}

/** Mark the row and the cell whose passages are on view. */
function markCurrent() {
  const here = new URL(location.href);
  const pair = here.searchParams.get("pair") ?? "";
  for (const link of document.querySelectorAll("#codes a.rowlink, #codes td.h a")) {
    const there = new URL(link.href);
    const same = there.pathname === here.pathname && (link.matches(".rowlink") || there.searchParams.get("pair") === pair);
    if (same) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/** The links of a row that arrows step through: the code's, then its pairs'. */
const linksOf = (row) => [...row.querySelectorAll("a.rowlink, td.h a")];

/** @param {HTMLElement} link @param {number} down @param {number} across */
function step(link, down, across) {
  const rows = [...document.querySelectorAll("#codes tbody tr, #codes tfoot tr")];
  const row = link.closest("tr");
  const links = linksOf(row);
  const column = link.closest("td, th").cellIndex - row.cells.length;
  if (across) return links[links.indexOf(link) + across]?.focus();
  const next = rows[rows.indexOf(row) + down];
  if (!next) return undefined;
  const beside = next.cells[next.cells.length + column]?.querySelector("a");
  return (link.matches(".rowlink") || !beside ? next.querySelector("a.rowlink") : beside).focus();
}

const ARROWS = { ArrowDown: [1, 0], ArrowUp: [-1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const STEPS = { j: "next", k: "prev" };

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
  const link = event.target.closest("#codes a.rowlink, #codes td.h a");
  if (link && ARROWS[event.key]) {
    event.preventDefault();
    step(link, ...ARROWS[event.key]);
  }
  const rel = single && STEPS[event.key.toLowerCase()];
  if (rel) document.querySelector(`#drill a[rel="${rel}"]`)?.click();
}

document.addEventListener("keydown", onKey);
document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target?.id !== "drill" && event.detail.elt?.id !== "drill") return;
  paint();
  const drill = document.getElementById("drill");
  // Where there is no room beside the table the panel stands below it.
  if (drill.getBoundingClientRect().top > innerHeight - 80) drill.scrollIntoView();
  if (document.activeElement === document.body) document.getElementById("drill-title")?.focus();
});
document.addEventListener("htmx:pushedIntoHistory", markCurrent);
document.addEventListener("htmx:historyRestore", () => (paint(), markCurrent()));
paint();
