// Two phones on a page. The server does what a provider does; this only shows it.

const CHANNELS = { sms: "SMS", whatsapp: "WhatsApp" };
const KINGSTON_STATION = { lat: 51.4127, lon: -0.3012 };
const RESERVED = 130; // the first numbers of the range are the line's own

const phones = new Map();
const replies = new Map();

const randomNumber = () => `+447700900${RESERVED + Math.floor(Math.random() * (1000 - RESERVED))}`;

function bubble(talk, text, who) {
  const item = document.createElement("li");
  item.className = who;
  const words = document.createElement("p");
  words.textContent = text;
  const state = document.createElement("p");
  state.className = "state";
  item.append(words, state);
  talk.append(item);
  talk.scrollTop = talk.scrollHeight;
  return state;
}

const counted = (segments) => (segments ? `${segments} ${segments === 1 ? "segment" : "segments"}` : "");
const joined = (...parts) => parts.filter(Boolean).join(", ");

class Phone {
  constructor(channel) {
    this.channel = channel;
    this.root = document.getElementById("phone").content.firstElementChild.cloneNode(true);
    this.talk = this.root.querySelector(".talk");
    this.root.querySelector("h2").textContent = CHANNELS[channel];
    this.talk.setAttribute("aria-label", `${CHANNELS[channel]} messages`);
    const words = this.root.querySelector("textarea");
    const form = this.root.querySelector("form");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(words.value, { text: words.value });
      words.value = "";
      words.focus();
    });
    words.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey) return;
      event.preventDefault();
      form.requestSubmit();
    });
    this.root.querySelector(".photo").addEventListener("click", () => this.send("[photo]", { media: "image" }));
    this.root.querySelector(".place").addEventListener("click", () => this.send("[location]", KINGSTON_STATION));
    this.root.querySelector(".new").addEventListener("click", () => this.renew());
    document.getElementById("phones").append(this.root);
    this.renew();
  }

  renew() {
    phones.delete(`${this.channel}:${this.number}`);
    this.number = randomNumber();
    phones.set(`${this.channel}:${this.number}`, this);
    this.root.querySelector(".number").textContent = this.number;
    this.talk.replaceChildren();
  }

  async send(shown, what) {
    const state = bubble(this.talk, shown, "me");
    state.textContent = "Sending";
    try {
      const answer = await fetch("/simulator/inbound", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ phone: this.number, channel: this.channel, ...what }),
      });
      const result = await answer.json();
      const taken = answer.ok && result.status < 300;
      state.textContent = taken
        ? joined("Taken", this.channel === "sms" && counted(result.segments))
        : `Not taken: ${result.error ?? result.status}`;
    } catch {
      state.textContent = "Not taken: no connection";
    }
  }

  receive(event) {
    const state = bubble(this.talk, event.text, "line");
    const size = event.encoding && joined(counted(event.segments), event.encoding === "gsm7" ? "GSM-7" : "Unicode");
    replies.set(event.sid, (status) => {
      state.textContent = joined(size, status);
    });
    replies.get(event.sid)("queued");
  }
}

function connect() {
  const link = document.getElementById("link");
  const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/simulator/phones`);
  socket.onopen = () => { link.textContent = "Connected"; };
  socket.onclose = () => {
    link.textContent = "Not connected. Trying again.";
    setTimeout(connect, 1000);
  };
  socket.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.type === "message") phones.get(`${event.channel}:${event.phone}`)?.receive(event);
    else replies.get(event.sid)?.(event.status);
  };
}

for (const channel of Object.keys(CHANNELS)) new Phone(channel);
connect();
