// Showing a picture to a generator that can see: a camera or a file, as small JPEGs.

import { el } from "./dom.js";
import { showing } from "./packet.js";

const EVERY_MS = 1000 / 15;
const LONGEST = 320;
const QUALITY = 0.85;
const LARGEST_WAITING = 1 << 17;

/** Camera and file for one stream. `sees` is [width, height] of what the generator looks at. */
export class Sight {
  constructor(link, mirror, base, stream, sees, notice) {
    Object.assign(this, { link, mirror, base, stream, notice });
    const scale = Math.min(1, LONGEST / Math.max(...sees));
    this.canvas = el("canvas", { class: "seen", width: Math.round(sees[0] * scale), height: Math.round(sees[1] * scale), role: "img", "aria-label": "What the generator is shown", hidden: true });
    this.video = el("video", { muted: true, playsinline: true });
    this.file = el("input", { type: "file", accept: "image/*", hidden: true, onchange: () => this.#open() });
    this.camera = el("button", { type: "button", text: "Camera", "aria-pressed": "false", onclick: () => this.#toggle() });
    this.box = el("section", { class: "group", "aria-label": "Show it a picture" }, el("h2", { text: "Show it a picture" }), this.canvas,
      el("div", { class: "row" }, this.camera, el("button", { type: "button", text: "Picture", onclick: () => this.file.click() }),
        el("button", { type: "button", text: "Keep", title: "Stay where this picture has led", onclick: () => mirror.fire(`${base}/see/keep`) })), this.file);
    this.box.addEventListener("dragover", (event) => event.preventDefault());
    this.box.addEventListener("drop", (event) => {
      event.preventDefault();
      this.#read(event.dataTransfer.files[0]);
    });
  }

  close() {
    clearInterval(this.timer);
    for (const track of this.video.srcObject?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
    this.camera.setAttribute("aria-pressed", "false");
  }

  async #toggle() {
    if (this.video.srcObject) return this.close();
    try {
      this.video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480 } });
      await this.video.play();
    } catch (error) {
      this.video.srcObject = null;
      const why = window.isSecureContext ? error.message : "browsers give a camera only to https and to 127.0.0.1";
      return this.notice("The camera cannot be used.", String(why));
    }
    this.camera.setAttribute("aria-pressed", "true");
    this.#follow();
    this.timer = setInterval(() => this.#show(this.video, this.video.videoWidth, this.video.videoHeight), EVERY_MS);
  }

  #open() {
    this.#read(this.file.files[0]);
    this.file.value = "";
  }

  async #read(file) {
    if (!file) return;
    this.close();
    try {
      const bitmap = await createImageBitmap(file);
      this.#follow();
      this.#show(bitmap, bitmap.width, bitmap.height);
      bitmap.close();
    } catch {
      this.notice("This file is no picture that the browser can read.", "a JPEG or PNG is");
    }
  }

  // What is shown must be seen: nobody looks for a knob first.
  #follow() {
    const address = `${this.base}/params/follow`;
    if (this.mirror.value(address) === 0) this.mirror.set(address, 1);
  }

  /** Draw the middle of `image` in the shape that the generator sees, and send it. */
  #show(image, width, height) {
    const { canvas } = this;
    if (!width || this.busy || this.link.socket?.bufferedAmount > LARGEST_WAITING) return;
    const scale = Math.max(canvas.width / width, canvas.height / height);
    canvas.hidden = false;
    canvas.getContext("2d").drawImage(image, (canvas.width - width * scale) / 2, (canvas.height - height * scale) / 2, width * scale, height * scale);
    this.busy = true;
    canvas.toBlob(async (blob) => {
      this.busy = false;
      if (blob && this.link.state === "open") this.link.socket.send(showing(await blob.arrayBuffer(), canvas.width, canvas.height, this.stream));
    }, "image/jpeg", QUALITY);
  }
}
