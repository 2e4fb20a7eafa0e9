/**
 * Signing out, from whatever page: nothing of a person's work stays in a browser they leave, and nothing unsent is lost.
 *
 * What the tabs remember (what was done in them, pages as they were) is forgotten, and every empty box of writes
 * (coding/js/outbox.js) is deleted. A box that holds something stays for its owner to send, who is asked before they leave.
 */
/** How the boxes are called: of a person, in a study. */
const UNSENT = "fieldstudy-unsent-";
/** @type {(() => any)[]} */
const before = [];
/** @type {(() => void)[]} */
const last = [];
const tabs = new BroadcastChannel("fieldstudy-signing-out");
tabs.onmessage = forget;

/** Do something before all is wiped. @param {() => any} run true when the page itself asks whoever leaves it */
export function beforeSigningOut(run) {
  before.push(run);
}

/** Do something as the tab's memory is emptied, when a person has left here or in another tab. @param {() => void} run */
export function onSigningOut(run) {
  last.push(run);
}

function forget() {
  for (const run of last) run();
  sessionStorage.clear();
}

/** Whether a person leaves for good: asked when something of theirs is not sent yet. @param {HTMLFormElement} form */
async function wipe({ dataset: { signsOut: user, unsent } }) {
  const done = await Promise.allSettled(before.map(async (run) => run()));
  const boxes = (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith(UNSENT));
  const areEmpty = await Promise.all(boxes.map(isEmpty));
  const isUnsent = boxes.some((name, at) => !areEmpty[at] && name.startsWith(`${UNSENT}${user}-`));
  if (isUnsent && !done.some(({ value }) => value) && !confirm(unsent)) return false;
  boxes.forEach((name, at) => areEmpty[at] && indexedDB.deleteDatabase(name));
  return true;
}

/** @param {string} name @returns {Promise<boolean>} */
async function isEmpty(name) {
  const opening = indexedDB.open(name);
  opening.onupgradeneeded = () => opening.transaction.abort(); // it was deleted meanwhile
  const box = await answerOf(opening);
  try {
    const stores = [...box.objectStoreNames];
    const counts = stores.map((store) => answerOf(box.transaction(store).objectStore(store).count()));
    return (await Promise.all(counts)).every((count) => count === 0);
  } finally {
    box.close();
  }
}

/** @param {IDBRequest} request */
function answerOf(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

for (const form of document.querySelectorAll("form[data-signs-out]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!(await wipe(form).catch(() => true))) return; // a browser that keeps nothing has no box
    forget();
    tabs.postMessage("forget");
    form.submit();
  });
}
