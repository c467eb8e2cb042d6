// Learning a map: show some looks at some places of a gesture, and the stage plays what lies between.

import { byId, el, say, spoken } from "./dom.js";
import { Pad, percent, tile } from "./maps_parts.js";
import { Targets } from "./maps_targets.js";
import { slider } from "./slider.js";
import { headers } from "./tree.js";

const ROOT = "/livegen/map";
const PAD = ["/pad:0", "/pad:1"];
const OUTSIDE = 0.5;
const REST_MS = 150;
const KINDS = { auto: "whatever misses least", ridge: "a plane", knn: "nearest examples", smooth: "a smooth sheet", mlp: "a small net" };

/** The panel; one for all instances, since a map may play several. Made anew whenever the tree is another one. */
export class MapPanel {
  constructor(link, mirror, params, instance) {
    Object.assign(this, { link, mirror, params, instance, maps: [] });
    this.map = MapPanel.chosen ?? 0;
    this.box = byId("maps");
    this.button = byId("maps-open");
    this.button.hidden = !params.some(({ address }) => address === `${ROOT}/train`);
    this.button.onclick = () => this.open(this.box.hidden);
    this.#build();
    mirror.watch(`${ROOT}/offered`, (said) => this.#offer(String(said ?? "").split(" ").filter(Boolean)));
    mirror.watch(`${ROOT}/listen`, (on) => this.listen.setAttribute("aria-pressed", Boolean(on)));
    this.#attend();
    if (!this.box.hidden) this.open(true);
  }

  get base() {
    return this.maps[this.map]?.base ?? ROOT;
  }

  get shown() {
    return !this.box.hidden && !document.body.classList.contains("view");
  }

  open(on = true) {
    if (on) this.opened = performance.now();
    this.box.hidden = !on;
    this.button.setAttribute("aria-pressed", on);
    if (!on) return this.mirror.value(`${ROOT}/listen`) && this.mirror.set(`${ROOT}/listen`, false);
    this.box.scrollIntoView({ block: "start" });
    this.fetch();
  }

  /** A key of its own was pressed while it is open. */
  press(code) {
    const act = { KeyA: this.add, KeyS: this.record, KeyT: this.train, KeyP: this.play }[code];
    if (!this.shown || !act) return false;
    act.click();
    return true;
  }

  // The page --------------------------------------------------------------------------------------

  #build() {
    const button = (name, key, act, more = {}) => el("button", { type: "button", onclick: act, ...more }, el("span", { text: name }), el("kbd", { text: key }));
    this.state = el("p", { class: "map-state", role: "status" });
    this.outside = el("span", { class: "map-outside", "data-off": true, text: "Outside of what you showed" });
    this.advice = el("ul", { class: "map-advice" });
    this.which = el("select", { "aria-label": "Which map", hidden: true, onchange: () => this.#choose(Number(this.which.value)) });
    this.listen = el("button", { type: "button", "aria-pressed": "false", text: "Choose by moving", onclick: () => this.mirror.set(`${ROOT}/listen`, this.listen.getAttribute("aria-pressed") !== "true") });
    this.offers = el("div", { class: "map-offers" });
    this.hint = el("p", { class: "quiet" });
    this.inputs = el("div", { class: "map-rows", role: "list", "aria-label": "Inputs" });
    this.targets = new Targets(this);
    this.pad = new Pad((x, y) => this.link.set({ "/pad": [x, y] }));
    this.usePad = el("button", { class: "wide", type: "button", text: "Play with a pad on this page", onclick: () => this.#setInputs([...this.names("inputs"), ...PAD]) });
    this.record = button("Record", "S", () => this.mirror.fire(`${this.base}/${this.recording ? "stopRecording" : "startRecording"}`), { class: "record", "aria-pressed": "false", title: "Take down examples while the hand moves" });
    this.add = button("Add look", "A", () => this.#add(), { title: "One example: the hand is here, and this is how it should look" });
    this.train = button("Learn", "T", () => this.mirror.fire(`${this.base}/${this.training ? "cancelTrain" : "train"}`));
    this.play = button("Play", "P", () => this.mirror.fire(`${this.base}/${this.running ? "stopRunning" : "startRunning"}`), { "aria-pressed": "false", title: "Let the map play; what a hand took comes back" });
    this.examples = el("div", { class: "map-examples", role: "list", "aria-label": "Examples" });
    this.undo = el("button", { type: "button", text: "Undo", hidden: true, onclick: () => this.mirror.fire(`${this.base}/undo`) });
    this.clear = el("button", { type: "button", text: "Delete all", onclick: () => this.#delete("deleteAllExamples", true) });
    this.count = el("span");
    this.shownBox = el("section", {}, el("h3", {}, this.count), this.examples, el("div", { class: "map-tools" }, this.clear, this.undo));
    this.kind = el("select", { "aria-label": "How it learns", onchange: () => this.mirror.set(`${this.base}/kind`, this.kind.value) },
      ...Object.entries(KINDS).map(([value, text]) => el("option", { value, text: spoken(text) })));
    this.tried = el("p", { class: "quiet" });
    this.steady = el("div");
    this.box.replaceChildren(
      el("div", { class: "map-head" }, el("h2", { text: "Learn a map" }), this.which,
        el("button", { class: "icon", type: "button", "aria-label": "Close learning", onclick: () => this.open(false) }, el("span", { "aria-hidden": "true", text: "×" }))),
      this.state,
      el("div", { class: "map-acts" }, this.add, this.record, this.train, this.play),
      this.advice,
      el("section", {}, el("h3", {}, el("span", { text: "What plays" }), this.outside, this.listen), this.hint, this.offers, this.inputs, this.pad.box, this.usePad),
      this.targets.box,
      this.shownBox,
      el("details", {}, el("summary", { text: "How it learns" }), el("label", { class: "line" }, el("span", { class: "name", text: "Way" }), this.kind), this.steady, this.tried));
  }

  // Watch the words of the map that is chosen.
  #attend() {
    const watch = (word, show) => this.mirror.watch(`${this.base}/${word}`, show);
    this.attending = this.base;
    watch("state", (said) => say(this.state, String(said ?? "")));
    watch("recording", (on) => this.#press(this.record, (this.recording = Boolean(on)), on ? "Stop" : "Record"));
    watch("training", (on) => say(this.train.firstChild, (this.training = Boolean(on)) ? "Call it off" : "Learn"));
    watch("run", (on) => this.#press(this.play, (this.running = Boolean(on)), on ? "Playing" : "Play"));
    watch("kind", (kind) => (this.kind.value = String(kind)));
    watch("values", (values) => this.#meter(values));
    watch("novelty", (new_) => this.outside.toggleAttribute("data-off", !(Number(new_) > OUTSIDE)));
    watch("hands", (said) => this.targets.mark(String(said ?? "").split(",")));
    watch("revision", () => this.shown && this.fetch());
    const smoothing = this.params.find(({ address }) => address === `${this.base}/smoothing`);
    this.steady.replaceChildren(...(smoothing ? [slider(smoothing, this.mirror)] : []));
  }

  #press(button, on, text) {
    button.setAttribute("aria-pressed", on);
    say(button.firstChild, text);
  }

  // One question at a time, and a rest after it: a demonstration changes everything twenty times a second.
  async fetch() {
    if (this.asking) return (this.again = true);
    this.asking = true;
    try {
      const answer = await fetch("/maps", { headers: headers(this.link.token), cache: "no-store" });
      if (answer.ok) this.maps = await answer.json();
      if (answer.ok) this.#render();
    } catch {
      // The stage is away; the next revision asks again.
    }
    setTimeout(() => {
      const again = this.again;
      this.asking = this.again = false;
      if (again) this.fetch();
    }, REST_MS);
  }

  #choose(index) {
    this.map = MapPanel.chosen = index;
    if (this.attending !== this.base) this.#attend();
    this.#render();
  }

  #render() {
    const map = this.maps[this.map] ?? this.maps[0];
    if (!map) return;
    if (this.attending !== map.base) this.#attend();
    this.which.hidden = this.maps.length < 2;
    this.which.replaceChildren(...this.maps.map(({ name }, i) => el("option", { value: i, text: spoken(name), selected: i === this.map })));
    this.advice.replaceChildren(...map.advice.map((said) => el("li", { text: said })));
    this.#inputs(map);
    this.targets.show(map);
    this.#examples(map);
    this.train.toggleAttribute("data-wanted", map.stale && map.count > 1);
    const tried = Object.entries(map.model?.tried ?? {}).map(([kind, error]) => `${KINDS[kind]} ${percent(error)}`);
    say(this.tried, tried.length ? `Missed of what was left out: ${tried.join(", ")}.` : "");
  }

  // Inputs ----------------------------------------------------------------------------------------

  names(part) {
    return (this.maps[this.map]?.[part] ?? []).map(({ name }) => name);
  }

  #setInputs(names) {
    this.mirror.fire(`${this.base}/inputs`, [...new Set(names)]);
  }

  #inputs(map) {
    const names = map.inputs.map(({ name }) => name);
    this.meters = map.inputs.map(({ name, label, span }) => {
      const row = el("div", { class: "map-row", role: "listitem", "data-input": name }, el("span", { class: "fill" }), el("span", { class: "name", text: label || name, title: name }),
        el("button", { class: "off", type: "button", "aria-label": `Without ${name}`, text: "×", onclick: () => this.#setInputs(names.filter((other) => other !== name)) }));
      return { row, low: span?.[0] ?? 0, high: span?.[1] ?? 1 };
    });
    this.inputs.replaceChildren(...this.meters.map(({ row }) => row));
    const padded = PAD.every((name) => names.includes(name));
    this.pad.box.hidden = !padded;
    this.usePad.hidden = padded;
    this.pad.show(padded && names.length === 2 ? map.examples : []);
    this.#meter(this.mirror.value(`${map.base}/values`));
    this.#hint();
  }

  #meter(values) {
    if (!Array.isArray(values) || !this.meters) return;
    this.meters.forEach((meter, i) => {
      const value = values[i] ?? 0;
      meter.low = Math.min(meter.low, value);
      meter.high = Math.max(meter.high, value);
      meter.row.style.setProperty("--to", meter.high > meter.low ? (value - meter.low) / (meter.high - meter.low) : 0);
    });
    const at = PAD.map((name) => this.names("inputs").indexOf(name));
    if (at.every((i) => i >= 0)) this.pad.stand(values[at[0]], values[at[1]]);
  }

  #offer(names) {
    const fresh = names.filter((name) => !this.names("inputs").includes(name));
    const all = fresh.length > 1 ? [el("button", { type: "button", text: `All ${fresh.length}`, onclick: () => this.#setInputs([...this.names("inputs"), ...fresh]) })] : [];
    const key = fresh.join(" ");
    if (this.offered !== key) {
      this.offered = key;
      this.offers.replaceChildren(...all, ...fresh.map((name) => el("button", { type: "button", text: `+ ${name}`, onclick: () => this.#setInputs([...this.names("inputs"), name]) })));
    }
    this.#hint();
  }

  #hint() {
    const listening = this.listen.getAttribute("aria-pressed") === "true";
    say(this.hint, listening ? (this.offered ? "These move. Take what should play." : "Move what should play: a fader, a hand, a phone.") : this.meters?.length ? "" : "Nothing yet. Choose by moving it.");
    this.hint.hidden = !this.hint.textContent;
  }

  // Examples --------------------------------------------------------------------------------------

  #add() {
    this.shot = { picture: thumbnail(), after: this.maps[this.map]?.count ?? 0 };
    this.mirror.fire(`${this.base}/add`);
  }

  #examples(map) {
    const odd = new Set(map.advice.flatMap((said) => (/ask for different looks/.test(said) ? said.match(/\d+/g).map(Number) : [])));
    const spans = new Map(map.inputs.map(({ name, span }) => [name, span]));
    if (this.shot && map.count === this.shot.after + 1) {
      const last = map.examples.at(-1);
      if (last) MapPanel.shots.set(key(last), this.shot.picture);
      this.shot = null;
    }
    this.examples.replaceChildren(...[...map.examples].reverse().map((example) => tile(example, {
      spans, odd: odd.has(example.number), picture: MapPanel.shots.get(key(example)), params: this.params,
      remove: () => this.#delete("deleteExample", example.number),
    })));
    this.shownBox.hidden = !map.count && this.undo.hidden;
    this.clear.hidden = !map.count;
    say(this.count, `${map.count} ${map.count === 1 ? "example" : "examples"}${map.count > map.examples.length ? `, the newest ${map.examples.length}` : ""}`);
  }

  #delete(word, which) {
    this.mirror.fire(`${this.base}/${word}`, word === "deleteExample" ? [which] : true);
    this.undo.hidden = false;
  }
}
MapPanel.shots = new Map();

const key = ({ in: heard, out }) => JSON.stringify([heard, out]);

/** What the page shows at this moment, small. */
function thumbnail() {
  const canvas = el("canvas", { width: 96, height: 96 }), from = byId("picture"), side = Math.min(from.width, from.height);
  canvas.getContext("2d").drawImage(from, (from.width - side) / 2, (from.height - side) / 2, side, side, 0, 0, 96, 96);
  return canvas;
}
