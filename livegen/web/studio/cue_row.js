// One cue of the list: its line, and what can be set about it.

import { el, say } from "./dom.js";
import { thumbnail } from "./thumbs.js";

const CURVES = ["smooth", "linear", "square", "root", "exp", "log"];
const SWITCHES = { middle: "half way", end: "at the end" };
const SURE_MS = 3000;
export const QUANTA = { now: "at once", beat: "on the beat", bar: "on the bar" };
export const seconds = (value) => `${Number(value.toFixed(value < 10 ? 2 : 1))} s`;

/** A line of `list`; `tell(verb, ...arguments)` says it to every generator that has the cue. */
export class Row {
  constructor(list, name, tell) {
    this.list = list;
    this.name = name;
    this.tell = tell;
    this.fields = new Map();
    this.image = el("img", { alt: "", hidden: true, draggable: "false" });
    this.handle = el("button", { class: "grip", type: "button", "data-part": "grip", text: "⠿", onpointerdown: (event) => this.#drag(event), onkeydown: (event) => this.#key(event) });
    this.play = el("button", { class: "play", type: "button", "data-part": "play", onclick: () => tell("load", this.name) }, this.image, el("span", { class: "order" }));
    this.title = el("input", { class: "title", type: "text", maxlength: 64, autocomplete: "off", spellcheck: "false", value: name, "data-part": "title", onchange: () => this.#rename() });
    this.how = el("span", { class: "how" });
    this.more = el("button", { class: "more", type: "button", "data-part": "more", "aria-expanded": "false", onclick: () => this.#unfold() }, this.how);
    this.bar = el("span", { class: "way" });
    this.node = el("li", { "data-name": name }, this.bar, this.handle, this.play, el("div", { class: "words" }, this.title, this.more), this.#sheet());
  }

  #sheet() {
    const number = (key, attributes) => this.#field(key, el("input", { type: "number", inputmode: "decimal", min: 0, step: 0.1, ...attributes }));
    const choice = (key, words) => this.#field(key, el("select", {}, ...Object.entries(words).map(([value, text]) => el("option", { value, text }))));
    const label = (text, field) => el("label", {}, el("span", { text }), field);
    const away = el("button", { class: "away", type: "button", text: "Delete", onclick: () => this.#delete(away) });
    this.sheet = el("div", { class: "sheet-of-cue", hidden: true },
      label("Seconds", number("seconds", { max: 3600 })),
      label("Curve", choice("curve", Object.fromEntries(CURVES.map((curve) => [curve, curve])))),
      label("Goes", choice("quantum", QUANTA)),
      label("Follows after", number("follow", { placeholder: "waits for go" })),
      label("Looks switch", choice("switch", SWITCHES)), away);
    return this.sheet;
  }

  #field(key, field) {
    field.dataset.part = key;
    field.onchange = () => {
      if (field.value === "" && key !== "follow") return this.learn(this.cue);
      this.tell(key, this.name, field.value === "" ? "off" : field.type === "number" ? Number(field.value) : field.value);
    };
    this.fields.set(key, field);
    return field;
  }

  /** Fetch its picture, the first time that it is looked at. */
  paint() {
    if (!this.painted) thumbnail(this.image, this.name, this.list.picture(this.name), this.list.token);
    this.painted = true;
  }

  /** Its place in the list, counted from 1. */
  number(n, of) {
    this.at = n;
    this.of = of;
    say(this.play.querySelector(".order"), String(n));
    this.handle.setAttribute("aria-label", `Move ${this.name}, ${n} of ${of}: arrow keys`);
  }

  /** What it is set to. Whatever is being typed stays. */
  learn(cue) {
    this.cue = cue;
    for (const [key, field] of this.fields) {
      if (field !== document.activeElement) field.value = cue[key] ?? "";
    }
    const words = [seconds(cue.seconds), cue.curve === "smooth" ? "" : cue.curve, cue.quantum === "now" ? "" : cue.quantum, cue.follow == null ? "" : `then ${cue.follow ? `${seconds(cue.follow)} and ` : ""}on`];
    say(this.how, words.filter(Boolean).join(" · "));
    this.more.setAttribute("aria-label", `Settings of ${this.name}: ${this.how.textContent}`);
    this.play.setAttribute("aria-label", `Go to ${this.name}`);
    this.title.setAttribute("aria-label", `Name of cue ${this.name}`);
  }

  mark(on, next, waits) {
    this.node.toggleAttribute("data-on", on);
    this.node.toggleAttribute("data-next", next);
    this.node.toggleAttribute("data-waits", waits);
    if (on) this.node.setAttribute("aria-current", "true");
    else this.node.removeAttribute("aria-current");
  }

  /** How far the morph to it has come, 0..1; 0 while there is none. */
  way(share) {
    this.bar.style.transform = `scaleX(${share})`;
  }

  #unfold() {
    this.sheet.hidden = !this.sheet.hidden;
    this.more.setAttribute("aria-expanded", !this.sheet.hidden);
  }

  #rename() {
    const name = this.title.value.trim();
    if (name && name !== this.name) this.tell("rename", this.name, name);
    this.title.value = this.name;
    this.title.blur();
  }

  // The first press asks, a second one within three seconds is an answer.
  #delete(away) {
    if (away.hasAttribute("data-sure")) return this.tell("delete", this.name);
    away.setAttribute("data-sure", "");
    say(away, "Sure?");
    setTimeout(() => {
      away.removeAttribute("data-sure");
      say(away, "Delete");
    }, SURE_MS);
  }

  #key(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    const to = this.at + by;
    if (to >= 1 && to <= this.of) this.list.put(this.name, to);
  }

  #drag(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    // The list holds the pointer: a row that is put elsewhere would lose it.
    const { node } = this, list = node.parentNode, rows = () => [...list.children];
    list.setPointerCapture(event.pointerId);
    node.classList.add("held");
    const move = ({ clientY }) => {
      const over = rows().find((row) => row !== node && clientY < row.getBoundingClientRect().top + row.offsetHeight / 2);
      if (over ? over.previousElementSibling !== node : node.nextElementSibling) list.insertBefore(node, over ?? null);
    };
    const end = () => {
      list.removeEventListener("pointermove", move);
      node.classList.remove("held");
      const to = rows().indexOf(node) + 1;
      if (to && to !== this.at) this.list.put(this.name, to);
    };
    list.addEventListener("pointermove", move);
    list.addEventListener("lostpointercapture", end, { once: true });
  }
}
