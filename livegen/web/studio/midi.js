// MIDI of the browser's own machine: the same addresses as from the stage's own ports, and lamps that follow.

import { Reader, rules, written } from "./midi_bytes.js";

const TOUCHED_MS = 400, ECHO_MS = 300, LAMPS_MS = 33;
const SAME = 1 / 254;
const KEPT = "livegen midi";
const STRANGE = /midi through|wavetable/i;

/** Asks for MIDI on a click, hears every input, tells outputs of the same name what their controls should show. */
export class BrowserMidi {
  constructor(link, changed) {
    Object.assign(this, { link, changed, access: null, readers: new Map(), controls: new Map(), lamps: new Map(), known: rules(), problem: "" });
    if (this.there && localStorage.getItem(KEPT)) this.#again();
  }

  get there() {
    return Boolean(navigator.requestMIDIAccess);
  }

  get on() {
    return Boolean(this.access);
  }

  get names() {
    return [...(this.access?.inputs.values() ?? [])].filter(({ name }) => !STRANGE.test(name)).map(({ name }) => name);
  }

  /** Called on a click: the browser asks whoever sits there. */
  async open() {
    try {
      this.access = await navigator.requestMIDIAccess({ sysex: false });
    } catch (error) {
      this.problem = `This browser gives no MIDI: ${error.message}`;
      return this.changed();
    }
    this.problem = "";
    localStorage.setItem(KEPT, "on");
    this.access.onstatechange = () => this.#look();
    this.timer = setInterval(() => this.#shine(), LAMPS_MS);
    this.#look();
  }

  close() {
    localStorage.removeItem(KEPT);
    clearInterval(this.timer);
    if (this.access) this.access.onstatechange = null;
    for (const input of this.access?.inputs.values() ?? []) input.onmidimessage = null;
    this.access = null;
    this.changed();
  }

  /** What the patch knows of its controllers: {relative, fourteen}. */
  learn({ relative = [], fourteen = [] } = {}) {
    this.known = rules(relative, fourteen);
    for (const reader of this.readers.values()) reader.rules = this.known;
  }

  /** What each control should show: name such as `1/cc/7` → 0..1. */
  show(lamps) {
    this.lamps = lamps;
  }

  // Only where the answer is known to be yes: a page that is opened asks nobody anything.
  async #again() {
    const state = await navigator.permissions?.query({ name: "midi" }).catch(() => undefined);
    if (state?.state === "granted") this.open();
  }

  #look() {
    for (const input of this.access?.inputs.values() ?? []) {
      if (STRANGE.test(input.name)) continue;
      input.onmidimessage ??= ({ data }) => this.hear(input.name, data);
    }
    this.changed();
  }

  /** Bytes of a device: values soon and the newest only, presses and turns each of them and at once. */
  hear(device, bytes) {
    if (!this.readers.has(device)) this.readers.set(device, new Reader(this.known));
    for (const [name, value] of this.readers.get(device).feed(bytes)) {
      if (value !== null && !this.#isNews(device, name, value)) continue;
      const address = `/midi/${name}`;
      if (/\/(cc|poly)\/\d+$|\/(bend|pressure)$/.test(name)) this.link.set({ [address]: value });
      else this.link.say({ [address]: value });
    }
  }

  #control(device, name) {
    const key = `${device}\n${name.replace(/\/turn$/, "")}`;
    if (!this.controls.has(key)) this.controls.set(key, { at: null, told: null, heardAt: -Infinity, toldAt: -Infinity });
    return this.controls.get(key);
  }

  // A motor fader that answers with what it was told moves nothing.
  #isNews(device, name, value) {
    const control = this.#control(device, name), now = performance.now(), turns = name.endsWith("/turn");
    if (!turns && control.told !== null && now - control.toldAt < ECHO_MS && Math.abs(control.told - value) < SAME) return false;
    Object.assign(control, { at: turns ? control.at : value, told: null, heardAt: now });
    return true;
  }

  #shine() {
    const heard = new Set(this.names), now = performance.now();
    for (const output of this.access?.outputs.values() ?? []) {
      if (!heard.has(output.name) || output.state === "disconnected") continue;
      for (const [name, value] of this.lamps) {
        const control = this.#control(output.name, name);
        const quiet = now - control.heardAt > TOUCHED_MS && now - control.toldAt >= LAMPS_MS;
        if (!quiet || (control.at !== null && Math.abs(control.at - value) < SAME / 2)) continue;
        for (const message of written(name, value, this.known)) output.send(message);
        Object.assign(control, { at: value, told: value, toldAt: now });
      }
    }
  }
}
