"""The workspace's queue and outbox in Node, before servers that answer as proxies, portals and the platform do."""

from pathlib import Path
from typing import Any

import pytest

from tests.node import address, told_by

JS = Path(__file__).parents[2] / "coding/static/coding/js"

# Every trial has a person of its own, a server that gives the answers it is told to (in turn, the last one again), and
# a browser's store that takes writes, is full for long ones, is closed, or is not there at all.
CHECK = """
import { createServer } from "node:http";
const given = JSON.parse(process.argv[2]);
Object.assign(globalThis, { addEventListener() {}, document: { addEventListener() {}, cookie: "" } });
Object.defineProperty(globalThis, "navigator", { value: {} });

async function serve(trial, asked) {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    asked.push([request.method, body ? JSON.parse(body) : null]);
    const answers = trial.answers[request.method] ?? trial.answers.any;
    const isLarge = body.includes("Longer than a proxy takes");
    const answer = isLarge ? trial.answers.large[0] : answers.length > 1 ? answers.shift() : answers[0];
    if (answer === "cut") return request.socket.destroy();
    const [status, said, type = "application/json"] = answer;
    response.writeHead(status, status === 204 ? {} : { "Content-Type": type, Location: "/accounts/login/" });
    response.end(status === 204 ? undefined : type.includes("json") ? JSON.stringify(said) : said);
  }).listen(0);
  await new Promise((done) => server.on("listening", done));
  return server;
}

/** As much of a store in a browser as the outbox uses. */
class Held {
  isOpen = true;
  rows = new Map();
  last = 0;
  close() {}
  add(row) {
    if (row.body?.text?.length > 9) return { error: new DOMException("full", "QuotaExceededError") };
    this.rows.set((this.last += 1), { ...row, key: this.last });
    return { result: this.last };
  }
  getAll() {
    return { result: structuredClone([...this.rows.values()]) };
  }
  delete(key) {
    return { result: this.rows.delete(key) };
  }
  transaction() {
    if (!this.isOpen) throw new DOMException("closed", "InvalidStateError");
    const all = [];
    const does = (name) => (...said) => all[all.push(this[name](...said)) - 1];
    const made = { objectStore: () => ({ add: does("add"), getAll: does("getAll"), delete: does("delete") }) };
    setTimeout(() => {
      made.error = all.find(({ error }) => error)?.error;
      (made.error ? made.onabort : made.oncomplete)();
    });
    return made;
  }
}

const stores = new Map();
globalThis.indexedDB = {
  open(name) {
    const store = stores.get(name);
    if (!store) throw new DOMException("forbidden", "SecurityError");
    const request = { result: store };
    queueMicrotask(() => (store.isOpen ? request.onsuccess : request.onerror)());
    return request;
  },
};

const { Queue } = await import(process.argv[1]);
const { Outbox } = await import(given.outbox);
const { Aside } = await import(given.aside);

async function attempted(name, trial) {
  const asked = [], states = [], news = [], kept = [];
  const server = await serve(trial, asked);
  const store = new Held();
  if (trial.store !== "none") stores.set(`fieldstudy-unsent-${name}-ward`, store);
  const api = `http://localhost:${server.address().port}/api/`;
  const box = new Outbox(name, "ward");
  const queue = new Queue({ api, user: name, study: "ward", source: "s" }, box, new Aside());
  queue.addEventListener("state", ({ detail }) => states.push([detail.state, detail.pending]) && kept.push(box.keeps));
  queue.addEventListener("news", ({ detail }) => news.push([detail.kind, detail.write.op, detail.write.id]));
  const idle = async () => {
    const until = Date.now() + 5000;
    do await new Promise((done) => setTimeout(done, 5)); while ((queue.running || queue.keeping) && Date.now() < until);
  };
  for (const step of trial.steps) {
    if (step === "close") store.isOpen = false;
    else if (step === "wake") await queue.wake();
    else if (step.answers) trial.answers = step.answers;
    else if (step === "idle") await idle();
    else if (step === "discard") await queue.discard(queue.aside.out()[0]);
    else if (step === "retry") await queue.retry(queue.aside.out()[0].write);
    else queue.add(step); // as the page does: nobody waits for it, nobody catches
  }
  await idle();
  const left = (await box.all()).map(({ op, id }) => `${op} ${id}`);
  const refused = queue.aside.out().map(({ write, status, isForGood }) => [write.id, status, isForGood]);
  return [name, { refused, left, states, news, asked, kept, pending: queue.pending, state: queue.state }];
}

const all = await Promise.all(Object.entries(given.trials).map(([name, trial]) => attempted(name, trial)));
console.log(JSON.stringify(Object.fromEntries(all)));
process.exit(0);
"""

APPLY = {"op": "apply", "id": "p", "body": {"id": "p"}}
MOVE = {"op": "change", "id": "p", "body": {"version": 1, "end": 9}}
WEIGH = {"op": "change", "id": "p", "body": {"version": 2, "weight": 5}}
OTHER = {"op": "remove", "id": "other"}
MADE = [201, {"id": "p", "version": 1}]
NOTHING = [204, None]
MEANWHILE = [409, {"code": "segment.changed_meanwhile", "message": "Meanwhile."}]
GONE = [404, {"code": "request.missing"}]
SIGNED_OUT = [401, {"code": "request.not_signed_in"}]
PAGE = ["<title>A page</title>", "text/html"]


def memo(key: str, text: str) -> dict[str, Any]:
    body = {"id": key, "text": text}
    return {"op": "call", "kind": "note", "id": key, "method": "POST", "path": "memos/", "body": body}


MEMOS = [memo("a", "One."), memo("b", "Longer than it takes."), memo("c", "Three.")]
LARGE = memo("memo-1", "Longer than a proxy takes.")
LINK = {
    "op": "call",
    "kind": "link",
    "id": "link-1",
    "method": "POST",
    "path": "memos/memo-1/links/",
    "body": {"id": "link-1"},
}
CODE = {"op": "propose", "id": "code-1", "body": {"id": "code-1", "names": {"en": "Longer than a proxy takes."}}}
CODED = {"op": "apply", "id": "p", "body": {"id": "p", "code": "code-1"}}
ARRIVED = {"json": [200, {"id": "p"}], "made": MADE, "nothing": NOTHING}
FOREIGN = {
    "portal": [200, *PAGE],
    "redirect": [302, *PAGE],
    "forbidden": [403, *PAGE],
    "restarting": [404, *PAGE],
    "no-code": [404, {"detail": "no route"}],
    "too-many": [429, {"code": "request.failed"}],
    "down": [503, *PAGE],
}
PERSON = {
    "signedOut": SIGNED_OUT,
    "signedOut-": [403, {"code": "request.refused"}],
    "otherAccount": [409, {"code": "session.other_account"}],
}
LOOKS = {"cut-look": "cut", "broken-look": [502, *PAGE], "signed-out-look": SIGNED_OUT}


def trial(*steps: Any, store: str = "", **answers: list[Any]) -> dict[str, Any]:
    """Writes and other steps, and what a server answers to each method, or to `any`."""
    return {"steps": steps, "answers": answers, "store": store}


TRIALS = {
    **{name: trial(APPLY, any=[answer]) for name, answer in (ARRIVED | FOREIGN | PERSON).items()},
    **{name: trial(MOVE, WEIGH, "wake", "wake", PATCH=["cut", MEANWHILE], GET=[look]) for name, look in LOOKS.items()},
    "refused": trial(MOVE, WEIGH, OTHER, PATCH=[MEANWHILE], GET=[GONE], DELETE=[NOTHING]),
    "lost": trial(MOVE, "wake", "wake", PATCH=["cut", MEANWHILE], GET=[[200, {"id": "p", "version": 2, "end": 9}]]),
    "full": trial(*MEMOS, any=[MADE]),
    "full-away": trial(*MEMOS, any=["cut"]),
    "closed": trial(MEMOS[0], "wake", "close", MEMOS[2], {"answers": {"any": [MADE]}}, "wake", any=["cut"]),
    "no-store": trial(*MEMOS, any=["cut"], store="none"),
    "too-large": trial(LARGE, LINK, OTHER, any=[NOTHING], large=[[413, *PAGE]]),
    "too-large-code": trial(CODE, CODED, OTHER, any=[NOTHING], large=[[413, *PAGE]]),
    "larger-allowed": trial(
        LARGE, LINK, "idle", {"answers": {"any": [MADE], "large": [MADE]}}, "retry", any=[MADE], large=[[413, *PAGE]]
    ),
    "discarded": trial(LARGE, LINK, OTHER, "idle", "discard", any=[NOTHING], large=[[413, *PAGE]]),
    "discarded-passage": trial(MOVE, WEIGH, "idle", "discard", PATCH=[[413, *PAGE]], GET=[GONE]),
    "refused-then-more": trial(LARGE, "idle", OTHER, any=[NOTHING], large=[[413, *PAGE]]),
    "forbidden-ever": trial(APPLY, OTHER, "wake", "wake", "wake", POST=[[403, *PAGE]], DELETE=[NOTHING]),
    "down-ever": trial(APPLY, OTHER, "wake", "wake", "wake", "wake", any=[[503, *PAGE]]),
}
GIVEN = {"trials": TRIALS, "outbox": address(JS / "outbox.js"), "aside": address(JS / "aside.js")}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    """By trial: what is `left`, the `states` told, the last `state`, the `news`, and what the server was `asked`."""
    outcomes: dict[str, Any] = told_by(JS / "queue.js", CHECK, GIVEN)
    return outcomes


def ids(outcome: dict[str, Any]) -> list[str]:
    """The ids of what the server was sent, in order."""
    return [body["id"] for _, body in outcome["asked"]]


@pytest.mark.parametrize("name", ARRIVED)
def test_json_or_nothing_tells_that_a_write_arrived(told: dict[str, Any], name: str) -> None:
    outcome = told[name]
    assert (outcome["left"], outcome["state"], outcome["news"]) == ([], "saved", [["sent", "apply", "p"]])


@pytest.mark.parametrize("name", FOREIGN)
def test_an_answer_that_is_not_the_servers_own_leaves_a_write_waiting(told: dict[str, Any], name: str) -> None:
    outcome = told[name]
    assert (outcome["left"], outcome["states"][-1], outcome["news"]) == (["apply p"], ["waiting", 1], [])


def test_what_a_proxy_refuses_for_good_is_told_at_once_and_holds_up_only_what_builds_on_it(
    told: dict[str, Any],
) -> None:
    outcome = told["too-large"]
    assert (outcome["left"], outcome["states"][-1]) == (["call memo-1", "call link-1"], ["refused", 2])
    assert (outcome["refused"], outcome["news"]) == ([["memo-1", 413, True]], [["sent", "remove", "other"]])


def test_what_is_done_after_a_refusal_is_being_saved_and_not_called_refused(told: dict[str, Any]) -> None:
    assert told["refused-then-more"]["states"][-2:] == [["saving", 2], ["refused", 1]]


def test_what_is_coded_with_a_refused_code_waits_behind_it(told: dict[str, Any]) -> None:
    assert told["too-large-code"]["left"] == ["propose code-1", "apply p"]


def test_what_was_refused_arrives_once_it_is_let_through(told: dict[str, Any]) -> None:
    outcome = told["larger-allowed"]
    assert (outcome["left"], outcome["state"], outcome["refused"]) == ([], "saved", [])


def test_what_is_discarded_goes_with_what_builds_on_it_and_is_told(told: dict[str, Any]) -> None:
    outcome = told["discarded"]
    assert (outcome["left"], outcome["state"]) == ([], "saved")
    assert outcome["news"][1:] == [["called", "call", "memo-1"], ["called", "call", "link-1"]]


def test_after_a_discarded_change_the_page_is_told_what_stands(told: dict[str, Any]) -> None:
    outcome = told["discarded-passage"]
    assert (outcome["left"], outcome["news"]) == ([], [["refused", "change", "p"]])


def test_what_a_proxy_forbids_is_tried_thrice_before_the_rest_goes_on(told: dict[str, Any]) -> None:
    outcome = told["forbidden-ever"]
    assert [method for method, _ in outcome["asked"]] == ["POST", "POST", "POST", "DELETE"]
    assert (outcome["left"], outcome["state"], outcome["refused"]) == (["apply p"], "refused", [["p", 403, False]])


def test_a_server_that_is_down_refuses_nothing(told: dict[str, Any]) -> None:
    outcome = told["down-ever"]
    assert (outcome["left"], outcome["state"], outcome["refused"]) == (["apply p", "remove other"], "waiting", [])


@pytest.mark.parametrize("name", PERSON)
def test_a_write_waits_for_the_same_person(told: dict[str, Any], name: str) -> None:
    outcome = told[name]
    assert (outcome["left"], outcome["states"][-1]) == (["apply p"], [name.rstrip("-"), 1])


def test_what_the_server_refuses_is_dropped_with_what_builds_on_it(told: dict[str, Any]) -> None:
    outcome = told["refused"]
    assert outcome["news"] == [["refused", "change", "p"], ["sent", "remove", "other"]]
    assert outcome["left"] == []


@pytest.mark.parametrize("name", LOOKS)
def test_a_conflict_waits_until_it_is_seen_what_stands(told: dict[str, Any], name: str) -> None:
    assert (told[name]["left"], told[name]["news"]) == (["change p", "change p"], [])


def test_a_change_whose_answer_was_lost_has_arrived(told: dict[str, Any]) -> None:
    assert (told["lost"]["left"], told["lost"]["news"]) == ([], [["sent", "change", "p"]])


def test_what_the_browsers_store_refuses_is_sent_in_its_order(told: dict[str, Any]) -> None:
    outcome = told["full"]
    assert (ids(outcome), outcome["left"], outcome["state"]) == (["a", "b", "c"], [], "saved")


def test_what_the_browsers_store_refuses_waits_and_is_told(told: dict[str, Any]) -> None:
    outcome = told["full-away"]
    assert outcome["left"] == ["call a", "call b", "call c"]
    assert (outcome["pending"], outcome["states"][-1], outcome["kept"][-1]) == (3, ["waiting", 3], False)


def test_a_store_that_closes_loses_nothing(told: dict[str, Any]) -> None:
    outcome = told["closed"]
    assert (ids(outcome)[-2:], outcome["left"], outcome["state"]) == (["a", "c"], [], "saved")


def test_without_a_store_writes_wait_in_the_page(told: dict[str, Any]) -> None:
    outcome = told["no-store"]
    assert (outcome["left"], outcome["kept"][-1]) == (["call a", "call b", "call c"], False)
