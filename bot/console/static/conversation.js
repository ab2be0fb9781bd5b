// The open conversation. Her words are only ever put in as text, never as markup.

import { channelName } from "./queue.js";

const $ = (id) => document.getElementById(id);
const WHO = { her: "Person", bot: "Assistant", note: "Note" };
const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/London" });

function lineItem(line, worker) {
  const li = document.createElement("li");
  li.className = line.who;
  const who = document.createElement("span");
  who.className = "who";
  who.textContent = `${WHO[line.who] ?? worker ?? "Worker"}, ${clock.format(new Date(line.at))}`;
  const text = document.createElement("p");
  text.textContent = line.text;
  li.append(who, text);
  if (line.cues.length) {
    const why = document.createElement("span");
    why.className = "cues";
    why.textContent = line.cues.join(", ");
    li.append(why);
  }
  return li;
}

let shown = "";

export function clear() {
  shown = "";
  $("conversation-title").textContent = "No conversation open";
  $("pick").hidden = false;
  for (const id of ["flags", "lines", "answers"]) $(id).replaceChildren();
  for (const id of ["banner", "outcome", "window", "count"]) $(id).textContent = "";
  for (const id of ["claim", "return", "end", "confirm", "reply", "answers", "rung"]) $(id).hidden = true;
  $("lines").hidden = false;
  $("quick").open = false;
  $("words").value = "";
}

export function draw(talk) {
  $("pick").hidden = true;
  $("answers").hidden = $("rung").hidden = true;
  $("conversation-title").textContent = channelName(talk.channel);
  $("flags").replaceChildren(
    ...talk.flags.map((flag) => {
      const li = document.createElement("li");
      li.textContent = flag;
      li.classList.toggle("loud", flag.startsWith("danger"));
      return li;
    }),
  );
  $("banner").textContent = talk.banner;
  $("banner").className = talk.state;
  // Drawn anew only when it changed, so that a selection or the scrolled place survives.
  const now = JSON.stringify([talk.lane, talk.lines]);
  if (now !== shown) {
    shown = now;
    $("lines").replaceChildren(...talk.lines.map((line) => lineItem(line, talk.worker)));
    $("lines").scrollTop = $("lines").scrollHeight;
  }
  $("claim").hidden = !talk.claimable;
  $("return").hidden = $("end").hidden = !talk.mine;
  $("confirm").hidden = !(talk.mine && talk.check);
  $("reply").hidden = talk.state === "ended" || talk.state === "waiting" || !(talk.mine || talk.state === "left");
}

// Locks the reply box when the person has left, may be someone else, or has not written for ten minutes.
export function tick(talk, now) {
  const left = talk.window_until ? Date.parse(talk.window_until) - now : 0;
  const open = talk.mine && !talk.check && left > 0;
  $("words").disabled = $("send").disabled = !open;
  for (const button of document.querySelectorAll("#quick button")) button.disabled = !open;
  if (talk.mine) {
    const seconds = Math.max(0, Math.floor(left / 1000));
    const shownTime = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    $("window").textContent = left > 0 ? `You can write for ${shownTime}` : "Locked until they write again";
    $("window").classList.toggle("soon", left < 60000);
  } else {
    $("window").textContent = "";
  }
  count(talk);
}

export function count(talk) {
  const used = $("words").value.trim().length;
  $("count").textContent = used ? `${used} of ${talk.longest}` : "";
  $("count").classList.toggle("soon", used > talk.longest);
}

const ASKED = {
  number: "Number",
  when: "When",
  whose: "Whose phone",
  who_else: "Someone else may answer",
  voicemail: "Voicemail allowed",
  after_word: "Ring even after they left",
};

export function drawCallback(answers) {
  clear();
  $("pick").hidden = true;
  $("conversation-title").textContent = "Call-back";
  $("banner").textContent = "Withhold your number. If somebody else answers, say wrong number.";
  $("banner").className = "waiting";
  for (const [name, label] of Object.entries(ASKED)) {
    if (answers[name] === undefined) continue;
    const dt = document.createElement("dt");
    dt.textContent = label;
    const dd = document.createElement("dd");
    dd.textContent = answers[name];
    $("answers").append(dt, dd);
  }
  $("lines").hidden = true;
  $("answers").hidden = $("rung").hidden = false;
}
