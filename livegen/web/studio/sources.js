// Sources: everything that moves right now and could play a parameter, as calm bars. A press copies one as a route.

import { el, say } from "./dom.js";
import { notice } from "./notices.js";

const INPUT = "/livegen/audio/input";
const NOTES = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
// What says the same as another one in other units is shown with it, not beside it.
const ASIDE = new Set(["/audio/pitch/hz", "/audio/pitch/note", "/audio/pitch/confidence", "/audio/tempo/bpm"]);
const HAPPENS = new Set(["/audio/onset"]);
const GONE_MS = 1500;

export class Sources {
  constructor(box, link, mirror, instance) {
    Object.assign(this, { box, link, mirror, instance, stage: {} });
    this.rows = new Map();
    this.strips = new Map();
    this.numbers = new Map();
    this.here = el("button", { type: "button", "aria-pressed": "false", text: "Listen here", title: "Sound from this browser plays the stage", onclick: () => this.#listen() });
    this.names = el("datalist", { id: "sound-inputs" });
    this.input = el("input", {
      type: "text", autocomplete: "off", spellcheck: "false", maxlength: 200, list: "sound-inputs", placeholder: "Sound: off", "data-address": INPUT, "aria-label": "Sound input",
      title: "What the stage listens to: default, a device's name or a part of it, a sound file beside the patch, or off",
      onfocus: () => mirror.hold(INPUT), onblur: () => mirror.release(INPUT), onchange: () => mirror.set(INPUT, this.input.value.trim() || "off", this),
    });
    this.state = el("p", { class: "quiet" });
    this.none = el("p", { class: "quiet", text: "Nothing moves yet: listen here, send OSC, touch a controller." });
    this.list = el("div", { class: "sources" });
    box.append(
      el("h2", { text: "Sources" }),
      el("div", { class: "sound-in" }, this.input, this.here),
      this.names, this.state, this.none, this.list,
    );
    setInterval(() => this.#age(), 500);
  }

  /** The page was built again. */
  build() {
    this.mirror.watch(INPUT, (name) => (this.input.value = name === "off" ? "" : String(name ?? "")), this);
  }

  /** What the stage says about its own ear. */
  status({ audio, heeded }) {
    if (!audio) return;
    this.stage = { audio, heeded };
    say(this.state, this.ear?.running ? "Listening here, in this browser" : audio.problem || (audio.input ? `Listening to ${audio.input}` : ""));
    this.state.hidden = !this.state.textContent;
    this.state.toggleAttribute("data-alarm", Boolean(audio.problem) && !this.ear?.running);
    const inputs = ["off", ...(audio.inputs ?? [])];
    if (this.names.childElementCount !== inputs.length) this.names.replaceChildren(...inputs.map((value) => el("option", { value })));
  }

  /** Lines of the feed: [source, number, whether it is routed]. */
  take(lines) {
    const now = performance.now();
    for (const [name, number, used] of lines) this.#show(String(name), Number(number), Boolean(used), now);
    this.none.hidden = this.numbers.size > 0;
  }

  #show(name, number, used, now = performance.now()) {
    this.numbers.set(name, number);
    if (ASIDE.has(name)) return;
    const part = /^\/audio\/(bands|chroma)\/(\d+)$/.exec(name);
    const row = this.rows.get(name) ?? this.#row(name, part);
    row.low = Math.min(row.low, number);
    row.high = Math.max(row.high, number);
    row.at = now;
    const share = (number - row.low) / (row.high - row.low || 1);
    row.bar.style.transform = part ? `scaleY(${share.toFixed(3)})` : `scaleX(${share.toFixed(3)})`;
    row.node.toggleAttribute("data-used", used);
    if (row.value) say(row.value, this.#words(name, number));
  }

  #words(name, number) {
    const of = (end) => this.numbers.get(`${name}/${end}`) ?? 0;
    if (name === "/audio/pitch") return of("confidence") < 0.85 || !of("note") ? "–" : NOTES[Math.round(of("note")) % 12] + (Math.floor(Math.round(of("note")) / 12) - 1);
    if (name === "/audio/tempo") return of("bpm") ? `${of("bpm").toFixed(0)} bpm` : "–";
    return Math.abs(number) >= 100 ? number.toFixed(0) : number.toFixed(2);
  }

  #row(name, part) {
    const bar = el("i"), row = { bar, low: 0, high: 1, at: 0 };
    const title = `${name}: press to copy it as a route`;
    if (part) {
      row.node = el("button", { type: "button", class: "column", title, "aria-label": title, onclick: () => this.#copy(name) }, bar);
      if (part[1] === "chroma") row.node.append(el("span", { text: NOTES[Number(part[2])], "aria-hidden": true }));
      this.#strip(part[1]).append(row.node);
    } else {
      row.value = el("span", { class: "value" });
      const shown = name.replace(/^\/audio\//, "");
      row.node = el("button", { type: "button", class: "source", title, onclick: () => this.#copy(name) },
        el("span", { class: "name", text: shown }), el("span", { class: "track" }, bar), row.value);
      this.list.append(row.node);
    }
    this.rows.set(name, row);
    return row;
  }

  #strip(kind) {
    if (!this.strips.has(kind)) {
      const strip = el("div", { class: `columns ${kind}` });
      this.strips.set(kind, strip);
      this.list.append(el("div", { class: "source", role: "group", "aria-label": kind }, el("span", { class: "name", text: kind }), strip));
    }
    return this.strips.get(kind);
  }

  /** What says nothing any more leaves. */
  #age() {
    const now = performance.now();
    if (this.ear?.running) return;
    for (const [name, row] of this.rows) {
      if (now - row.at < GONE_MS) continue;
      row.node.remove();
      this.rows.delete(name);
      this.numbers.delete(name);
    }
    for (const [kind, strip] of this.strips) {
      if (strip.childElementCount) continue;
      strip.parentElement.remove();
      this.strips.delete(kind);
    }
    if (!this.rows.size) this.numbers.clear();
    this.none.hidden = this.rows.size > 0;
  }

  async #copy(name) {
    const [from, arg] = name.split(" ");
    const to = `${this.instance()}/${HAPPENS.has(name) ? "randomize" : "params/…"}`;
    const text = ["[[routes]]", `from = "${from}"`, ...(arg ? [`arg = ${arg}`] : []), `to = "${to}"`, ""].join("\n");
    try {
      await navigator.clipboard.writeText(text);
      notice(`${name} is copied as a route for the patch.`, text.trim().split("\n").join("  "));
    } catch {
      notice(`${name} as a route for the patch:`, text.trim().split("\n").join("  "));
    }
  }

  // The ear of this browser ------------------------------------------------------------------

  async #listen() {
    if (this.ear?.running) {
      this.ear.stop();
    } else {
      await import("/livegen.ear.js");
      const self = this;
      const gen = { get stage() { return self.stage; }, set: (values) => self.link.set(values) };
      this.ear ??= Object.assign(new globalThis.LivegenEar(gen, { module: "/livegen.ear.js" }), { onreading: (ear) => this.#heard(ear) });
      try {
        await this.ear.start();
        if (this.stage.audio?.input) this.mirror.set(INPUT, "off", undefined); // two ears would talk at once
      } catch (error) {
        notice("This page cannot listen.", window.isSecureContext ? error.message : "browsers give a microphone only to https and to 127.0.0.1");
      }
    }
    this.here.setAttribute("aria-pressed", this.ear.running);
    this.status(this.stage);
  }

  #heard(ear) {
    const now = performance.now();
    if (now - (this.drawn ?? 0) < 100) return;
    this.drawn = now;
    const heeded = new Set(this.stage.heeded ?? []);
    for (const [name, value] of Object.entries(ear.values)) this.#show(`/audio/${name}`, value, heeded.has(`/audio/${name}`), now);
    this.none.hidden = true;
  }
}
