// What is seen: messages, choices, states. Text is only ever set as text.

const LINK = /(https:\/\/[^\s<>"']+[^\s<>"'.,;:!?)])/;

const talk = document.getElementById("talk");
const words = {};
for (const span of document.getElementById("said").content.querySelectorAll("[data-word]")) {
  words[span.dataset.word] = span.textContent;
}

/** One of the page's own texts. */
export const say = (name) => words[name] ?? "";

function put(tag, text, className) {
  const element = document.createElement(tag);
  element.textContent = text;
  if (className) element.className = className;
  return element;
}

/** Text with its web addresses as links that tell nobody where she came from. */
function written(text) {
  const paragraph = document.createElement("p");
  for (const part of text.split(LINK)) {
    if (LINK.test(part)) {
      const link = put("a", part);
      link.href = part;
      link.rel = "noreferrer noopener";
      link.target = "_blank";
      paragraph.append(link);
    } else {
      paragraph.append(part);
    }
  }
  return paragraph;
}

function add(who, speaker, text) {
  const item = put("li", "", who);
  item.append(put("span", speaker, "heard"), written(text));
  talk.append(item);
  item.scrollIntoView({ block: "nearest" });
  return item;
}

/** What she sent. Gives the line on which its state is shown. */
export function mine(text) {
  const state = put("p", say("sending"), "state");
  add("me", say("you"), text).append(state);
  return state;
}

/** A reply, with its choices as buttons; `chosen` is called with the one that she taps. */
export function reply(frame, chosen) {
  const worker = frame.from === "worker";
  const item = add(worker ? "worker" : "bot", say(worker ? "worker" : "bot"), frame.text);
  if (worker) item.querySelector(".heard").className = "who";
  if (!frame.choices?.length) return;
  const group = put("div", "");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", say("choices"));
  for (const choice of frame.choices) {
    const button = put("button", choice.title);
    button.type = "button";
    button.addEventListener("click", () => chosen(choice));
    group.append(button);
  }
  item.append(group);
  item.scrollIntoView({ block: "nearest" });
}

/** Choices belong to the last reply: once she has answered, none of them can be tapped. */
export function closeChoices() {
  for (const group of talk.querySelectorAll("[role=group]")) group.remove();
}

/** One of the three lines of state under the talk; an empty text hides it. */
export function status(line, text) {
  document.getElementById(line).textContent = text;
}

/** A plain line in the talk that nobody said. */
export function note(text) {
  talk.append(put("li", text));
}

/** Takes all that was shown off the page. */
export function wipe() {
  talk.replaceChildren();
  for (const line of ["desk", "typing", "line"]) status(line, "");
}
