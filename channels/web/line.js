// The connection: one socket after another, each message once and in order, nothing lost while it is away.

const RETRY_MS = [300, 1000, 2000, 5000];
const UNANSWERED_MS = 8000;
const AGAIN_MS = 3000;
const REPLACED = 4001;

/** Kept for the life of this tab only. A tab that is opened, restored or duplicated is a new person. */
const kept = {
  get token() { return sessionStorage.getItem("t"); },
  set token(value) { sessionStorage.setItem("t", value); },
  get last() { return sessionStorage.getItem("l"); },
  set last(value) { sessionStorage.setItem("l", value); },
};
const came = performance.getEntriesByType("navigation")[0]?.type;
if (came !== "reload" && !document.wasDiscarded) sessionStorage.clear();

export class Line extends EventTarget {
  #socket = null;
  #ready = false;
  #tries = 0;
  #over = false;
  #unsent = new Map();
  #seen = new Set();
  #timer = 0;

  /** Whether this tab was in a conversation before it was loaded again. */
  get resumes() {
    return Boolean(kept.token);
  }

  /** Connects, and again whenever the connection is lost. */
  open() {
    addEventListener("online", () => this.#reconnect());
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && this.#socket?.readyState !== WebSocket.OPEN) this.#reconnect();
    });
    this.#connect();
  }

  /** Sends a message or a place, now or as soon as there is a connection. Gives its id. */
  send(frame) {
    const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.#unsent.set(id, { ...frame, id });
    if (this.#ready) this.#put(id);
    return id;
  }

  /** Leaves: tells the server by both ways that there are, and never connects again. */
  leave() {
    this.#over = true;
    if (kept.token) navigator.sendBeacon("/leave", kept.token);
    if (this.#ready) this.#socket.send(JSON.stringify({ type: "exit" }));
    this.#forget();
  }

  #connect() {
    clearTimeout(this.#timer);
    if (this.#over) return;
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/chat`);
    this.#socket = socket;
    this.#ready = false;
    let asked = false;
    socket.onmessage = (event) => {
      if (socket !== this.#socket) return;
      const frame = JSON.parse(event.data);
      if (frame.type === "session" && kept.token && kept.token !== frame.token && !asked) {
        asked = true;
        socket.send(JSON.stringify({ type: "resume", token: kept.token, last: kept.last ?? undefined }));
      } else {
        this.#heard(frame);
      }
    };
    socket.onclose = (event) => {
      if (socket !== this.#socket) return;
      this.#ready = false;
      if (event.code === REPLACED) {
        this.#over = true;
        this.#forget();
        this.#tell("elsewhere");
      }
      if (this.#over) return;
      this.#tell("away");
      this.#timer = setTimeout(() => this.#connect(), RETRY_MS[Math.min(this.#tries++, RETRY_MS.length - 1)]);
    };
  }

  #reconnect() {
    if (this.#over) return;
    const old = this.#socket;
    this.#socket = null;
    old?.close();
    this.#connect();
  }

  #heard(frame) {
    switch (frame.type) {
      case "session":
        kept.token = frame.token;
        this.#ready = true;
        this.#tries = 0;
        this.#tell("ready");
        for (const id of this.#unsent.keys()) this.#put(id);
        break;
      case "message":
        kept.last = frame.id;
        if (this.#seen.has(frame.id)) return;
        this.#seen.add(frame.id);
        this.#tell("message", frame);
        break;
      case "ack":
        this.#unsent.delete(frame.id);
        this.#tell("ack", frame);
        break;
      case "error":
        this.#refused(frame);
        break;
      case "cleared":
        this.#over = true;
        this.#forget();
        this.#tell("cleared");
        break;
      case "handoff":
      case "typing":
        this.#tell(frame.type, frame);
    }
  }

  /** Without our id it is about the frame itself, and sending it again would not help. */
  #refused(frame) {
    this.#tell("error", frame);
    if (frame.id === undefined) return;
    setTimeout(() => this.#ready && this.#put(frame.id), AGAIN_MS);
  }

  #put(id) {
    const frame = this.#unsent.get(id);
    if (!frame) return;
    this.#socket.send(JSON.stringify(frame));
    const socket = this.#socket;
    // A dead line looks open for minutes: an answer that does not come says more.
    setTimeout(() => {
      if (this.#unsent.has(id) && this.#ready && socket === this.#socket) this.#reconnect();
    }, UNANSWERED_MS);
  }

  #forget() {
    this.#unsent.clear();
    this.#seen.clear();
    sessionStorage.clear();
    clearTimeout(this.#timer);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
