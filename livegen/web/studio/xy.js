// The plane: one finger walks between the cues. (0, 0) is the lower left corner.

import { calm, colour, el, sharpen, unhurried } from "./dom.js";

const TRAIL_MS = 1600;
const LEAP = 0.3; // what jumps so far was not drawn by a hand
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const within = (x) => Math.min(1, Math.max(0, x));

/** Makes `pad` (a focusable element that holds a canvas) play `address` on `mirror`. */
export class Plane {
  constructor(pad, mirror, address) {
    this.pad = pad;
    this.canvas = pad.querySelector("canvas");
    this.mirror = mirror;
    this.address = address;
    this.at = [0.5, 0.5];
    this.swung = [null, null];
    this.trail = [];
    this.dots = new Map();
    this.finger = null;
    this.stir = unhurried(() => this.#wake());
    pad.onpointerdown = (event) => this.#down(event);
    pad.onpointermove = (event) => this.#move(event);
    pad.onpointerup = pad.onpointercancel = pad.onlostpointercapture = (event) => this.#up(event);
    pad.onkeydown = (event) => this.#key(event);
    pad.ondblclick = () => this.#put([0.5, 0.5]);
    mirror.watch(address, (value) => Array.isArray(value) && this.#show(value), this);
    for (const axis of [0, 1]) mirror.watch(`${address}/${axis}/modulated`, (value) => this.#swing(axis, value));
    this.resized = new ResizeObserver(() => this.#draw());
    this.resized.observe(pad);
  }

  /** Stop watching: the pad is being given to another generator. */
  close() {
    this.resized.disconnect();
    cancelAnimationFrame(this.drawing);
    for (const dot of this.dots.values()) dot.remove();
  }

  /** Where the cues stand: [{name, place: [x, y]}]. */
  place(cues) {
    if (this.pad.querySelector(".dot.held")) return;
    const known = [...this.dots.keys()].join("\n");
    if (known === cues.map((cue) => `${cue.name} ${cue.place}`).join("\n")) return;
    for (const dot of this.dots.values()) dot.remove();
    this.dots = new Map(cues.map((cue) => {
      const dot = el("span", { class: "dot", "aria-hidden": "true" }, el("span", { text: cue.name }));
      dot.style.setProperty("--x", cue.place[0]);
      dot.style.setProperty("--y", 1 - cue.place[1]);
      dot.classList.toggle("leftward", cue.place[0] > 0.7);
      dot.onpointerdown = (event) => this.#lay(event, dot, cue.name);
      return [`${cue.name} ${cue.place}`, dot];
    }));
    this.pad.append(...this.dots.values());
  }

  // While cues are edited a finger on one of them lays it elsewhere; it is told once, when it is let go.
  #lay(event, dot, name) {
    if (event.button !== 0 || !document.body.classList.contains("editing")) return;
    event.stopPropagation();
    event.preventDefault();
    let place = null;
    dot.setPointerCapture(event.pointerId);
    dot.classList.add("held");
    dot.onpointermove = (moved) => {
      place = this.#under(moved);
      dot.style.setProperty("--x", place[0]);
      dot.style.setProperty("--y", 1 - place[1]);
    };
    dot.onlostpointercapture = () => {
      dot.onpointermove = dot.onlostpointercapture = null;
      dot.classList.remove("held");
      if (place) this.mirror.fire(this.address.replace(/xy$/, "presets/place"), [name, ...place]);
    };
  }

  #down(event) {
    if (this.finger !== null || event.button !== 0) return;
    this.finger = event.pointerId;
    this.pad.setPointerCapture(event.pointerId);
    this.mirror.hold(this.address);
    this.#follow(event);
  }

  #move(event) {
    if (event.pointerId === this.finger) this.#follow(event);
  }

  #up(event) {
    if (event.pointerId !== this.finger) return;
    this.finger = null;
    this.mirror.release(this.address);
    this.#wake();
  }

  #follow(event) {
    this.#put(this.#under(event));
  }

  #under(event) {
    const box = this.pad.getBoundingClientRect();
    return [within((event.clientX - box.left) / box.width), within(1 - (event.clientY - box.top) / box.height)];
  }

  #key(event) {
    const by = STEPS[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const size = event.shiftKey ? 0.002 : 0.02;
    this.#put([within(this.at[0] + by[0] * size), within(this.at[1] + by[1] * size)]);
  }

  #put(place) {
    this.mirror.set(this.address, place, this);
    this.#show(place);
  }

  #show([x, y]) {
    if (typeof x !== "number" || typeof y !== "number") return;
    if (calm() || (Math.hypot(x - this.at[0], y - this.at[1]) > LEAP && this.finger === null)) this.trail = [];
    this.at = [x, y];
    this.pad.setAttribute("aria-valuetext", `${Math.round(x * 100)} across, ${Math.round(y * 100)} up`);
    this.trail.push([x, y, performance.now()]);
    if (this.trail.length > 400) this.trail.shift();
    this.#wake();
  }

  // Where a modulation has moved it; an axis that none moves stays with the hand.
  #swing(axis, value) {
    if (typeof value !== "number") return;
    this.swung[axis] = value;
    this.stir();
  }

  #wake() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = undefined;
      this.#draw();
      if (this.trail.length > 1) this.#wake();
    });
  }

  #draw() {
    const { context, width, height } = sharpen(this.canvas);
    const now = performance.now(), accent = colour("--accent");
    while (this.trail.length && now - this.trail[0][2] > TRAIL_MS) this.trail.shift();
    context.strokeStyle = context.fillStyle = accent;
    this.#drawTrail(context, width, height, now);
    const x = this.at[0] * width, y = (1 - this.at[1]) * height;
    context.globalAlpha = 0.18;
    context.fillRect(x - 0.5, 0, 1, height);
    context.fillRect(0, y - 0.5, width, 1);
    context.globalAlpha = this.finger === null ? 0.2 : 0.35;
    disc(context, x, y, this.finger === null ? 15 : 24);
    context.globalAlpha = 1;
    disc(context, x, y, 6);
    if (this.swung.some((value) => value !== null)) this.#drawRing(context, width, height, x, y);
  }

  #drawRing(context, width, height, x, y) {
    const [across, up] = this.swung;
    const [ringX, ringY] = [across === null ? x : across * width, up === null ? y : (1 - up) * height];
    context.strokeStyle = colour("--text");
    context.lineWidth = 1.5;
    context.globalAlpha = 0.35;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(ringX, ringY);
    context.stroke();
    context.globalAlpha = 1;
    context.beginPath();
    context.arc(ringX, ringY, 9, 0, 2 * Math.PI);
    context.stroke();
  }

  #drawTrail(context, width, height, now) {
    context.lineWidth = 2;
    context.lineCap = "round";
    for (let i = 1; i < this.trail.length; i++) {
      const [ax, ay] = this.trail[i - 1], [bx, by, at] = this.trail[i];
      context.globalAlpha = 0.6 * (1 - (now - at) / TRAIL_MS);
      context.beginPath();
      context.moveTo(ax * width, (1 - ay) * height);
      context.lineTo(bx * width, (1 - by) * height);
      context.stroke();
    }
  }
}

function disc(context, x, y, radius) {
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  context.fill();
}
