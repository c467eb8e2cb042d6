// The belt of small pictures: what was shown, each where its time is, moving on; and marks where cues were recalled.

import { el } from "./dom.js";
import { headers } from "./tree.js";

const MOST_KEPT = 400;
// A name beside a mark needs so much room, in pixels.
const ROOM = 64;

/** Of one instance. `box` and `marks` are for the page. */
export class Belt {
  constructor(instance, token) {
    Object.assign(this, { instance, token, said: null, fetchedAt: 0 });
    this.pictures = new Map(); // number -> seconds
    this.images = new Map(); // number -> object URL, or null while it is fetched
    this.box = el("div", { class: "belt", "aria-hidden": "true" });
    this.marks = el("div", { class: "marks", "aria-hidden": "true" });
  }

  close() {
    this.#forget(0);
  }

  /** Ask for what is new since the last time. */
  async load() {
    const newest = Math.max(0, ...this.pictures.keys());
    try {
      const answer = await fetch(`/past/${this.instance}.json?since=${newest}`, { headers: headers(this.token), cache: "no-store" });
      if (!answer.ok) throw new Error(`the stage answered ${answer.status}`);
      const said = await answer.json();
      if (said.last < newest) this.#forget(0); // another start of the stage counts anew
      this.said = said;
      this.fetchedAt = performance.now();
      for (const [number, at] of said.pictures) this.pictures.set(number, at);
      this.#forget(said.first);
    } catch {
      return; // the page says by itself that the stage is away
    }
  }

  #forget(first) {
    for (const number of [...this.pictures.keys()]) if (!first || number < first) this.pictures.delete(number);
    for (const [number, address] of this.images) {
      if (this.pictures.has(number) && this.images.size <= MOST_KEPT) continue;
      if (address) URL.revokeObjectURL(address);
      this.images.delete(number);
    }
  }

  /** Show the last `span` seconds before `now`. */
  draw(now, span) {
    const width = this.box.clientWidth;
    if (!this.said || !width) return;
    this.#tile(now, span, width);
    this.#mark(now, span, width);
  }

  /** So many pictures as have room, each where its time is. */
  #tile(now, span, width) {
    const ratio = Number(getComputedStyle(document.documentElement).getPropertyValue("--ratio")) || 1;
    const least = (span * Math.max(36, this.box.clientHeight * Math.min(1.8, ratio))) / width;
    const kept = new Map([...this.box.children].map((tile) => [Number(tile.dataset.number), tile]));
    const tiles = [];
    let slot = -1;
    for (const [number, at] of this.pictures) {
      // One for each stretch of the stage's own time, so that they stay the same while they move on.
      if (now - at > span + least || Math.floor(at / least) === slot) continue;
      slot = Math.floor(at / least);
      const tile = kept.get(number) ?? el("img", { alt: "", draggable: "false", "data-number": number });
      tile.style.left = `${100 * (1 - (now - at) / span)}%`;
      tile.style.width = `${(100 * least) / span}%`;
      this.#picture(tile, number);
      tiles.push(tile);
    }
    if (tiles.length !== kept.size || tiles.some((tile) => !tile.isConnected)) this.box.replaceChildren(...tiles);
  }

  async #picture(tile, number) {
    if (tile.src || this.images.get(number) === null) return;
    const known = this.images.get(number);
    if (known) {
      tile.src = known;
      return;
    }
    this.images.set(number, null);
    try {
      const answer = await fetch(`/past/${this.instance}/${number}.jpg`, { headers: headers(this.token), cache: "no-store" });
      if (!answer.ok) throw new Error(`the stage answered ${answer.status}`);
      this.images.set(number, URL.createObjectURL(await answer.blob()));
      tile.src = this.images.get(number);
    } catch {
      this.images.delete(number);
    }
  }

  /** Where cues were recalled. */
  #mark(now, span, width) {
    let free = -Infinity;
    const kept = new Map([...this.marks.children].map((mark) => [mark.dataset.at, mark]));
    const marks = [];
    for (const [name, at] of this.said.cues) {
      const left = 1 - (now - at) / span;
      if (left < 0) continue;
      const mark = kept.get(String(at)) ?? el("i", { "data-at": at }, el("span", { text: name }));
      const named = left * width >= free && width - left * width > ROOM / 2;
      if (named) free = left * width + ROOM;
      mark.toggleAttribute("data-named", named);
      mark.style.left = `${100 * left}%`;
      marks.push(mark);
    }
    if (marks.length !== kept.size || marks.some((mark) => !mark.isConnected)) this.marks.replaceChildren(...marks);
  }
}
