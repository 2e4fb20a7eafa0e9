/**
 * Writes that are not with the server yet, kept in IndexedDB under the person and the study they belong to, in order.
 *
 * @typedef {{key?: number, source: string, op: "apply" | "change" | "remove" | "restore" | "batch" | "propose" | "call",
 *   id: string, body?: object, passage?: object, ids?: string[], stand?: object[], code?: object, kind?: string,
 *   method?: string, path?: string}} Write `ids` of a batch's passages and `stand`, those that stand after it; `code`
 *   as the page shows a proposal; `kind`, `method` and `path` of a call that another module asked for
 */
const STORE = "writes";
/** Keys of what only the page holds: it comes after all that the browser holds, whose keys count from 1. */
const AFTER_ALL = 2 ** 40;

/** Never refuses a write: what the browser does not take (it is full, or closed its store) stays in the page until sent. */
export class Outbox {
  /** @param {string} user @param {string} study */
  constructor(user, study) {
    // Signing out finds the boxes by this name (signing_out.js).
    this.name = `fieldstudy-unsent-${user}-${study}`;
    /** Whether writes outlive the page. */
    this.keeps = true;
    /** What only the page holds. @type {Write[]} */
    this.memory = [];
    this.nextKey = AFTER_ALL;
    /** What the browser held when last asked. @type {Write[]} */
    this.held = [];
    /** Keys of what arrived or was refused and could not be deleted yet. @type {Set<number>} */
    this.gone = new Set();
    this.adding = Promise.resolve();
    this.opened = this.open();
  }

  open() {
    return new Promise((resolve, reject) => {
      const request = indexedDB.open(this.name, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key", autoIncrement: true });
      request.onsuccess = () => {
        request.result.onversionchange = () => request.result.close(); // it is being wiped
        resolve(request.result);
      };
      request.onerror = () => reject(request.error);
    }).catch(() => null);
  }

  /** Put a write last. @param {Write} write */
  add(write) {
    return (this.adding = this.adding.then(() => this.put(write)));
  }

  async put(write) {
    // In the browser, what comes after something that only the page holds would be sent before it.
    const kept = this.memory.length ? null : await this.run("readwrite", (writes) => writes.add(write));
    this.keeps = kept !== null;
    if (kept) this.held.push({ ...write, key: kept.result });
    else this.memory.push({ ...write, key: this.nextKey++ });
  }

  /** All writes, the oldest first. @returns {Promise<Write[]>} */
  async all() {
    const told = await this.run("readonly", (writes) => writes.getAll());
    if (told) this.held = told.result;
    else this.keeps = false;
    return [...this.held.filter(({ key }) => !this.gone.has(key)), ...this.memory];
  }

  /** Forget writes that arrived or were refused. @param {number[]} keys */
  async drop(keys) {
    const others = (write) => !keys.includes(write.key);
    this.memory = this.memory.filter(others);
    this.held = this.held.filter(others);
    for (const key of keys) if (key < AFTER_ALL) this.gone.add(key);
    const gone = [...this.gone];
    if (!gone.length) return;
    const isDone = await this.run("readwrite", (writes) => {
      for (const key of gone) writes.delete(key);
    });
    if (isDone) for (const key of gone) this.gone.delete(key);
  }

  /** Work on what the browser holds, opening it once more when it was closed. @returns {Promise<{result: any} | null>} null when it refuses */
  async run(mode, work) {
    for (let tries = 0; tries < 2; tries += 1) {
      const database = await this.opened;
      const done = database && (await transacted(database, mode, work).catch(() => null));
      if (done) return done;
      if (tries === 0) {
        database?.close();
        this.opened = this.open();
      }
    }
    return null;
  }
}

/** @param {IDBDatabase} database @returns {Promise<{result: any}>} */
function transacted(database, mode, work) {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode, { durability: "strict" });
    const request = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve({ result: request?.result });
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}
