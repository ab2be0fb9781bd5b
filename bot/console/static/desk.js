// The desk: fetches when told that something changed, draws, rings until somebody takes the conversation.

import * as conversation from "./conversation.js";
import * as queue from "./queue.js";
import { get, post } from "./server.js";
import * as sound from "./sound.js";

const $ = (id) => document.getElementById(id);
const FALLBACK_MS = 10000;
const RING_MS = { danger: 3000, waiting: 6000 };
const HERE_MS = 60000;

let listed = null; // the last answer of /api/queue
let talk = null; // the last answer of /api/conversation
let lane = null; // the conversation that is open
let callback = null; // the call-back that is open
let drift = 0; // the server's clock against ours
let known = new Set(); // lanes that were ringing at the last look
let rangAt = 0;
let hereAt = 0;

const now = () => Date.now() + drift;

// -- drawing ---------------------------------------------------------------------------------------

function drawQueue() {
  if (!listed) return;
  const { hours } = listed;
  const untilWhen = hours.closes ? `Open until ${hours.closes}` : "Open at any hour";
  $("hours").textContent = hours.open ? untilWhen : `Closed. Opens ${hours.opens} (${hours.words})`;
  $("hours").className = hours.open ? "" : "closed";
  const count = listed.waiting;
  document.title = listed.ring === "danger" ? "(!) Desk" : count ? `(${count}) Desk` : "Desk";
  $("open-desk").hidden = listed.locked;
  $("locked").hidden = !listed.locked;
  if (listed.locked) {
    lane = talk = callback = null;
    conversation.clear();
    $("groups").querySelectorAll("ul").forEach((ul) => ul.replaceChildren());
    $("locked-waiting").textContent = count ? `Waiting: ${count}.` : "Nobody is waiting.";
    return;
  }
  queue.draw(listed, now(), lane ?? callback, open, openCallback);
}

function announce() {
  const ringing = new Set((listed.items ?? []).filter((item) => item.rings).map((item) => item.lane));
  const fresh = [...ringing].filter((each) => !known.has(each));
  known = ringing;
  if (fresh.length) {
    $("news").textContent = listed.ring === "danger" ? "Danger: somebody is waiting." : "Somebody is waiting.";
    rangAt = 0;
  }
  if (!listed.ring) $("news").textContent = "";
}

function ringIfDue() {
  const kind = listed?.ring;
  if (kind && Date.now() - rangAt >= RING_MS[kind]) {
    rangAt = Date.now();
    sound.ring(kind);
  }
}

// -- fetching --------------------------------------------------------------------------------------

let fetching = false;
let again = false;

async function refresh() {
  if (fetching) {
    again = true;
    return;
  }
  fetching = true;
  do {
    again = false;
    try {
      await look();
      $("line").textContent = "";
    } catch {
      $("line").textContent = "No connection. Trying again.";
    }
  } while (again);
  fetching = false;
}

async function look() {
  const answer = await get("/api/queue");
  if (answer.status !== 200) throw new Error("queue");
  listed = answer.body;
  drift = Date.parse(listed.now) - Date.now();
  announce();
  if (lane && !listed.locked) await lookAtConversation();
  drawQueue();
  ringIfDue();
}

async function lookAtConversation() {
  const asked = lane;
  const answer = await get(`/api/conversation/${asked}`);
  if (asked !== lane) return;
  if (answer.status === 200) {
    talk = answer.body;
    conversation.draw(talk);
    conversation.tick(talk, now());
  } else {
    close();
  }
}

async function open(picked) {
  if (picked !== lane) conversation.clear();
  lane = picked;
  callback = null;
  document.body.classList.add("talking");
  await refresh();
  $("conversation").focus();
}

function close() {
  lane = talk = callback = null;
  conversation.clear();
  document.body.classList.remove("talking");
  drawQueue();
}

async function openCallback(picked) {
  const { status, body } = await post("/api/callback/take", { lane: picked });
  if (status === 200) {
    lane = talk = null;
    callback = picked;
    document.body.classList.add("talking");
    conversation.drawCallback(body.answers);
    $("conversation").focus();
  }
  await refresh();
}

// -- doing -----------------------------------------------------------------------------------------

async function claim() {
  const { status } = await post("/api/claim", { lane });
  await refresh();
  if (status !== 200) $("banner").textContent = "Another worker took this conversation first.";
  else $("words").focus();
}

async function byOwner(path) {
  if (talk?.claim) await post(path, { lane, claim: talk.claim });
  await refresh();
}

async function send(event) {
  event.preventDefault();
  const text = $("words").value.trim();
  if (!text || !talk?.claim) return;
  if (text.length > talk.longest) {
    $("outcome").textContent = "Too long for this channel. Nothing was sent.";
    return;
  }
  const to = lane;
  $("send").disabled = true;
  const { status, body } = await post("/api/say", { lane: to, claim: talk.claim, text }).catch(() => ({ body: {} }));
  if (to !== lane) return;
  $("outcome").textContent = status === 200 ? "" : (body.text ?? "Nothing was sent. Try again.");
  if (status === 200) $("words").value = "";
  await refresh();
  $("words").focus();
}

function handOnTheDesk() {
  if (Date.now() - hereAt < HERE_MS || listed?.locked) return;
  hereAt = Date.now();
  post("/api/here").catch(() => {});
}

async function unlock(event) {
  event.preventDefault();
  const { status } = await post("/api/unlock", { password: $("again").value });
  $("again").value = "";
  $("unlock-problem").textContent =
    status === 200 ? "" : status === 429 ? "Too many tries. Wait a minute." : "That password does not match.";
  await refresh();
}

function toggleSound() {
  if (sound.isOn()) sound.off();
  else sound.enable();
  setTimeout(showSound, 100);
}

function showSound() {
  $("sound").textContent = sound.isOn() ? "Sound is on" : "Turn sound on";
  $("sound").setAttribute("aria-pressed", String(sound.isOn()));
}

// -- wiring ----------------------------------------------------------------------------------------

$("back").onclick = close;
$("claim").onclick = claim;
$("return").onclick = () => byOwner("/api/return");
$("end").onclick = () => byOwner("/api/end");
$("confirm").onclick = () => byOwner("/api/confirm");
$("reply").onsubmit = send;
$("unlock").onsubmit = unlock;
$("sound").onclick = toggleSound;
$("logout").onclick = async () => {
  await post("/logout");
  location.assign("/login");
};
$("rung").onclick = async () => {
  await post("/api/callback/done", { lane: callback });
  close();
  await refresh();
};
$("words").oninput = () => talk && conversation.count(talk);
$("words").onkeydown = (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("reply").requestSubmit();
};
for (const button of document.querySelectorAll("#quick button")) {
  button.onclick = () => {
    const text = talk?.channel === "web" ? button.dataset.web : button.dataset.text;
    $("words").value = [$("words").value.trim(), text].filter(Boolean).join(" ");
    $("quick").open = false;
    $("words").focus();
    if (talk) conversation.count(talk);
  };
}
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, handOnTheDesk);

// The first press anywhere also allows the bell; the button says how it stands.
function firstPress(event) {
  if (event.target === $("sound")) return;
  sound.enable();
  setTimeout(showSound, 100);
}
document.addEventListener("pointerdown", firstPress, { once: true });
document.addEventListener("keydown", firstPress, { once: true });

conversation.clear();
let live = null;
function listen() {
  if (live && live.readyState !== EventSource.CLOSED) return;
  live = new EventSource("/events");
  live.addEventListener("changed", refresh);
}
listen();
setInterval(() => {
  // A browser gives up on a line that was once refused: it is taken up again here.
  listen();
  refresh();
}, FALLBACK_MS);
setInterval(() => {
  ringIfDue();
  drawQueue();
  if (talk) conversation.tick(talk, now());
}, 1000);
refresh();
