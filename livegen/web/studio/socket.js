// The line to the stage: says hello, comes back by itself, sends the newest values, measures their way.

import { readHeader } from "./packet.js";

const RETRY_MS = [250, 500, 1000, 2000];
const SILENCE_MS = 6000;
const SEND_EVERY_MS = 8;
const REFUSED = new Set([1008, 4001, 4401, 4403]);

/**
 * One WebSocket conversation with a stage.
 *
 * Events: state("connecting" | "open" | "away" | "refused"), welcome, frame(header, buffer), status,
 * param(values), heard(lines), sources(lines), text, stroke, brought, error(message), changed (the tree of parameters is another one).
 */
export class Link {
  constructor(hello) {
    this.hello = hello;
    this.token = "";
    this.state = "connecting";
    this.ways = [];
    this.listeners = new Map();
    this.waiting = new Map();
    this.sent = new Map();
    this.seq = 0;
    this.tries = 0;
    this.lastSend = 0;
    this.lastHeard = 0;
    this.asked = 0;
    this.answers = new Map();
    setInterval(() => this.#checkSilence(), 1000);
  }

  on(event, listener) {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  open() {
    clearTimeout(this.retry);
    this.socket?.close();
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = (this.socket = new WebSocket(`${scheme}//${location.host}/ws`));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.greet();
    socket.onmessage = ({ data }) => socket === this.socket && this.#receive(data);
    socket.onclose = ({ code }) => socket === this.socket && this.#lost(code);
  }

  /** Say hello, also again: the stage answers with a welcome and shows what is asked for now. */
  greet() {
    this.send({ type: "hello", ...this.hello(), ...(this.token && { token: this.token }) });
  }

  /** Ask the stage something: its answer, or an Error with the stage's own sentence. */
  ask(question) {
    const id = ++this.asked;
    return new Promise((resolve, reject) => {
      this.answers.set(id, { resolve, reject });
      if (this.state === "open") this.send({ type: "ask", id, ...question });
      else this.#unanswered();
    });
  }

  send(message) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** Send values soon: several changes of one address within a few milliseconds become the newest one. */
  set(values) {
    for (const [address, value] of Object.entries(values)) this.waiting.set(address, value);
    const wait = this.lastSend + SEND_EVERY_MS - performance.now();
    if (wait <= 0) this.#flush();
    else this.flushing ??= setTimeout(() => this.#flush(), wait);
  }

  /** Send values now and each of them, behind those that wait: presses and steps, of which none may be lost. */
  say(values) {
    this.#flush();
    if (this.state === "open") this.send({ type: "set", seq: ++this.seq, values });
  }

  /** A frame that contains control `applied` is on the screen: note how long its controls took. */
  confirm(applied) {
    const now = performance.now();
    for (const [seq, at] of this.sent) {
      if (seq > applied) break;
      this.sent.delete(seq);
      this.ways.push(now - at);
    }
    if (this.ways.length > 200) this.ways.splice(0, this.ways.length - 200);
  }

  /** Control-to-picture time in ms at share `p` of the last 200 controls; undefined before the first. */
  latency(p) {
    const sorted = [...this.ways].sort((a, b) => a - b);
    return sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))];
  }

  #flush() {
    clearTimeout(this.flushing);
    this.flushing = undefined;
    if (!this.waiting.size || this.state !== "open") return this.waiting.clear();
    this.lastSend = performance.now();
    this.sent.set(++this.seq, this.lastSend);
    if (this.sent.size > 500) this.sent.delete(this.sent.keys().next().value);
    this.send({ type: "set", seq: this.seq, values: Object.fromEntries(this.waiting) });
    this.waiting.clear();
  }

  #receive(data) {
    this.lastHeard = performance.now();
    if (typeof data !== "string") {
      const header = readHeader(data);
      if (header) this.#tell("frame", header, data);
      return;
    }
    let message;
    try {
      message = JSON.parse(data);
    } catch {
      return; // not ours to read; the next message counts
    }
    if (message.COMMAND?.startsWith("PATH_")) return this.#tell("changed");
    this.#take(message);
  }

  #take(message) {
    if (message.type === "welcome") {
      this.tries = 0;
      this.sent.clear();
      this.#become("open");
      this.#tell("welcome", message);
    } else if (message.type === "param" || message.type === "values") {
      this.#tell("param", message.values ?? {});
    } else if (message.type === "heard" || message.type === "sources") {
      this.#tell(message.type, message.lines ?? []);
    } else if (message.type === "error" && this.state !== "open" && /token|auth|forbid/.test(message.code)) {
      this.#refuse();
    } else if (message.type === "answer") {
      const waiting = this.answers.get(message.id);
      this.answers.delete(message.id);
      if (message.error) waiting?.reject(new Error([message.error.message, message.error.hint].filter(Boolean).join("; ")));
      else waiting?.resolve(message);
    } else if (["status", "text", "stroke", "brought", "error"].includes(message.type)) {
      this.#tell(message.type, message);
    }
  }

  #lost(code) {
    if (this.state === "refused") return;
    if (this.state !== "open" && REFUSED.has(code)) return this.#refuse();
    this.#become("away");
    const wait = RETRY_MS[Math.min(this.tries++, RETRY_MS.length - 1)];
    this.retry = setTimeout(() => this.open(), wait);
  }

  #refuse() {
    this.#become("refused");
    this.socket.close();
  }

  // A cable that was pulled closes nothing: silence of a stage that speaks 4 times a second says it.
  #checkSilence() {
    if (this.state !== "open" || performance.now() - this.lastHeard < SILENCE_MS) return;
    const socket = this.socket;
    this.socket = undefined;
    socket?.close();
    this.#lost(1006);
  }

  #unanswered() {
    for (const { reject } of this.answers.values()) reject(new Error("the stage is away"));
    this.answers.clear();
  }

  #become(state) {
    if (this.state === state) return;
    this.state = state;
    if (state !== "open") this.#unanswered();
    this.#tell("state", state);
  }

  #tell(event, ...what) {
    for (const listener of this.listeners.get(event) ?? []) listener(...what);
  }
}
