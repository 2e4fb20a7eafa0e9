/**
 * Finding codes by what is typed: sign first, then a word's beginning, then anywhere, then its letters in their order
 * with others between; accents and case do not count.
 */

/** What is typed otherwise than it is printed. */
const TYPED = new Map([["’", "'"], ["‘", "'"], ["“", '"'], ["”", '"'], ["\u00a0", " "], ["\u202f", " "], ["–", "-"], ["‑", "-"]]);

/**
 * Text without case and accents, as one types it, unit for unit: a match's place in it is its place in the original.
 *
 * @param {string} text in NFC
 */
export function folded(text) {
  let plain = "";
  for (let unit = 0; unit < text.length; unit += 1) plain += foldedUnit(text[unit]);
  return plain;
}

const known = new Map();

function foldedUnit(unit) {
  let plain = known.get(unit);
  if (plain === undefined) {
    plain = TYPED.get(unit) ?? unit.normalize("NFD")[0].toLowerCase();
    if (plain.length !== 1) plain = unit;
    known.set(unit, plain);
  }
  return plain;
}

/** A folded text with its ligatures written as one and as two letters: `cœur` is found by `coeur`. @returns {string[]} */
export function spellings(plain) {
  const two = plain.replaceAll("œ", "oe").replaceAll("æ", "ae");
  return [...new Set([plain, two, two.replaceAll("oe", "œ").replaceAll("ae", "æ")])];
}

/**
 * The codes that match, best first; among equals those used last, then those used most, then the codebook's order.
 *
 * @param {import("./store.js").Code[]} codes
 * @param {string} typed
 * @param {string[]} recent ids of the codes applied last, newest first
 * @param {Map<string, number>} uses how many passages carry each code
 */
export function ranked(codes, typed, recent = [], uses = new Map()) {
  const wanted = typed.trim() ? spellings(folded(typed.trim())) : [];
  const rankOf = (code) => wanted.map((one) => rank(code, one)).reduce((best, one) => (one === null || (best !== null && best <= one) ? best : one), null);
  const freshness = (code) => (recent.includes(code.id) ? recent.indexOf(code.id) : recent.length);
  return codes
    .map((code, place) => ({ code, place, rank: wanted.length ? rankOf(code) : 0, fresh: freshness(code), uses: uses.get(code.id) ?? 0 }))
    .filter((entry) => entry.rank !== null)
    .sort((a, b) => a.rank - b.rank || a.fresh - b.fresh || b.uses - a.uses || a.place - b.place)
    .map((entry) => entry.code);
}

function rank(code, wanted) {
  const sign = folded(code.sign);
  if (sign === wanted) return 0;
  if (sign.startsWith(wanted)) return 1;
  const name = folded(code.name);
  const at = name.indexOf(wanted);
  if (at === 0) return 2;
  if (at > 0 && wordBegins(name, wanted)) return 3;
  if (at > 0) return 4;
  const loose = spread(name, wanted.replace(/\s/g, ""));
  return loose === null ? null : 5 + loose / 1000;
}

/** How far the letters of what is wanted lie apart in a name; null when they are not all there in their order. */
function spread(name, wanted) {
  let first = -1;
  let at = -1;
  for (const letter of wanted) {
    at = name.indexOf(letter, at + 1);
    if (at < 0) return null;
    if (first < 0) first = at;
  }
  return wanted.length > 1 ? at - first : null;
}

function wordBegins(name, wanted) {
  for (let at = name.indexOf(wanted); at >= 0; at = name.indexOf(wanted, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(name[at - 1])) return true;
  }
  return false;
}

/**
 * Put a text into an element with what matches marked.
 *
 * @param {HTMLElement} element @param {string} text @param {string} typed
 */
export function marked(element, text, typed) {
  const plain = folded(text);
  const wanted = spellings(folded(typed.trim())).find((one) => plain.includes(one)) ?? "";
  const at = wanted ? plain.indexOf(wanted) : -1;
  if (at < 0) {
    element.textContent = text;
    return;
  }
  const mark = document.createElement("mark");
  mark.textContent = text.slice(at, at + wanted.length);
  element.replaceChildren(text.slice(0, at), mark, text.slice(at + wanted.length));
}
