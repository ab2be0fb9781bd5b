// The queue on the left. Rows are kept and changed in place, so that a keyboard's place in the list is not lost.

const groups = document.getElementById("groups");
const empty = document.getElementById("empty");
const CHANNELS = { sms: "Text message", whatsapp: "WhatsApp", web: "Web chat", telegram: "Telegram" };

export function channelName(channel) {
  return CHANNELS[channel] ?? channel;
}

export function ago(iso, now) {
  const minutes = Math.max(0, Math.floor((now - Date.parse(iso)) / 60000));
  if (minutes < 1) {
    return "just now";
  }
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function groupOf(item) {
  return item.unanswered ? "waiting" : item.state;
}

function words(item, now) {
  const parts = [channelName(item.channel), ago(item.since, now)];
  if (item.state === "active") {
    parts.push(item.mine ? "you" : item.worker);
  }
  return parts.join(" · ");
}

function marks(item) {
  const found = [];
  if (item.danger) found.push(item.state === "left" ? "danger was flagged" : "danger now");
  if (item.unanswered) found.push("no answer for a minute");
  if (item.risk && !item.danger) found.push("risk");
  if (item.check) found.push("may be someone else");
  if (item.note && item.note !== "left") found.push(item.note);
  return found;
}

function row(list, key) {
  const found = [...list.children].find((li) => li.dataset.key === key);
  if (found) {
    return found;
  }
  const li = document.createElement("li");
  li.dataset.key = key;
  const button = document.createElement("button");
  button.type = "button";
  button.append(document.createElement("b"), document.createElement("span"));
  li.append(button);
  return li;
}

// entries: [{key, title, under, loud, pick}] in order
function fill(name, entries, current) {
  const section = groups.querySelector(`[data-group="${name}"]`);
  const list = section.querySelector("ul");
  const rows = entries.map((entry) => {
    const li = row(list, entry.key);
    const button = li.firstElementChild;
    button.querySelector("b").textContent = entry.title;
    button.querySelector("span").textContent = entry.under;
    button.classList.toggle("loud", entry.loud);
    button.toggleAttribute("aria-current", entry.key === current);
    button.onclick = entry.pick;
    return li;
  });
  for (const li of [...list.children]) {
    if (!rows.includes(li)) li.remove();
  }
  rows.forEach((li, i) => {
    if (list.children[i] !== li) list.insertBefore(li, list.children[i] ?? null);
  });
  section.hidden = rows.length === 0;
}

export function draw(queue, now, current, pick, pickCallback) {
  for (const name of ["waiting", "active", "left"]) {
    const entries = queue.items
      .filter((item) => groupOf(item) === name)
      .map((item) => ({
        key: item.lane,
        title: words(item, now),
        under: marks(item).join(", "),
        loud: item.danger && item.state !== "left",
        pick: () => pick(item.lane),
      }));
    fill(name, entries, current);
  }
  const callbacks = queue.callbacks.map((item) => ({
    key: item.lane,
    title: `Asked ${ago(item.since, now)} ago`.replace("just now ago", "just now"),
    under: item.mine ? "you are ringing" : item.taken ? "another worker is ringing" : "press to take it",
    loud: false,
    pick: () => pickCallback(item.lane),
  }));
  fill("callbacks", callbacks, null);
  empty.hidden = queue.items.some((item) => groupOf(item) === "waiting");
}
