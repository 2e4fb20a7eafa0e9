/**
 * Sends writes in their order, again and again until the server has answered, and never under another account.
 *
 * Of all tabs of a study one sends at a time; each learns how every write went. States: `saved`, `saving`, `waiting`
 * (no connection), `signedOut`, `otherAccount`.
 */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;
const SIGN_IN_PAUSE = 20_000;

export class Queue extends EventTarget {
  /** @param {{api: string, user: string, study: string, source: string}} desk @param {import("./outbox.js").Outbox} box */
  constructor(desk, box) {
    super();
    Object.assign(this, { desk, box, pending: 0, state: "saved", pause: FIRST_PAUSE });
    this.tabs = new BroadcastChannel(`fieldstudy-${desk.user}-${desk.study}`);
    this.tabs.onmessage = ({ data }) => this.hear(data);
    for (const event of ["online", "focus"]) addEventListener(event, () => this.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.wake());
    addEventListener("beforeunload", (event) => this.pending > 0 && event.preventDefault());
  }

  /** Keep a write and send it as soon as may be. @param {import("./outbox.js").Write} write */
  async add(write) {
    this.pending += 1;
    this.tell(this.state === "saved" ? "saving" : this.state);
    await this.box.add({ ...write, source: this.desk.source });
    this.wake();
  }

  /** Send what waits; resolves when nothing does, or nothing can be sent now. */
  wake() {
    clearTimeout(this.timer);
    this.again = true;
    return (this.running ??= this.drain().finally(() => {
      this.running = null;
    }));
  }

  async drain() {
    const alone = navigator.locks ? (work) => navigator.locks.request(this.box.name, work) : (work) => work();
    while (this.again) {
      this.again = false;
      await alone(async () => {
        for (let waiting = await this.count(); waiting.length; waiting = await this.count()) {
          if (!(await this.attempt(waiting[0], waiting))) return;
        }
        this.pause = FIRST_PAUSE;
        this.tell("saved");
      });
    }
  }

  async count() {
    const waiting = await this.box.all();
    this.pending = waiting.length;
    return waiting;
  }

  /** One write, sent once. @returns {Promise<boolean>} whether to go on with the next */
  async attempt(write, waiting) {
    if (this.state === "saved") this.tell("saving");
    let answer;
    try {
      answer = await this.send(write);
    } catch {
      return this.rest("waiting");
    }
    const { status, body } = answer;
    if (status === 401 || (status === 403 && body?.code === "request.refused")) return this.rest("signedOut");
    if (status === 409 && body?.code === "session.other_account") return this.rest("otherAccount");
    if (status >= 500 || status === 429 || status === 408) return this.rest("waiting");
    if (status < 300) await this.settle({ kind: "sent", write, record: body, last: !later(write, waiting).length }, [write.key]);
    else await this.refuse(write, waiting, answer);
    this.pause = FIRST_PAUSE;
    return true;
  }

  /** A write the server will never take: it and what builds on it are dropped, and the page shows what stands. */
  async refuse(write, waiting, { status, body }) {
    const now = write.op === "apply" ? null : await this.fetch("GET", `segments/${write.id}/`).catch(() => null);
    const record = now?.status === 200 ? now.body : null;
    if (status === 409 && write.op === "change" && arrivedBefore(write, record)) {
      await this.settle({ kind: "sent", write, record, last: !later(write, waiting).length }, [write.key]);
      return;
    }
    const keys = [write, ...later(write, waiting)].map((one) => one.key);
    await this.settle({ kind: "refused", write, record, message: body?.message ?? "" }, keys);
  }

  async settle(news, keys) {
    await this.box.drop(keys);
    this.pending = Math.max(0, this.pending - keys.length);
    this.share(news);
    this.dispatchEvent(new CustomEvent("news", { detail: news }));
  }

  rest(state) {
    this.tell(state);
    const pause = state === "waiting" ? this.pause : SIGN_IN_PAUSE;
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    this.timer = setTimeout(() => this.wake(), pause * (0.75 + Math.random() / 2));
    return false;
  }

  send({ op, id, body, source }) {
    if (op === "apply") return this.fetch("POST", `sources/${source}/segments/`, body);
    if (op === "change") return this.fetch("PATCH", `segments/${id}/`, body);
    if (op === "remove") return this.fetch("DELETE", `segments/${id}/`);
    return this.fetch("POST", `segments/${id}/restore/`);
  }

  /** @returns {Promise<{status: number, body: object | null}>} */
  async fetch(method, path, body) {
    const response = await fetch(this.desk.api + path, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      keepalive: method !== "GET",
      signal: AbortSignal.timeout(30_000),
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "",
        "Fieldstudy-User": this.desk.user,
      },
    });
    const isJson = response.headers.get("Content-Type")?.includes("json");
    return { status: response.status, body: isJson ? await response.json() : null };
  }

  share(news) {
    this.tabs.postMessage({ ...news, source: news.source ?? this.desk.source });
  }

  /** What another tab tells: how a write went, or what was done in its view of a source. */
  hear(news) {
    if (news.kind === "state") this.count().then(() => this.tell(news.state, false));
    else this.dispatchEvent(new CustomEvent("news", { detail: { ...news, elsewhere: true } }));
  }

  tell(state, share = true) {
    if (state === "saved" && this.pending > 0) return;
    const changed = state !== this.state;
    this.state = state;
    this.dispatchEvent(new CustomEvent("state", { detail: { state, pending: this.pending } }));
    if (share && changed) this.share({ kind: "state", state });
  }
}

function later(write, waiting) {
  return waiting.filter((one) => one.id === write.id && one.key > write.key);
}

/** Whether a change that met a conflict is what stands: its first answer was lost on the way. */
function arrivedBefore({ body }, record) {
  if (record?.version !== body.version + 1) return false;
  return ["start", "end", "code", "weight"].every((name) => body[name] === undefined || body[name] === record[name]);
}
