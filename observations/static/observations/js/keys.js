/** Links and fields with `data-key`: a single letter follows or enters them while no field has focus and single letters are on. */

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.singleKeys === "off" || isTyping(event.target)) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const link = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!link) return;
  event.preventDefault();
  if (link.matches("input")) link.focus();
  else link.click();
});
