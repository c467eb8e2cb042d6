// The clock: beat lights, the tempo to drag or type, a tap, who sets it, go and stand.

import { byId, calm, el, say } from "./dom.js";

const BASE = "/livegen/tempo";
const MOST_LIGHTS = 8;
const THRESHOLD_PX = 4;
const BPM_PER_PX = 0.25;
const STEPS = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 };
const SOURCES = [["own", "Own"], ["midi", "MIDI"], ["link", "Link"]];

/** The strip in the page's head. `bind` it again whenever the mirror was cleared. */
export class TempoStrip {
  constructor(box, mirror) {
    this.mirror = mirror;
    this.lights = el("span", { class: "lights", "aria-hidden": "true" });
    this.bpm = el("input", { id: "bpm", type: "text", inputmode: "decimal", autocomplete: "off", role: "spinbutton",
      "aria-label": "Tempo in beats a minute", title: "Beats a minute: drag sideways, type, or use the arrows; shift is finer", maxlength: 6 });
    this.tap = el("button", { id: "tap", type: "button", title: "Tap along: three taps set the tempo (T)" }, el("span", { text: "Tap" }), el("kbd", { text: "T" }));
    this.source = el("select", { id: "tempo-source", "aria-label": "Who sets the tempo" }, ...SOURCES.map(([value, text]) => el("option", { value, text })));
    this.heard = el("span", { class: "heard-from quiet" });
    this.run = byId("tempo-run");
    box.prepend(this.lights, this.bpm, el("span", { class: "unit", text: "bpm" }), this.tap, this.source, this.heard);
    this.box = box;
    drag(this.bpm, this);
    // The moment counts, so it is the finger's coming down; a key or a screen reader comes as a click without one.
    this.tap.onpointerdown = (event) => event.button === 0 && this.strike();
    this.tap.onclick = (event) => event.detail === 0 && this.strike();
    this.source.onchange = () => mirror.set(`${BASE}/source`, this.source.value);
    this.run.onclick = () => {
      const on = this.run.getAttribute("aria-pressed") !== "true";
      mirror.set(`${BASE}/running`, on, this);
      this.#running(on);
    };
  }

  /** Show what the stage says; hidden where it has no clock. */
  bind(there) {
    this.box.hidden = !there;
    if (!there) return;
    const { mirror } = this, watch = (name, show) => mirror.watch(`${BASE}/${name}`, show, this);
    this.meter = 0;
    watch("meter", (beats) => this.#count(beats));
    watch("bpm", (bpm) => this.show(bpm));
    watch("source", (source) => {
      this.source.value = String(source ?? "own");
      this.bpm.readOnly = source === "midi";
      this.tap.disabled = source !== "own" && source !== undefined;
      this.#hear();
    });
    watch("locked", () => this.#hear());
    watch("peers", () => this.#hear());
    watch("running", (on) => this.#running(on));
    // The clock is ahead so that the picture is in time: so is the light.
    watch("beat", (beat) => {
      clearTimeout(this.soon);
      this.soon = setTimeout(() => this.#light(beat), 1000 * (mirror.value(`${BASE}/lead`) ?? 0));
    });
  }

  strike() {
    if (this.box.hidden || this.tap.disabled) return;
    this.mirror.fire(`${BASE}/tap`);
    if (!calm()) this.tap.animate([{ backgroundColor: "var(--accent-deep)" }, { backgroundColor: "var(--raised)" }], { duration: 250 });
  }

  /** The hand's own change. */
  put(bpm) {
    const inside = Math.min(300, Math.max(20, Math.round(bpm * 100) / 100));
    this.mirror.set(`${BASE}/bpm`, inside, this);
    this.show(inside);
  }

  show(bpm) {
    if (typeof bpm !== "number") return;
    this.value = bpm;
    this.bpm.value = bpm.toFixed(1);
    this.bpm.setAttribute("aria-valuenow", bpm);
    this.bpm.setAttribute("aria-valuemin", 20);
    this.bpm.setAttribute("aria-valuemax", 300);
  }

  #count(beats) {
    const lights = Math.min(MOST_LIGHTS, Math.max(1, Math.round(beats || 4)));
    this.meter = beats;
    this.lights.replaceChildren(...Array.from({ length: lights }, () => el("i")));
  }

  #light(beat) {
    const all = [...this.lights.children];
    const at = (Math.max(1, Math.round(beat)) - 1) % Math.max(1, all.length);
    all.forEach((light, i) => light.toggleAttribute("data-on", i === at));
    if (calm() || document.hidden) return;
    all[at]?.animate([{ opacity: 1 }, { opacity: 0.45 }], { duration: Math.min(1500, 60000 / (this.value || 120)), easing: "ease-out" });
  }

  #running(on) {
    const words = on === false ? "The beat stands: let it go on" : "The beat goes: let it stand";
    this.run.setAttribute("aria-pressed", on !== false);
    this.run.setAttribute("aria-label", words);
    this.run.title = words;
    this.box.toggleAttribute("data-stands", on === false);
  }

  // MIDI that is silent and a Link without others play on at the last tempo: say that nobody is there.
  #hear() {
    const source = this.mirror.value(`${BASE}/source`), locked = this.mirror.value(`${BASE}/locked`), peers = this.mirror.value(`${BASE}/peers`) ?? 0;
    const silent = source !== "own" && source !== undefined && locked === false;
    const words = silent ? "not heard" : source === "link" ? (peers === 1 ? "1 other" : `${peers} others`) : "";
    say(this.heard, words);
    this.heard.toggleAttribute("data-silent", silent);
  }
}

function drag(input, strip) {
  let from = null;
  input.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || input.readOnly || document.activeElement === input) return;
    event.preventDefault(); // a press that does not move goes on to typing
    from = { id: event.pointerId, x: event.clientX, bpm: strip.value ?? 120, moved: false };
    input.setPointerCapture(event.pointerId);
    strip.mirror.hold(`${BASE}/bpm`);
  });
  input.addEventListener("pointermove", (event) => {
    if (event.pointerId !== from?.id) return;
    const gone = event.clientX - from.x;
    if (!from.moved && Math.abs(gone) < THRESHOLD_PX) return;
    from.moved = true;
    strip.put(from.bpm + gone * BPM_PER_PX * (event.shiftKey ? 0.1 : 1));
  });
  const end = (event) => {
    if (event.pointerId !== from?.id) return;
    const { moved } = from;
    from = null;
    strip.mirror.release(`${BASE}/bpm`);
    if (!moved && event.type === "pointerup") {
      input.focus();
      input.select();
    }
  };
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) input.addEventListener(name, end);
  input.addEventListener("focus", () => strip.mirror.hold(`${BASE}/bpm`));
  input.addEventListener("blur", () => {
    strip.mirror.release(`${BASE}/bpm`);
    strip.show(strip.mirror.value(`${BASE}/bpm`));
  });
  input.addEventListener("change", () => {
    const bpm = Number(input.value.replace(",", "."));
    if (input.value.trim() !== "" && Number.isFinite(bpm) && !input.readOnly) strip.put(bpm);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === "Escape") {
      if (event.key === "Escape") strip.show(strip.value);
      return input.blur();
    }
    const by = STEPS[event.key];
    if (!by || input.readOnly) return;
    event.preventDefault();
    strip.put((strip.value ?? 120) + by * (event.shiftKey ? 0.1 : 1));
  });
}
