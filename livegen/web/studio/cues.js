// Cues: stored looks with their thumbnails, recalled over a morph time, saved and deleted.

import { byId, calm, el } from "./dom.js";
import { thumbnail } from "./thumbs.js";

const SURE_MS = 3000;

/** The row of cues of one instance. `recalled` keeps the last one that was asked for here. */
export class Cues {
  constructor(mirror, base, token) {
    this.mirror = mirror;
    this.base = base;
    this.token = token;
    this.names = [];
    this.places = new Map();
    this.seconds = new Map();
    this.buttons = new Map();
    this.row = byId("cue-row");
    this.row.replaceChildren();
    byId("cue-edit").onclick = () => this.#edit(!document.body.classList.contains("editing"));
    byId("cue-save").onsubmit = (event) => this.#save(event);
    this.#edit(false);
    mirror.watch(`${base}/presets/entries`, (said) => this.list(String(said ?? "").split(",").filter(Boolean)));
    mirror.watch(`${base}/presets/current`, (name) => this.mark(String(name ?? "")));
  }

  /** The names there are. Only a different list builds the row again. */
  list(names) {
    byId("cue-none").hidden = names.length > 0;
    if (names.join("\n") === this.names.join("\n")) return;
    this.names = names;
    const kept = this.buttons;
    this.buttons = new Map(names.map((name) => [name, kept.get(name) ?? this.#button(name)]));
    this.row.replaceChildren(...this.buttons.values());
    names.forEach((name, i) => (this.buttons.get(name).querySelector(".number").textContent = i < 8 ? i + 1 : ""));
  }

  /** What the stage says about its cues: [{name, on, seconds, xy}]. */
  learn(cues) {
    this.places.clear();
    const own = (cue) => !cue?.on || `/livegen/${cue.on}` === this.base;
    for (const cue of Array.isArray(cues) ? cues.filter(own) : []) {
      if (Array.isArray(cue?.xy)) this.places.set(cue.name, cue.xy);
      if (typeof cue?.seconds === "number") this.seconds.set(cue.name, cue.seconds);
    }
  }

  /** Where the cues stand on the plane, as far as the stage has said it; else on its ring. */
  placed() {
    if (this.places.size) return [...this.places].map(([name, place]) => ({ name, place }));
    return this.names.map((name, i) => {
      const turn = (2 * Math.PI * i) / this.names.length;
      return { name, place: [0.5 + 0.42 * Math.sin(turn), 0.5 + 0.42 * Math.cos(turn)] };
    });
  }

  /** Recall the cue at `index` of the row. */
  recallAt(index) {
    if (this.names[index]) this.recall(this.names[index]);
  }

  /** Go to a cue within the chosen time, or within its own. */
  recall(name) {
    const chosen = document.querySelector("input[name=morph]:checked")?.value ?? "";
    this.mirror.fire(`${this.base}/presets/load`, chosen === "" ? [name] : [name, Number(chosen)]);
    this.mark(name, chosen === "" ? this.seconds.get(name) ?? 0 : Number(chosen));
  }

  /** Show `name` as the one that plays, arriving within `seconds`. */
  mark(name, seconds = 0) {
    for (const [other, button] of this.buttons) {
      button.toggleAttribute("data-on", other === name);
      button.querySelector(".go").setAttribute("aria-pressed", other === name);
      if (other !== name || calm() || !seconds) continue;
      const bar = button.querySelector(".arriving");
      bar.animate([{ transform: "scaleX(0)" }, { transform: "scaleX(1)" }], { duration: seconds * 1000 });
    }
  }

  #button(name) {
    const image = el("img", { alt: "", draggable: "false", hidden: true });
    thumbnail(image, name, this.base.slice("/livegen/".length), this.token);
    const away = el("button", { class: "away", type: "button", "aria-label": `Delete cue ${name}`, onclick: () => this.#delete(name, away) }, el("span", { text: "Delete" }));
    return el("div", { class: "cue", "data-cue": name },
      el("button", { class: "go", type: "button", "aria-pressed": "false", onclick: () => this.recall(name) },
        image, el("span", { class: "arriving" }), el("span", { class: "number" }), el("span", { class: "cue-name", text: name })),
      away);
  }

  #save(event) {
    event.preventDefault();
    const field = byId("cue-name");
    const name = field.value.trim() || this.#freeName();
    this.mirror.fire(`${this.base}/presets/save`, [name]);
    field.value = "";
    field.blur();
    this.#edit(false);
    const again = this.buttons.get(name);
    if (again) setTimeout(() => thumbnail(again.querySelector("img"), name, this.base.slice("/livegen/".length), this.token), 700);
  }

  #freeName() {
    let i = this.names.length + 1;
    while (this.names.includes(`cue${i}`)) i += 1;
    return `cue${i}`;
  }

  // The first press asks, a second one within three seconds is an answer.
  #delete(name, away) {
    const words = away.querySelector("span");
    if (away.hasAttribute("data-sure")) {
      this.mirror.fire(`${this.base}/presets/delete`, [name]);
      return;
    }
    away.setAttribute("data-sure", "");
    words.textContent = "Sure?";
    setTimeout(() => {
      away.removeAttribute("data-sure");
      words.textContent = "Delete";
    }, SURE_MS);
  }

  #edit(on) {
    document.body.classList.toggle("editing", on);
    byId("cue-edit").setAttribute("aria-pressed", on);
    byId("cue-save").hidden = !on;
    if (on) byId("cue-name").placeholder = this.#freeName();
  }
}
