// The chat page: what she does, what comes back, and when the page hides itself.

import { leave, onLeave } from "./exit.js";
import { Line } from "./line.js";
import * as screen from "./screen.js";

const BLANK_AFTER_MS = 3 * 60 * 1000;

const byId = (id) => document.getElementById(id);
const [form, words, cover, pause] = ["write", "words", "cover", "pause"].map(byId);
const line = new Line();
const states = new Map();
let unread = [];
let blank = false;

// -- sending ------------------------------------------------------------------------------------

function sent(shown, frame) {
  screen.closeChoices();
  states.set(line.send(frame), screen.mine(shown));
  words.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = words.value.trim();
  if (!text) return;
  words.value = "";
  sent(text, { type: "message", text });
});

words.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  form.requestSubmit();
});

// Asked for only here, when she taps.
byId("here").addEventListener("click", () => {
  screen.status("line", screen.say("locating"));
  const nowhere = () => screen.status("line", screen.say("nowhere"));
  if (!navigator.geolocation) return nowhere();
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      screen.status("line", "");
      const rounded = (degrees) => Math.round(degrees * 1000) / 1000;
      sent(screen.say("shared"), { type: "location", lat: rounded(coords.latitude), lon: rounded(coords.longitude) });
    },
    nowhere,
    { enableHighAccuracy: false, timeout: 15000, maximumAge: 60000 },
  );
});

// -- receiving ----------------------------------------------------------------------------------

function show(frame) {
  screen.status("typing", "");
  if (blank) {
    unread.push(frame);
    return;
  }
  screen.closeChoices();
  screen.reply(frame, (choice) => sent(choice.title, { type: "message", text: choice.value }));
}

function standing({ state, position, worker }) {
  const texts = {
    waiting: position ? `${screen.say("waiting")} ${screen.say("position")} ${position}.` : screen.say("waiting"),
    active: worker ? `${worker} ${screen.say("named")}` : screen.say("active"),
    ended: screen.say("ended"),
  };
  screen.status("desk", texts[state] ?? "");
}

const on = (type, heard) => line.addEventListener(type, (event) => heard(event.detail));
let wasAway = false;
on("message", show);
on("handoff", standing);
on("typing", () => screen.status("typing", screen.say("typing")));
on("ack", ({ id }) => {
  states.get(id)?.remove();
  states.delete(id);
});
on("error", ({ text, id }) => {
  const state = states.get(id);
  if (state) state.textContent = screen.say("unsent");
  else screen.status("line", text);
});
on("away", () => {
  wasAway = true;
  screen.status("typing", "");
  screen.status("line", screen.say("away"));
});
on("ready", () => {
  screen.status("line", wasAway ? screen.say("back") : "");
  wasAway = false;
});
on("elsewhere", () => ended("elsewhere"));
// She has left by the word, or by leaving words: the page goes where the exit goes.
on("cleared", leave);

function ended(why) {
  screen.wipe();
  form.hidden = true;
  screen.status("line", screen.say(why));
}

// -- hiding -------------------------------------------------------------------------------------

let idle = 0;
let hiddenAt = 0;

function stillHere() {
  clearTimeout(idle);
  idle = setTimeout(goBlank, BLANK_AFTER_MS);
}

/** Nothing of what was said stays in the page; what comes meanwhile is shown after Continue. */
function goBlank() {
  blank = true;
  screen.closeChoices();
  byId("talk").replaceChildren();
  words.value = "";
  cover.hidden = false;
  pause.hidden = false;
  byId("page").inert = true;
  if (!document.hidden) byId("continue").focus();
}

byId("continue").addEventListener("click", () => {
  blank = false;
  cover.hidden = true;
  pause.hidden = true;
  byId("page").inert = false;
  screen.note(screen.say("earlier"));
  const waiting = unread;
  unread = [];
  waiting.forEach(show);
  stillHere();
  words.focus();
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    hiddenAt = Date.now();
    cover.hidden = false;
  } else if (blank || Date.now() - hiddenAt >= BLANK_AFTER_MS) {
    goBlank();
  } else {
    cover.hidden = true;
  }
});
for (const sign of ["keydown", "pointerdown", "wheel", "touchstart", "input"]) {
  addEventListener(sign, () => !blank && stillHere(), { passive: true });
}

// -- start --------------------------------------------------------------------------------------

onLeave(() => line.leave());
form.reset();
byId("chat").hidden = false;
form.hidden = false;
stillHere();
if (line.resumes) screen.note(screen.say("earlier"));
line.open();
