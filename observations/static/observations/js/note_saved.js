/** After a field note was saved: forget its draft. */

const { forgetDraft } = document.querySelector("[data-forget-draft]").dataset;
try {
  localStorage.removeItem(forgetDraft);
} catch {
  // A browser that keeps nothing has nothing to forget.
}
