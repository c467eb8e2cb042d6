// What a learned map plays: chosen from everything that can be played, each with how far it is off.

import { el, say, spoken } from "./dom.js";
import { percent, set } from "./maps_parts.js";

const WHOLE = "The whole latent between cues";

/** The targets of the map that a panel shows. */
export class Targets {
  constructor(panel) {
    Object.assign(this, { panel, choosing: false });
    this.pick = el("button", { type: "button", "aria-pressed": "false", text: "Choose", onclick: () => this.choose(!this.choosing) });
    this.choices = el("div", { class: "map-choices", hidden: true });
    this.list = el("div", { class: "map-rows", role: "list", "aria-label": "Targets" });
    this.none = el("p", { class: "quiet", text: "Nothing yet: knobs, or the whole latent between your cues." });
    this.box = el("section", {}, el("h3", {}, el("span", { text: "What it plays" }), this.pick), this.choices, this.none, this.list);
  }

  #playable() {
    const ours = this.panel.params.filter(({ address, type, writable }) => writable && ["float", "int", "bool", "enum", "vector"].includes(type)
      && /^\/livegen\/[^/]+\/(params\/.+|z|presets\/weights)$/.test(address) && !address.startsWith("/livegen/map/"));
    const rank = ({ address }) => (address.endsWith("/presets/weights") ? 0 : address.endsWith("/z") ? 1 : 2);
    return ours.map((param) => ({ name: param.address.slice("/livegen/".length), of: param.address.split("/")[2], rank: rank(param), label: called(param) }))
      .sort((a, b) => (a.of === b.of ? a.rank - b.rank : 0));
  }

  choose(on) {
    this.choosing = on;
    this.pick.setAttribute("aria-pressed", on);
    say(this.pick, on ? "Done" : "Choose");
    this.choices.hidden = !on;
    if (!on) return;
    const chosen = this.panel.names("targets"), all = this.#playable(), several = new Set(all.map(({ of }) => of)).size > 1;
    let before = "";
    this.choices.replaceChildren(...all.flatMap(({ name, of, label }) => {
      const head = several && of !== before ? [el("h4", { text: spoken(of) })] : [];
      before = of;
      return [...head, el("label", {}, el("input", { type: "checkbox", value: name, checked: chosen.includes(name), onchange: () => this.#setTargets() }), el("span", { text: label }))];
    }));
  }

  #setTargets(names = [...this.choices.querySelectorAll("input:checked")].map(({ value }) => value)) {
    this.panel.mirror.fire(`${this.panel.base}/targets`, names);
  }

  /** What `map` plays, and how far each is off. */
  show(map) {
    const short = (label) => (label === WHOLE ? "Between the cues" : label);
    const known = new Map(this.#playable().map(({ name, label: long, of }) => [name, short(long), of]).map(([name, label, of]) => [name, of === this.panel.instance ? label : `${spoken(of)} · ${label.toLowerCase()}`]));
    const names = map.targets.map(({ name }) => name);
    this.rows = map.targets.map(({ name, label, error }) =>
      set(el("div", { class: "map-row", role: "listitem", "data-target": name }, el("span", { class: "fill" }),
        el("span", { class: "name", text: label || known.get(name) || name, title: name }),
        el("span", { class: "miss", text: error == null ? "" : `off by ${percent(error)}`, title: "How far it misses looks that it was not shown, as a share of the range" }),
        el("button", { class: "off", type: "button", "aria-label": `Without ${name}`, text: "×", onclick: () => this.#setTargets(names.filter((other) => other !== name)) })), { "--to": Math.min(1, (error ?? 0) * 2) }));
    this.list.replaceChildren(...this.rows);
    this.none.hidden = names.length > 0;
    this.mark(String(this.panel.mirror.value(`${map.base}/hands`) ?? "").split(","));
  }

  /** Which of them a hand has taken. */
  mark(taken) {
    for (const row of this.rows ?? []) {
      const hand = taken.includes(row.dataset.target);
      row.toggleAttribute("data-hand", hand);
      row.title = hand ? "Your hand has it; Play gives it back to the map" : "";
      if (hand) say(row.querySelector(".miss"), "by hand");
      else if (row.querySelector(".miss").textContent === "by hand") this.panel.fetch();
    }
  }
}

function called({ address, name }) {
  if (address.endsWith("/presets/weights")) return WHOLE;
  return address.endsWith("/z") ? "The latent itself" : spoken(name);
}
