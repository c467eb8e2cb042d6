// The picture: the newest frame on a canvas, one decode at a time, acknowledged once it is drawn.

import { IMAGE } from "./packet.js";

const RUNGS = [256, 512, 1024, 2048];
const RATE_WINDOW_MS = 2000;

/** Draws the frames of one stream of `link` on `canvas`. `shaped(width, height)` hears of a new size. */
export class Picture {
  constructor(canvas, link, shaped) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.link = link;
    this.shaped = shaped;
    this.stream = 0;
    this.busy = false;
    this.next = null;
    this.times = [];
    link.on("frame", (header, buffer) => this.offer(header, buffer));
    link.on("state", () => (this.next = null));
    document.addEventListener("visibilitychange", () => link.send({ type: document.hidden ? "pause" : "resume" }));
  }

  /** The longest side worth asking for: one of a few, since the stage encodes once per size. */
  wanted() {
    const side = Math.max(this.canvas.clientWidth, this.canvas.clientHeight) * (window.devicePixelRatio || 1);
    return RUNGS.find((rung) => rung >= side * 0.8) ?? RUNGS.at(-1);
  }

  /** Frames drawn per second, over the last two seconds. */
  get rate() {
    const since = performance.now() - RATE_WINDOW_MS;
    while (this.times.length && this.times[0] < since) this.times.shift();
    return (this.times.length * 1000) / RATE_WINDOW_MS;
  }

  offer(header, buffer) {
    if (header.kind !== IMAGE || header.stream !== this.stream || !header.mime) return;
    this.next = { header, buffer };
    if (!this.busy) this.#work();
  }

  async #work() {
    this.busy = true;
    while (this.next) {
      const { header, buffer } = this.next;
      this.next = null;
      try {
        const blob = new Blob([new Uint8Array(buffer, header.size)], { type: header.mime });
        this.#draw(header, await createImageBitmap(blob));
      } catch (error) {
        console.warn("livegen: a frame could not be decoded", header.seq, error.message);
      }
      // A frame that could not be shown is acknowledged too, or its credit would be lost for good.
      this.link.send({ type: "ack", seq: header.seq, stream: header.stream });
    }
    this.busy = false;
  }

  #draw(header, bitmap) {
    const { canvas } = this;
    if (canvas.width !== bitmap.width || canvas.height !== bitmap.height) {
      canvas.width = bitmap.width;
      canvas.height = bitmap.height;
      this.shaped(bitmap.width, bitmap.height);
    }
    this.context.drawImage(bitmap, 0, 0);
    bitmap.close();
    this.times.push(performance.now());
    this.link.confirm(header.applied);
  }
}
