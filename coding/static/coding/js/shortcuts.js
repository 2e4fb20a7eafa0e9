/** Keys. They act when no field has focus; with single letters switched off in the profile, letters need Alt. */

const FIELDS = "input, textarea, select, [contenteditable], dialog[open] *";

/**
 * Listen for keys.
 *
 * @param {Record<string, (event: KeyboardEvent) => void>} keys by name: `j`, `Shift+c`, `Ctrl+z`, `ArrowDown` …
 * @param {{singleKeys: boolean}} settings
 * @param {Record<string, (event: KeyboardEvent) => void>} more keys of other modules, which may come later
 */
export function listen(keys, { singleKeys }, more = {}) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.target.closest?.(FIELDS)) return;
    const name = nameOf(event, singleKeys);
    const act = keys[name] ?? more[name] ?? keys[digitOf(event, singleKeys)];
    if (!act || (event.key === "Enter" && event.target.closest?.("a, button, summary"))) return;
    event.preventDefault();
    act(event);
  });
}

/** The digit on a key of the upper row, which some layouts give with Shift alone. */
function digitOf(event, singleKeys) {
  const plain = !event.ctrlKey && !event.metaKey && event.altKey === !singleKeys;
  return plain ? /^Digit([1-9])$/.exec(event.code)?.[1] : undefined;
}

/** A key with what is held beside it; a letter's name is small whatever is held. */
export function nameOf(event, singleKeys) {
  const isLetter = /^\p{L}$/u.test(event.key);
  const isSign = event.key.length === 1 && !isLetter;
  const control = event.ctrlKey || event.metaKey;
  if (event.altKey && (singleKeys || !event.key.trim() || event.key.length > 1)) return "";
  if (event.key.length === 1 && !singleKeys && !event.altKey && !control) return "";
  const key = isLetter ? event.key.toLowerCase() : event.key;
  return `${control ? "Ctrl+" : ""}${event.shiftKey && !isSign ? "Shift+" : ""}${key}`;
}
