/**
 * Sends writes in their order, again and again until the server has answered, and never under another account.
 *
 * Of all tabs of a study one sends at a time; each learns how every write went. States: `saved`, `saving`, `waiting`
 * (no answer of the server's own), `signedOut`, `otherAccount`, `refused` (what is left is set aside, or built on what is).
 */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 60_000;
const SIGN_IN_PAUSE = 20_000;
const MOST_LOOKED_AT = 40;
/** Bytes of a body that may outlive the page; browsers refuse more than 64 KiB of them, all those under way together. */
const OUTLIVES = 30_000;

export class Queue extends EventTarget {
  /**
   * @param {{api: string, user: string, study: string, source: string}} desk @param {import("./outbox.js").Outbox} box
   * @param {import("./aside.js").Aside} aside
   */
  constructor(desk, box, aside) {
    super();
    Object.assign(this, { desk, box, aside, pending: 0, keeping: 0, state: "saved", pause: FIRST_PAUSE });
    this.tabs = new BroadcastChannel(`fieldstudy-${desk.user}-${desk.study}`);
    this.tabs.onmessage = ({ data }) => this.hear(data);
    for (const event of ["online", "focus"]) addEventListener(event, () => this.wake());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.wake());
    addEventListener("beforeunload", (event) => this.pending > 0 && event.preventDefault());
  }

  /** Keep a write and send it as soon as may be. @param {import("./outbox.js").Write} write */
  async add(write) {
    this.pending += 1;
    // Until the box holds it, a count of the box misses it, and the page would say "Saved" too early.
    this.keeping += 1;
    this.tell(["saved", "refused"].includes(this.state) ? "saving" : this.state);
    await this.box.add({ ...write, source: this.desk.source }).finally(() => {
      this.keeping -= 1;
    });
    if (!this.box.keeps) this.tell(this.state); // what the browser did not take is to be told
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
          const next = this.aside.next(waiting);
          if (!next) return this.rest("refused");
          if (!(await this.attempt(next, waiting))) return;
        }
        this.pause = FIRST_PAUSE;
        this.tell("saved");
      });
    }
  }

  async count() {
    const waiting = await this.box.all();
    this.pending = waiting.length + this.keeping;
    return waiting;
  }

  /** One write, sent once. @returns {Promise<boolean>} whether to go on with the next */
  async attempt(write, waiting) {
    if (this.state === "saved") this.tell("saving");
    let answer;
    try {
      answer = await this.send(write);
      const why = hindrance(answer);
      if (why) return this.rest(why);
      if (answer.status >= 400) answer.records = await this.standing(write);
    } catch (trouble) {
      if (!answer && this.aside.strike(write, trouble.status)) {
        this.tell(this.state);
        return true;
      }
      return this.rest(trouble instanceof Hindered ? trouble.message : "waiting");
    }
    const { status, body } = answer;
    if (write.op === "call") await this.settle({ kind: "called", write, status, body }, [write.key]);
    else if (status < 300) await this.settle({ kind: "sent", write, record: body, last: !later(write, waiting).length }, [write.key]);
    else await this.refuse(write, waiting, answer);
    this.pause = FIRST_PAUSE;
    return true;
  }

  /** Try again, now, what was set aside. @param {import("./outbox.js").Write} write */
  retry(write) {
    this.aside.again(write);
    return this.wake();
  }

  /**
   * Give up a write that was set aside, with what builds on it: the page shows what stands, and keeps written words.
   *
   * @param {{write: import("./outbox.js").Write, status: number}} refused
   */
  async discard({ write, status }) {
    const gone = this.aside.with(write, await this.count());
    const others = gone.filter(({ op }) => op !== "call");
    const told = others.length && { ...others[0], ids: [...new Set(others.flatMap(idsOf))] };
    const records = told && (await this.standing(told));
    for (const one of gone.filter(({ op }) => op === "call")) {
      await this.settle({ kind: "called", write: one, status, body: null }, [one.key]);
    }
    if (told) await this.settle({ kind: "refused", write: told, records, message: "" }, others.map(({ key }) => key));
    return this.wake();
  }

  /** A write the server will never take: it and what builds on it are dropped, and the page shows what stands. */
  async refuse(write, waiting, { status, body, records }) {
    const record = records[write.id];
    if (status === 409 && write.op === "change" && arrivedBefore(write, record)) {
      await this.settle({ kind: "sent", write, record, last: !later(write, waiting).length }, [write.key]);
      return;
    }
    const dropped = [write, ...later(write, waiting)];
    const ids = [...new Set(dropped.flatMap(idsOf))];
    const told = { kind: "refused", write: { ...write, ids }, records, message: body.message ?? "" };
    await this.settle(told, dropped.map((one) => one.key));
  }

  /**
   * What the server holds of the passages that a write was about, null where it has none; of very many, the first.
   *
   * Rejects when it could not be seen: an answer lost on the way may have been a good one.
   */
  async standing(write) {
    const ids = ["apply", "propose", "withdraw", "call"].includes(write.op) ? [] : idsOf(write).slice(0, MOST_LOOKED_AT);
    const found = ids.map(async (id) => {
      const answer = await this.fetch("GET", `segments/${id}/`);
      if (![200, 404].includes(answer.status)) throw new Hindered(hindrance(answer) ?? "waiting");
      return [id, answer.status === 200 ? answer.body : null];
    });
    return Object.fromEntries(await Promise.all(found));
  }

  async settle(news, keys) {
    await this.box.drop(keys);
    this.aside.drop(keys);
    this.pending = Math.max(0, this.pending - keys.length);
    this.share(news);
    this.dispatchEvent(new CustomEvent("news", { detail: news }));
  }

  rest(state) {
    this.tell(state);
    const pause = { waiting: this.pause, refused: LONGEST_PAUSE }[state] ?? SIGN_IN_PAUSE;
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
    const wake = () => {
      if (state === "refused") this.aside.again();
      this.wake();
    };
    this.timer = setTimeout(wake, pause * (0.75 + Math.random() / 2));
    return false;
  }

  send({ op, id, body, source, method, path }) {
    if (op === "batch") return this.fetch("POST", `sources/${source}/segments/changes/`, body);
    if (op === "propose") return this.fetch("POST", `sources/${source}/proposals/`, body);
    if (op === "withdraw") return this.fetch("DELETE", `proposals/${id}/`);
    if (op === "call") return this.fetch(method, path, body);
    if (op === "apply") return this.fetch("POST", `sources/${source}/segments/`, body);
    if (op === "change") return this.fetch("PATCH", `segments/${id}/`, body);
    if (op === "remove") return this.fetch("DELETE", `segments/${id}/`);
    return this.fetch("POST", `segments/${id}/restore/`);
  }

  /** @returns {Promise<{status: number, body: object | null}>} as `request` */
  fetch(method, path, body) {
    return this.request(method, this.desk.api + path, body);
  }

  /**
   * One request, whose answer is the server's own: JSON or nothing where it went well, JSON with a `code` where it was
   * refused. Rejects without one, be it that a proxy, a portal or a page about maintenance answered instead.
   *
   * @param {string} address outside the study @returns {Promise<{status: number, body: object | null}>}
   */
  async request(method, address, body) {
    const sent = body === undefined ? undefined : new TextEncoder().encode(JSON.stringify(body));
    const response = await fetch(address, {
      method,
      body: sent,
      redirect: "error", // the server leads nowhere else
      keepalive: method !== "GET" && (sent?.length ?? 0) < OUTLIVES,
      signal: AbortSignal.timeout(30_000),
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "",
        "Fieldstudy-User": this.desk.user,
      },
    });
    const isJson = response.headers.get("Content-Type")?.includes("json");
    const answer = { status: response.status, body: isJson ? await response.json() : null };
    if (!isOwn(answer)) throw Object.assign(new TypeError(`no answer of the server's own (${answer.status})`), answer);
    return answer;
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
    this.dispatchEvent(new CustomEvent("state", { detail: { state, pending: this.pending, refused: this.aside.out() } }));
    if (share && changed) this.share({ kind: "state", state });
  }
}

/** Why a look at what stands, or a write, is to be done again: the state that it leaves the queue in. */
class Hindered extends Error {}

/** Whether an answer is the server's own. @param {{status: number, body: any}} answer */
function isOwn({ status, body }) {
  return status < 400 ? status === 204 || body !== null : typeof body?.code === "string";
}

/** The state in which a write waits after an answer that settles nothing; null when it is settled. */
function hindrance({ status, body }) {
  if (status === 401 || (status === 403 && body.code === "request.refused")) return "signedOut";
  if (status === 409 && body.code === "session.other_account") return "otherAccount";
  return status >= 500 || status === 429 || status === 408 ? "waiting" : null;
}

/** The passages that a write is about. */
const idsOf = (write) => write.ids ?? [write.id];

/** What waits and builds on a write: what is about the same passages, or codes with what it proposed. */
function later(write, waiting) {
  const ids = new Set(idsOf(write));
  const onCode = ({ body }) => ids.has(body?.code) || body?.changes?.some((step) => ids.has(step.code));
  return waiting.filter((one) => one.key > write.key && (idsOf(one).some((id) => ids.has(id)) || onCode(one)));
}

/** Whether a change that met a conflict is what stands: its first answer was lost on the way. */
function arrivedBefore({ body }, record) {
  if (record?.version !== body.version + 1) return false;
  return ["start", "end", "code", "weight"].every((name) => body[name] === undefined || body[name] === record[name]);
}
