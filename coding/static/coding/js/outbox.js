/**
 * Writes that are not with the server yet, kept in IndexedDB under the person and the study they belong to, in order.
 *
 * @typedef {{key?: number, source: string, op: "apply" | "change" | "remove" | "restore" | "batch" | "propose" | "call",
 *   id: string, body?: object, passage?: object, ids?: string[], stand?: object[], code?: object, kind?: string,
 *   method?: string, path?: string}} Write `ids` of a batch's passages and `stand`, those that stand after it; `code`
 *   as the page shows a proposal; `kind`, `method` and `path` of a call that another module asked for
 */
const STORE = "writes";

export class Outbox {
  /** @param {string} user @param {string} study */
  constructor(user, study) {
    this.name = `fieldstudy-unsent-${user}-${study}`;
    /** Whether writes outlive the page. */
    this.keeps = true;
    /** @type {Write[]} used only where the browser has no IndexedDB */
    this.memory = [];
    this.opened = this.open();
  }

  async open() {
    try {
      return await new Promise((resolve, reject) => {
        const request = indexedDB.open(this.name, 1);
        request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "key", autoIncrement: true });
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    } catch {
      this.keeps = false;
      return null;
    }
  }

  /** Put a write last. @param {Write} write */
  async add(write) {
    const database = await this.opened;
    if (!database) {
      this.memory.push({ ...write, key: (this.memory.at(-1)?.key ?? 0) + 1 });
      return;
    }
    await this.run(database, "readwrite", (writes) => writes.add(write));
  }

  /** All writes, the oldest first. @returns {Promise<Write[]>} */
  async all() {
    const database = await this.opened;
    return database ? this.run(database, "readonly", (writes) => writes.getAll()) : [...this.memory];
  }

  /** Forget writes that arrived or were refused. @param {number[]} keys */
  async drop(keys) {
    const database = await this.opened;
    if (!database) {
      this.memory = this.memory.filter((write) => !keys.includes(write.key));
      return;
    }
    await this.run(database, "readwrite", (writes) => {
      for (const key of keys) writes.delete(key);
    });
  }

  /** Delete the whole box: nothing of a person's work stays in a browser they leave. */
  async wipe() {
    (await this.opened)?.close();
    if (this.keeps) indexedDB.deleteDatabase(this.name);
  }

  run(database, mode, work) {
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const request = work(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  }
}
