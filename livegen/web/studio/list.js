// The cue list of the show: what plays, what is next, go and back; every cue timed, named and ordered where it stands.

import { byId, el, say, settle } from "./dom.js";
import { thumbnail } from "./thumbs.js";

const HEAD = "/livegen/cues/";
const CURVES = ["smooth", "linear", "square", "root", "exp", "log"];
const QUANTA = { now: "at once", beat: "on the beat", bar: "on the bar" };
const SWITCHES = { middle: "half way", end: "at the end" };
const USUAL = { seconds: 2, curve: "smooth", quantum: "now", switch: "middle", follow: null };
const SURE_MS = 3000;
const seconds = (value) => `${Number(value.toFixed(value < 10 ? 2 : 1))} s`;

/** The list in the panel, and the tile with go and back beside the cues. `instances` are the generators' names. */
export class CueList {
  constructor(mirror, base, token, instances) {
    this.mirror = mirror;
    this.base = base;
    this.token = token;
    this.instances = instances;
    this.names = [];
    this.cues = new Map();
    this.rows = new Map();
    byId("go").onclick = () => this.go();
    byId("back").onclick = () => this.back();
    byId("list-open").onclick = () => this.open(byId("list").hidden);
    this.#head();
    mirror.watch(`${HEAD}entries`, (said) => this.#list(String(said ?? "").split(",").filter(Boolean)));
    for (const name of ["current", "next", "countdown", "written", "loop"]) mirror.watch(HEAD + name, () => this.#show());
    for (const instance of instances) {
      mirror.watch(`/livegen/${instance}/presets/progress`, () => this.#move());
      mirror.watch(`/livegen/${instance}/presets/waiting`, () => this.#show());
    }
    this.#show();
  }

  go() {
    this.mirror.fire(`${HEAD}go`);
  }

  back() {
    this.mirror.fire(`${HEAD}back`);
  }

  open(on) {
    byId("list").hidden = !on;
    byId("list-open").setAttribute("aria-pressed", on);
    if (on) byId("list").scrollIntoView({ block: "nearest" });
  }

  /** What the stage says about its cues: [{name, on, seconds, curve, quantum, switch, follow}]. */
  learn(cues) {
    const found = new Map();
    const own = this.base.slice("/livegen/".length);
    for (const cue of Array.isArray(cues) ? cues : []) {
      if (!found.has(cue.name) || cue.on === own) found.set(cue.name, cue);
    }
    this.cues = found;
    for (const [name, row] of this.rows) row.learn(this.#cue(name));
    this.#show();
  }

  #cue(name) {
    return { ...USUAL, ...this.cues.get(name), name };
  }

  #value(name) {
    return this.mirror.value(HEAD + name);
  }

  #tell(verb, ...args) {
    this.mirror.fire(HEAD + verb, args);
  }

  #head() {
    this.written = el("p", { class: "quiet", role: "status" });
    this.none = el("p", { class: "quiet", text: "No cues yet. Edit, name, save." });
    this.loop = el("button", { type: "button", text: "Loop", "aria-pressed": "false", title: "After the last cue comes the first", onclick: () => this.mirror.set(`${HEAD}loop`, this.loop.getAttribute("aria-pressed") !== "true") });
    this.body = el("ol", { class: "list" });
    byId("list").replaceChildren(
      el("div", { class: "list-head" }, el("h2", { text: "Cue list" }), this.loop,
        el("button", { type: "button", text: "Write to patch", title: "Put these cues into the patch file; the text before is kept", onclick: () => this.#tell("write") }),
        el("button", { class: "icon", type: "button", text: "×", "aria-label": "Close the cue list", onclick: () => this.open(false) })),
      this.none, this.body, this.written);
    settle(byId("list"), "(min-width: 680px)", byId("plays"), byId("cues"));
  }

  #list(names) {
    if (names.join("\n") === this.names.join("\n")) return this.#show();
    const focused = document.activeElement?.closest?.(".list li")?.dataset.cue;
    const part = document.activeElement?.dataset?.part;
    this.names = names;
    const kept = this.rows;
    this.rows = new Map(names.map((name) => [name, kept.get(name) ?? new Row(this, name, (verb, ...args) => this.#tell(verb, ...args))]));
    this.body.replaceChildren(...[...this.rows.values()].map((row) => row.node));
    names.forEach((name, i) => this.rows.get(name).number(i + 1, names.length));
    for (const [name, row] of this.rows) row.learn(this.#cue(name));
    if (focused && part) this.rows.get(focused)?.node.querySelector(`[data-part="${part}"]`)?.focus();
    this.none.hidden = names.length > 0;
    this.#show();
  }

  /** Put a cue at `to`, counted from 1: here at once, on the stage as soon as it hears. */
  put(name, to) {
    const names = this.names.filter((other) => other !== name);
    names.splice(to - 1, 0, name);
    this.#tell("move", name, to);
    this.#list(names);
  }

  /** Where a cue's picture comes from: the generator in sight if it has the cue, else the one that has it. */
  picture(name) {
    return this.cues.get(name)?.on ?? this.base.slice("/livegen/".length);
  }

  #waiting() {
    return this.instances.map((name) => this.mirror.value(`/livegen/${name}/presets/waiting`)).find(Boolean) ?? "";
  }

  #show() {
    const current = String(this.#value("current") ?? ""), next = String(this.#value("next") ?? "");
    const waiting = this.#waiting(), left = Number(this.#value("countdown") ?? 0);
    for (const [name, row] of this.rows) row.mark(name === current, name === next, name === waiting);
    const cue = this.#cue(next);
    say(byId("go-next"), next || (this.names.length ? "the end" : "no cue"));
    say(byId("go-how"), waiting ? `${waiting} waits` : !next ? "" : left > 0 ? `in ${left.toFixed(1)} s` : `${seconds(cue.seconds)}${cue.quantum === "now" ? "" : ` · ${cue.quantum}`}`);
    byId("go").disabled = !next;
    byId("go").title = next ? `Go to ${next}: ${seconds(cue.seconds)}, ${cue.curve}, ${QUANTA[cue.quantum]} (G)` : "There is no next cue";
    this.loop.setAttribute("aria-pressed", Boolean(this.#value("loop")));
    say(this.written, String(this.#value("written") ?? ""));
    this.#move();
  }

  #move() {
    const shares = this.instances.map((name) => Number(this.mirror.value(`/livegen/${name}/presets/progress`) ?? 1));
    const share = Math.min(1, ...shares);
    const current = String(this.#value("current") ?? "");
    byId("go-way").style.transform = `scaleX(${share < 1 ? share : 0})`;
    for (const [name, row] of this.rows) row.way(name === current && share < 1 ? share : 0);
  }
}

/** One cue: its line, and what can be set about it once it is unfolded. */
class Row {
  constructor(list, name, tell) {
    this.list = list;
    this.name = name;
    this.tell = tell;
    this.fields = new Map();
    this.image = el("img", { alt: "", hidden: true, draggable: "false" });
    thumbnail(this.image, name, list.picture(name), list.token);
    this.handle = el("button", { class: "grip", type: "button", "data-part": "grip", text: "⠿", onpointerdown: (event) => this.#drag(event), onkeydown: (event) => this.#key(event) });
    this.play = el("button", { class: "play", type: "button", "data-part": "play", onclick: () => tell("load", this.name) }, this.image, el("span", { class: "order" }));
    this.title = el("input", { class: "title", type: "text", maxlength: 64, autocomplete: "off", spellcheck: "false", value: name, "data-part": "title", onchange: () => this.#rename() });
    this.how = el("span", { class: "how" });
    this.more = el("button", { class: "more", type: "button", "data-part": "more", "aria-expanded": "false", onclick: () => this.#unfold() }, this.how);
    this.bar = el("span", { class: "way" });
    this.node = el("li", { "data-cue": name }, this.bar, this.handle, this.play, el("div", { class: "words" }, this.title, this.more), this.#sheet());
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
