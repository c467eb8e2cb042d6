// A drawing in progress, and a pad to begin one by hand: the network goes on from there.

import { colour, el, sharpen } from "./dom.js";

const MOST_STEPS = 4000;
const NEAREST = 0.012;
const SEND_EVERY_MS = 40;
const PENS = { down: 0, up: 1, end: 2 };

/** The box of a drawing's points, and how to fit it into `width` by `height` with a margin. */
export function fitted(points, width, height, margin = 14) {
  const xs = points.map(([x]) => x), ys = points.map(([, y]) => y);
  const left = Math.min(0, ...xs), right = Math.max(0, ...xs), top = Math.min(0, ...ys), bottom = Math.max(0, ...ys);
  const scale = Math.min((width - 2 * margin) / Math.max(right - left, 0.2), (height - 2 * margin) / Math.max(bottom - top, 0.2));
  return { scale, x: width / 2 - ((left + right) / 2) * scale, y: height / 2 - ((top + bottom) / 2) * scale };
}

/** Points of a drawing from its steps: [x, y, drawn], `drawn` where the pen was down on the way there. */
export function path(steps) {
  let x = 0, y = 0, down = false;
  return steps.map(([dx, dy, pen]) => {
    x += dx;
    y += dy;
    const point = [x, y, down];
    down = pen === "down";
    return point;
  });
}

/** One generator's drawing. Press on it and draw: what the hand does is fed to the network. */
export class StrokesPanel {
  constructor(mirror, base) {
    this.mirror = mirror;
    this.base = base;
    this.steps = [];
    this.own = null;
    this.waiting = [];
    this.canvas = el("canvas", { class: "pad", role: "img", tabindex: "0", "aria-label": "The drawing in progress; draw here to begin one by hand", title: "Draw here: it goes on from your line" });
    this.box = el("section", { class: "group", "aria-label": "Drawing" }, el("h2", { text: "Drawing" }), this.canvas);
    this.#listen();
    this.watching = new ResizeObserver(() => this.#soon());
    this.watching.observe(this.canvas);
  }

  close() {
    this.watching.disconnect();
    clearInterval(this.sending);
  }

  /** What a late reader is given: the steps so far. */
  tail(steps) {
    this.steps = Array.isArray(steps) ? steps.slice(-MOST_STEPS) : [];
    this.#soon();
  }

  /** One `stroke` message. */
  take({ dx, dy, pen, index }) {
    if (index === 0) {
      this.steps = [];
      if (!this.hand) this.own = null;
    }
    this.steps.push([Number(dx), Number(dy), pen]);
    if (this.steps.length > MOST_STEPS) this.steps.shift();
    this.#soon();
  }

  #soon() {
    this.drawing ??= requestAnimationFrame(() => {
      this.drawing = undefined;
      this.#draw();
    });
  }

  #draw() {
    const { context, width, height } = sharpen(this.canvas);
    const points = path(this.steps);
    const place = this.own ? { scale: this.own.side, x: this.own.x, y: this.own.y } : fitted(points, width, height);
    context.lineWidth = 2;
    context.lineCap = context.lineJoin = "round";
    if (this.own) this.#line(context, this.own.points.map(([x, y, drawn]) => [x * place.scale + place.x, y * place.scale + place.y, drawn]), colour("--accent"));
    else this.#line(context, points.map(([x, y, drawn]) => [x * place.scale + place.x, y * place.scale + place.y, drawn]), colour("--text"));
    const last = points.at(-1);
    if (!last || this.own) return;
    context.fillStyle = colour("--accent");
    context.beginPath();
    context.arc(last[0] * place.scale + place.x, last[1] * place.scale + place.y, 3.5, 0, 2 * Math.PI);
    context.fill();
  }

  #line(context, points, ink) {
    context.strokeStyle = ink;
    context.beginPath();
    let [x, y] = points[0] ?? [0, 0];
    for (const [toX, toY, drawn] of points) {
      if (drawn) {
        context.moveTo(x, y);
        context.lineTo(toX, toY);
      }
      [x, y] = [toX, toY];
    }
    context.stroke();
  }

  // The hand. Steps are in drawing units: the pad's shorter side is 1.
  #listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      const side = Math.min(canvas.clientWidth, canvas.clientHeight);
      this.own ??= { side, x: event.offsetX, y: event.offsetY, points: [] };
      this.hand = event.pointerId;
      this.#step(event, false);
      this.sending ??= setInterval(() => this.#send(), SEND_EVERY_MS);
    });
    canvas.addEventListener("pointermove", (event) => event.pointerId === this.hand && this.#step(event, true));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => event.pointerId === this.hand && this.#lift());
  }

  #step(event, drawn) {
    const { side, x, y, points } = this.own;
    const [oldX, oldY] = points.at(-1) ?? [0, 0];
    const newX = (event.offsetX - x) / side, newY = (event.offsetY - y) / side;
    if (drawn && Math.hypot(newX - oldX, newY - oldY) < NEAREST) return;
    points.push([newX, newY, drawn]);
    this.waiting.push([newX - oldX, newY - oldY, PENS.down]);
    this.#soon();
  }

  // The step to the pen's last place says what the pen does after it, so it waits for the next one.
  #send(all = false) {
    const ready = this.waiting.splice(0, all ? this.waiting.length : Math.max(0, this.waiting.length - 1));
    if (ready.length) this.mirror.link.send({ type: "set", seq: 0, values: { [`${this.base}/stroke/feed`]: ready.flat() } });
  }

  #lift() {
    this.hand = undefined;
    clearInterval(this.sending);
    this.sending = undefined;
    const last = this.waiting.at(-1);
    if (last) last[2] = PENS.up;
    this.#send(true);
  }
}
