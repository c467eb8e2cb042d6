// A text that is being written: it runs on here, warm where the network was surprised, and is played by hand.

import { el } from "./dom.js";

const LONGEST = 4000;
const WARMTHS = 6;
const NEAR_PX = 40;

/** What the panel plays itself, below `<base>/text/`; the general controls leave these out. */
export const TEXT_COMMANDS = ["seed", "feed", "generate", "stop", "reset"];

/** How surprising a piece was, 0 … WARMTHS - 1, from the probability that the network gave it. */
export function warmth(p) {
  if (typeof p !== "number" || p >= 1) return 0;
  return Math.min(WARMTHS - 1, Math.floor(-Math.log2(Math.max(p, 1e-6)) * 0.75));
}

/** The running text of one generator. `take` gets its messages, `tail` what was written before. */
export class TextPanel {
  constructor(mirror, base) {
    this.mirror = mirror;
    this.base = base;
    this.length = 0;
    this.page = el("div", { class: "page", role: "log", "aria-label": "Running text", tabindex: "0" });
    this.words = el("textarea", {
      rows: 2, maxlength: 2000, spellcheck: "false", "aria-label": "Words to read", placeholder: "Words that it reads",
      onkeydown: (event) => event.key === "Enter" && !event.shiftKey && (event.preventDefault(), this.#say("feed")),
    });
    const button = (text, title, onclick) => el("button", { type: "button", text, title, onclick });
    this.box = el("section", { class: "group text-panel", "aria-label": "Text" }, el("h2", { text: "Text" }), this.page,
      el("div", { class: "field" }, this.words,
        button("Feed", "It reads these words and goes on from them", () => this.#say("feed")),
        button("Begin", "A new page that begins with these words", () => this.#say("seed"))),
      el("div", { class: "row" },
        button("Write", "Go on writing", () => mirror.fire(`${base}/text/generate`)),
        button("Stop", "Stop writing", () => mirror.fire(`${base}/text/stop`)),
        button("Reset", "An empty page, the same random numbers again", () => mirror.fire(`${base}/text/reset`))));
  }

  /** What a late reader is given: the end of the text so far, without its surprises. */
  tail(text) {
    this.#clear();
    this.#add(String(text ?? ""), 0);
    requestAnimationFrame(() => (this.page.scrollTop = this.page.scrollHeight));
  }

  /** One `text` message. */
  take({ delta, index, p, done }) {
    if (index === 0) this.#clear();
    const near = this.page.scrollHeight - this.page.scrollTop - this.page.clientHeight < NEAR_PX;
    this.#add(String(delta ?? ""), warmth(p));
    if (done) this.page.append(el("span", { class: "end", "aria-label": "End" }));
    if (near) this.page.scrollTop = this.page.scrollHeight;
  }

  #say(command) {
    if (this.words.value === "" && command === "feed") return;
    this.mirror.fire(`${this.base}/text/${command}`, [this.words.value]);
    this.words.value = "";
  }

  #clear() {
    this.page.replaceChildren();
    this.length = 0;
  }

  // Neighbours of the same warmth share an element: a page of 4000 letters stays cheap.
  #add(text, warm) {
    if (!text) return;
    const last = this.page.lastElementChild;
    if (last?.dataset.warm === String(warm)) last.append(text);
    else this.page.append(el("span", { "data-warm": warm, text }));
    this.length += text.length;
    while (this.length > LONGEST && this.page.childElementCount > 1) {
      this.length -= this.page.firstElementChild.textContent.length;
      this.page.firstElementChild.remove();
    }
    if (this.length > LONGEST) {
      const only = this.page.firstElementChild;
      only.textContent = only.textContent.slice(-LONGEST);
      this.length = LONGEST;
    }
  }
}
