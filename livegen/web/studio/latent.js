// The latent strip: the first components of z as bars that one draws over.

import { el } from "./dom.js";

const MOST = 16;
const STEPS = { ArrowUp: 0.1, ArrowDown: -0.1, PageUp: 1, PageDown: -1 };

/** Fills `strip` with bars for the vector `param`; each plays its own component `address/i`. */
export class Strip {
  constructor(strip, mirror, { address, size, high }) {
    this.strip = strip;
    this.mirror = mirror;
    this.address = address;
    this.count = Math.min(MOST, size);
    this.reach = high;
    this.values = new Array(this.count).fill(0);
    this.last = null;
    this.finger = null;
    this.bars = this.values.map((_, i) => el("div", {
      class: "bar", role: "slider", tabindex: i ? "-1" : "0", "aria-label": `z ${i}`, "aria-orientation": "vertical",
      "aria-valuemin": -high, "aria-valuemax": high,
    }, el("span")));
    strip.replaceChildren(...this.bars);
    strip.onpointerdown = (event) => this.#down(event);
    strip.onpointermove = (event) => event.pointerId === this.finger && this.#follow(event);
    strip.onpointerup = strip.onpointercancel = strip.onlostpointercapture = (event) => this.#up(event);
    strip.onkeydown = (event) => this.#key(event);
    strip.ondblclick = (event) => this.#put(this.bars.indexOf(event.target.closest(".bar")), 0);
    mirror.watch(address, (value) => Array.isArray(value) && value.forEach((z, i) => this.#show(i, z)), this);
    this.bars.forEach((_, i) => {
      this.#show(i, 0);
      mirror.watch(`${address}/${i}`, (z) => this.#show(i, z), this);
    });
  }

  #down(event) {
    if (this.finger !== null || event.button !== 0) return;
    this.finger = event.pointerId;
    this.last = null;
    this.strip.setPointerCapture(event.pointerId);
    this.#each((address) => this.mirror.hold(address));
    this.#follow(event);
  }

  #up(event) {
    if (event.pointerId !== this.finger) return;
    this.finger = null;
    this.#each((address) => this.mirror.release(address));
  }

  // A quick stroke reports few points: the bars between two of them get what lies between.
  #follow(event) {
    const box = this.strip.getBoundingClientRect();
    const index = Math.min(this.count - 1, Math.max(0, Math.floor(((event.clientX - box.left) / box.width) * this.count)));
    const value = Math.min(1, Math.max(-1, 1 - (2 * (event.clientY - box.top)) / box.height)) * this.reach;
    const from = this.last ?? { index, value };
    const way = Math.max(1, Math.abs(index - from.index));
    for (let k = from.index === index ? way : 1; k <= way; k++) {
      this.#put(from.index + ((index - from.index) * k) / way, from.value + ((value - from.value) * k) / way);
    }
    this.last = { index, value };
  }

  #key(event) {
    const at = this.bars.indexOf(document.activeElement);
    const aside = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (at < 0) return;
    if (aside) this.#focus((at + aside + this.count) % this.count);
    else if (event.key in STEPS) this.#put(at, this.values[at] + STEPS[event.key] * (event.shiftKey ? 0.1 : 1));
    else if (event.key === "Delete" || event.key === "Backspace") this.#put(at, 0);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #focus(index) {
    this.bars.forEach((bar, i) => bar.setAttribute("tabindex", i === index ? "0" : "-1"));
    this.bars[index].focus();
  }

  #put(index, value) {
    if (index < 0) return;
    const inside = Math.min(this.reach, Math.max(-this.reach, value));
    this.mirror.set(`${this.address}/${index}`, inside, this);
    this.#show(index, inside);
  }

  #show(index, value) {
    if (index >= this.count || typeof value !== "number") return;
    this.values[index] = value;
    const bar = this.bars[index];
    bar.style.setProperty("--low", Math.min(0, value) / this.reach);
    bar.style.setProperty("--high", Math.max(0, value) / this.reach);
    bar.setAttribute("aria-valuenow", value.toFixed(2));
  }

  #each(act) {
    act(this.address);
    this.bars.forEach((_, i) => act(`${this.address}/${i}`));
  }
}
