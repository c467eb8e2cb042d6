// A strip of bars that one draws over: the first components of the latent, or a number for every layer of a net.

import { el } from "./dom.js";
import { swing } from "./swing.js";

const MOST = 16;
const STEPS = { ArrowUp: 0.025, ArrowDown: -0.025, PageUp: 0.25, PageDown: -0.25 };

/** Fills `strip` with bars for the vector `param`; each plays its own component `address/i`. */
export class Strip {
  constructor(strip, mirror, { address, size, low, high, initial = 0, name = "z" }) {
    Object.assign(this, { strip, mirror, address, low, high, initial });
    this.count = low < 0 ? Math.min(MOST, size) : size;
    this.zero = Math.min(high, Math.max(low, 0));
    this.values = new Array(this.count).fill(initial);
    this.last = null;
    this.finger = null;
    this.bars = this.values.map((_, i) => el("div", {
      class: "bar", role: "slider", tabindex: i ? "-1" : "0", "aria-label": `${name} ${i}`, "aria-orientation": "vertical",
      "aria-valuemin": low, "aria-valuemax": high,
    }, el("span")));
    strip.replaceChildren(...this.bars);
    strip.style.setProperty("--zero", (this.zero - low) / (high - low));
    strip.onpointerdown = (event) => this.#down(event);
    strip.onpointermove = (event) => event.pointerId === this.finger && this.#follow(event);
    strip.onpointerup = strip.onpointercancel = strip.onlostpointercapture = (event) => this.#up(event);
    strip.onkeydown = (event) => this.#key(event);
    strip.ondblclick = (event) => this.#put(this.bars.indexOf(event.target.closest(".bar")), initial);
    mirror.watch(address, (value) => Array.isArray(value) && value.forEach((z, i) => this.#show(i, z)), this);
    this.bars.forEach((_, i) => {
      this.#show(i, initial);
      mirror.watch(`${address}/${i}`, (z) => this.#show(i, z), this);
      swing(mirror, `${address}/${i}`, this.bars[i], (given) => Math.min(1, Math.max(0, (given - low) / (high - low))));
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
    const value = this.high - ((event.clientY - box.top) / box.height) * (this.high - this.low);
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
    else if (event.key in STEPS) this.#put(at, this.values[at] + STEPS[event.key] * (this.high - this.low) * (event.shiftKey ? 0.1 : 1));
    else if (event.key === "Delete") this.#put(at, this.initial);
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
    const inside = Math.min(this.high, Math.max(this.low, value));
    this.mirror.set(`${this.address}/${index}`, inside, this);
    this.#show(index, inside);
  }

  #show(index, value) {
    if (index >= this.count || typeof value !== "number") return;
    this.values[index] = value;
    const bar = this.bars[index];
    const [from, to] = [Math.min(this.zero, value), Math.max(this.zero, value)];
    bar.style.setProperty("--from", (from - this.low) / (this.high - this.low));
    bar.style.setProperty("--to", (to - this.low) / (this.high - this.low));
    bar.setAttribute("aria-valuenow", value.toFixed(2));
  }

  #each(act) {
    act(this.address);
    this.bars.forEach((_, i) => act(`${this.address}/${i}`));
  }
}
