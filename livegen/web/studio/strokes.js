// A drawing in progress, and a pad to begin one by hand: the network goes on from there. What was drawn by hand
// can be kept in this browser and saved as a file to train from.

import { colour, el, sharpen } from "./dom.js";

const MOST_STEPS = 4000;
const NEAREST = 0.012;
const SEND_EVERY_MS = 40, STILL_COMING_MS = 250, FORGOTTEN_MS = 15_000;
const KEPT = "livegen.drawings", MOST_KEPT = 2000;
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

/** The strokes of points [x, y, drawn] as lists of [x, y]: what a line of a training file holds. */
export function strokes(points) {
  const lines = [];
  for (const [x, y, drawn] of points) {
    if (!drawn) lines.push([]);
    lines.at(-1)?.push([Number(x.toFixed(4)), Number(y.toFixed(4))]);
  }
  return lines;
}

/** One generator's drawing. Press on it and draw: what the hand does is fed to the network. */
export class StrokesPanel {
  constructor(mirror, base) {
    this.mirror = mirror;
    this.base = base;
    this.steps = [];
    this.own = null;
    this.drawnAt = 0;
    this.waiting = [];
    this.canvas = el("canvas", { class: "pad", role: "img", tabindex: "0", "aria-label": "The drawing in progress; draw here to begin one by hand", title: "Draw here: it goes on from your line" });
    const button = (text, title, onclick) => el("button", { type: "button", text, title, onclick });
    const fire = (name) => () => mirror.fire(`${base}/stroke/${name}`);
    const leave = (name) => () => {
      this.own = null;
      fire(name)();
    };
    this.keep = button("Keep", "Keep what you have drawn, to train from", () => this.#keep());
    this.save = button("Save", "Save what you kept as drawings.jsonl: livegen train strokes drawings.jsonl", () => this.#save());
    this.box = el("section", { class: "group", "aria-label": "Drawing" }, el("h2", { text: "Drawing" }), this.canvas,
      el("div", { class: "row" },
        button("Go on", "The network goes on from your line now", fire("complete")),
        button("Next", "Leave this drawing and begin the next", leave("next")),
        button("Clean", "A clean sheet", leave("reset"))),
      el("div", { class: "row" }, this.keep, this.save));
    this.#count();
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
    const rested = this.hand === undefined && performance.now() - this.drawnAt > STILL_COMING_MS;
    if (index === 0) {
      this.steps = [];
      // Of the drawing that went on before the hand began, some steps are still on their way.
      if (rested && (this.own?.more.length || performance.now() - this.drawnAt > FORGOTTEN_MS)) this.own = null;
    }
    this.steps.push([Number(dx), Number(dy), pen]);
    if (this.steps.length > MOST_STEPS) this.steps.shift();
    // It goes on from the hand: from the last point of the pad, in the pad's own measure.
    if (rested && this.own && index === this.own.points.length + this.own.more.length) this.own.more.push(this.steps.at(-1));
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
    const points = this.own ? this.own.points.concat(this.#answer()) : path(this.steps);
    const place = this.own ? { scale: this.own.side, x: this.own.x, y: this.own.y } : fitted(points, width, height);
    const placed = points.map(([x, y, drawn]) => [x * place.scale + place.x, y * place.scale + place.y, drawn]);
    const mine = this.own?.points.length ?? 0;
    context.lineWidth = 2;
    context.lineCap = context.lineJoin = "round";
    this.#line(context, placed.slice(Math.max(0, mine - 1)), colour("--text"));
    this.#line(context, placed.slice(0, mine), colour("--accent"));
    const last = points.at(-1);
    if (!last || this.hand !== undefined) return;
    context.fillStyle = colour("--accent");
    context.beginPath();
    context.arc(last[0] * place.scale + place.x, last[1] * place.scale + place.y, 3.5, 0, 2 * Math.PI);
    context.fill();
  }

  /** What the network has drawn on from the hand, as points of the pad. */
  #answer() {
    const [x, y] = this.own.points.at(-1) ?? [0, 0];
    const points = path(this.own.more).map(([dx, dy, drawn]) => [x + dx, y + dy, drawn]);
    if (points.length) points[0][2] = !this.own.lifted;
    return points;
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

  // The hand. Steps are in drawing units: the pad's shorter side is 1, and the first step leads from its middle.
  #listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      const { clientWidth: width, clientHeight: height } = canvas;
      if (this.own?.more.length) this.own = null;
      this.own ??= { side: Math.min(width, height), x: width / 2, y: height / 2, points: [], more: [], lifted: false };
      this.drawn = this.own.points;
      this.own.lifted = false;
      this.hand = event.pointerId;
      this.#step(event, false);
      this.sending ??= setInterval(() => this.#send(), SEND_EVERY_MS);
    });
    canvas.addEventListener("pointermove", (event) => event.pointerId === this.hand && this.#step(event, true));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => event.pointerId === this.hand && this.#lift());
  }

  #step(event, drawn) {
    this.drawnAt = performance.now();
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
    this.own.lifted = true;
    this.drawnAt = performance.now();
    this.#send(true);
    this.#count();
  }

  // What was drawn by hand, in this browser.
  #kept() {
    try {
      return localStorage.getItem(KEPT)?.split("\n").filter(Boolean) ?? [];
    } catch {
      return [];
    }
  }

  #keep() {
    const rows = [...this.#kept(), JSON.stringify({ strokes: strokes(this.drawn ?? []) })].slice(-MOST_KEPT);
    try {
      localStorage.setItem(KEPT, rows.join("\n"));
      this.drawn = null;
    } catch (error) {
      this.keep.title = `This browser keeps no more: ${error.message}`;
    }
    this.#count();
  }

  #save() {
    const url = URL.createObjectURL(new Blob([`${this.#kept().join("\n")}\n`], { type: "application/x-ndjson" }));
    el("a", { href: url, download: "drawings.jsonl" }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }

  #count() {
    const many = this.#kept().length;
    this.keep.disabled = !this.drawn?.length;
    this.save.disabled = !many;
    this.save.textContent = many ? `Save ${many}` : "Save";
  }
}
