// Exploring by eye: nine variations of what plays. A touch goes there, and the next nine follow what was touched.

import { byId, calm, el, say } from "./dom.js";

const COUNT = 9;
// A block of keys as the tiles lie, by where they are and not by what is printed on them.
const KEYS = ["KeyQ", "KeyW", "KeyE", "KeyA", "KeyS", "KeyD", "KeyZ", "KeyX", "KeyC"];
const LONGEST_NAME = 40;

/** The panel of one instance; the round and the picks are the stage's, so that every page shows the same nine. */
export class Explore {
  constructor(link, mirror, instance) {
    Object.assign(this, { link, mirror, instance, base: `/livegen/${instance}`, round: 0, wanted: "" });
    this.tiles = KEYS.map((code, i) => this.#tile(i, code));
    this.back = el("button", { type: "button", text: "Back", title: "Undo the last pick, or the last nine (backspace)", onclick: () => this.#undo() });
    this.more = el("button", { class: "more", type: "button", title: "Nine new ones, by what you picked (N)", onclick: () => this.next() }, el("span", { text: "More" }), el("kbd", { text: "N" }));
    this.hint = el("p", { class: "quiet", role: "status" });
    this.box = byId("explore");
    this.box.replaceChildren(
      el("div", { class: "explore-head" }, el("h2", { text: "Variations" }), this.back, this.more,
        el("button", { class: "icon", type: "button", "aria-label": "Close the variations", onclick: () => this.open(false) }, el("span", { "aria-hidden": "true", text: "×" }))),
      el("div", { class: "variations" }, ...this.tiles.map((tile) => tile.box)), this.hint);
    this.button = byId("explore-open");
    this.button.hidden = false;
    this.button.onclick = () => this.open(this.box.hidden);
    this.#label();
    mirror.watch(`${this.base}/explore/round`, (round) => this.#turn(Number(round) || 0));
    mirror.watch(`${this.base}/explore/picked`, (said) => this.#mark(String(said ?? "")));
    if (!this.box.hidden) this.open(true);
  }

  /** Leave: another instance is being shown. The panel stays open for it, if it can be explored too. */
  close(successor) {
    this.wanted = "closed";
    this.button.hidden = true;
    if (!successor) this.open(false);
  }

  /** Show or hide the panel; the first time there is something to look at at once. */
  open(on = true) {
    if (on) this.opened = performance.now();
    this.box.hidden = !on;
    this.button.setAttribute("aria-pressed", on);
    document.body.classList.toggle("exploring", on);
    if (!on) return;
    byId("panel").scrollTop = 0;
    this.box.scrollIntoView({ block: "nearest" });
    if (this.round) this.#load();
    else this.next();
  }

  get shown() {
    return !this.box.hidden && !document.body.classList.contains("view");
  }

  next() {
    if (!this.shown) return this.open(true);
    this.mirror.fire(`${this.base}/explore/next`);
  }

  /** A key of the block was pressed: pick what lies there. True when it was one of them and the panel is open. */
  press(code) {
    const index = KEYS.indexOf(code);
    if (!this.shown || (index < 0 && code !== "Backspace")) return false;
    if (index < 0) this.#undo();
    else this.#pick(index);
    return true;
  }

  #tile(index, code) {
    const image = el("img", { alt: "", draggable: "false", hidden: true });
    const words = el("span", { class: "words" });
    const pin = el("button", { class: "pin", type: "button", "aria-label": `Keep variation ${index + 1} as a cue`, title: "Keep as a cue", onclick: () => this.#keep(index) },
      el("span", { "aria-hidden": "true", text: "+" }));
    const go = el("button", { class: "go", type: "button", "aria-pressed": "false", onclick: () => this.#pick(index) },
      image, el("span", { class: "arriving" }), el("span", { class: "number", "data-code": code, text: code.slice(3) }), words);
    return { image, words, pin, go, box: el("div", { class: "variation" }, go, pin) };
  }

  // What is printed on a key of the block, where the browser tells.
  async #label() {
    const layout = await navigator.keyboard?.getLayoutMap?.().catch(() => undefined);
    for (const number of layout ? this.box.querySelectorAll("[data-code]") : []) {
      say(number, (layout.get(number.dataset.code) ?? "").toUpperCase());
    }
  }

  #turn(round) {
    if (round === this.round) return;
    this.round = round;
    for (const tile of this.tiles) tile.box.removeAttribute("data-kept");
    if (this.shown) this.#load();
  }

  /** Fetch the nine one by one, each as it is painted; another round meanwhile takes over. */
  async #load() {
    const key = `${this.base} ${this.round}`;
    if (this.wanted === key) return;
    this.wanted = key;
    if (!this.round) return this.#clear();
    say(this.hint, "Touch what you like. More leads on from there.");
    for (const tile of this.tiles) tile.box.setAttribute("data-waiting", "");
    for (let i = 0; i < COUNT && this.wanted === key; i++) {
      try {
        const answer = await this.link.ask({ what: "explore", generator: this.instance, index: i + 1 });
        if (this.wanted === key && answer.round === this.round) this.#show(this.tiles[i], answer);
      } catch (error) {
        if (this.wanted !== key) return;
        this.wanted = "";
        say(this.hint, error.message);
        return;
      }
    }
  }

  #clear() {
    for (const tile of this.tiles) {
      tile.image.hidden = true;
      say(tile.words, "");
    }
    say(this.hint, "More brings nine.");
  }

  #show(tile, { codec, image, words }) {
    tile.image.src = `data:image/${codec};base64,${image}`;
    tile.image.hidden = false;
    tile.box.removeAttribute("data-waiting");
    tile.said = String(words);
    say(tile.words, tile.said);
  }

  // The picks of this round; the last of them is what plays or is on its way.
  #mark(said) {
    const picks = said.split(",").filter(Boolean).map(Number);
    this.tiles.forEach((tile, i) => {
      tile.box.toggleAttribute("data-picked", picks.includes(i + 1));
      tile.box.toggleAttribute("data-on", picks.at(-1) === i + 1);
      tile.go.setAttribute("aria-pressed", picks.includes(i + 1));
    });
  }

  #pick(index) {
    if (!this.round) return;
    const chosen = document.querySelector("input[name=morph]:checked")?.value ?? "";
    this.mirror.fire(`${this.base}/explore/pick`, chosen === "" ? [index + 1] : [index + 1, Number(chosen)]);
    const seconds = chosen === "" ? Number(this.mirror.value(`${this.base}/params/glide`)) || 0 : Number(chosen);
    if (calm() || !seconds) return;
    this.tiles[index].box.querySelector(".arriving").animate([{ transform: "scaleX(0)" }, { transform: "scaleX(1)" }], { duration: seconds * 1000 });
  }

  #undo() {
    this.mirror.fire(`${this.base}/explore/back`);
  }

  // The words that a variation has are its name as a cue.
  #keep(index) {
    const tile = this.tiles[index];
    if (!this.round || tile.box.hasAttribute("data-waiting")) return;
    const taken = String(this.mirror.value(`${this.base}/presets/entries`) ?? "").split(",");
    const name = (tile.said ?? "variation").replaceAll(",", "").slice(0, LONGEST_NAME);
    let free = name;
    for (let i = 2; taken.includes(free); i++) free = `${name} ${i}`;
    this.mirror.fire(`${this.base}/explore/keep`, [index + 1, free]);
    tile.box.setAttribute("data-kept", "");
    say(this.hint, `Kept as the cue “${free}”.`);
  }
}
