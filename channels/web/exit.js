// The way out. It depends on no other file, so that it works while or although the rest does not.

const AWAY = "https://www.bbc.co.uk/weather";
const PRESSES = 3;
const WITHIN_MS = 3000;

const jobs = [];
let left = false;

/** What else is to be done on leaving (tell the server, forget). Each runs once; one that fails stops no other. */
export function onLeave(job) {
  jobs.push(job);
}

/** Blank in this frame; then the server is told, the tab forgets, and the history entry is replaced. */
export function leave() {
  if (left) return;
  left = true;
  document.documentElement.classList.add("left");
  document.getElementById("cover").hidden = false;
  document.getElementById("pause").hidden = true;
  document.getElementById("page").remove();
  for (const job of jobs) {
    try {
      job();
    } catch {
      // leaving goes on
    }
  }
  sessionStorage.clear();
  history.replaceState(null, "", "/");
  location.replace(AWAY);
}

let key = "";
let count = 0;
let since = 0;

/** Escape or Shift three times, with nothing between. Held keys count once. */
function pressed(event) {
  if (event.repeat) return;
  const now = performance.now();
  const counts = event.key === "Escape" || event.key === "Shift";
  if (!counts || event.key !== key || now - since > WITHIN_MS) {
    key = counts ? event.key : "";
    count = 0;
    since = now;
  }
  if (counts && ++count >= PRESSES) leave();
}

document.getElementById("exit").addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});
addEventListener("keydown", pressed, { capture: true });
document.getElementById("how").hidden = false;

// Shown again from the browser's memory of pages: nothing of what was said may come back with it.
addEventListener("pagehide", () => {
  document.getElementById("cover").hidden = false;
});
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  sessionStorage.clear();
  location.replace("/");
});
