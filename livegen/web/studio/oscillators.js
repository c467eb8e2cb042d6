// Oscillators: the wave of each with a dot where it stands now, its shape, length, phase and depth, and how far it moves what.

import { colour, el, sharpen, spoken, unhurried } from "./dom.js";
import { radios } from "./radios.js";
import { slider } from "./slider.js";

const BASE = "/livegen/lfo/";
const BINS = 96;
const ICONS = {
  sine: "M3 12c3-9 6-9 9 0s6 9 9 0", triangle: "M3 17l9-10 9 10", saw: "M4 17L20 7v10", square: "M4 17V7h8v10h8",
  random: "M3 14h4V7h4v10h5V9h5", smooth_random: "M3 14c2 0 2-7 4.5-7s2.5 9 5 9 2.5-5 4.5-5 2 2 4 2",
};
// Heights as the stage has them; those by chance are drawn from what it said.
const HEIGHTS = {
  sine: (x) => 0.5 - 0.5 * Math.cos(2 * Math.PI * x), triangle: (x) => 1 - Math.abs(2 * x - 1), saw: (x) => x, square: (x) => (x < 0.5 ? 1 : 0),
};
const MANY = 3; // more than so many are folded until somebody opens them

/** The group; built again with every tree. */
export class Oscillators {
  /** `give(name)` lets one choose what an oscillator is to move. */
  constructor(box, mirror, moves, give) {
    Object.assign(this, { box, mirror, moves, give, waves: [], folded: new Map() });
    this.cards = el("div", { class: "oscillators" });
    this.more = el("button", { type: "button", text: "New", title: "Another oscillator", onclick: () => moves.wave() });
    this.keeps = el("button", { type: "button", text: "Write into the patch", title: "As [lfos] and [[modulate]] at the end of the patch; the text before is kept", onclick: () => moves.keep() });
    box.replaceChildren(el("div", { class: "oscillators-head" }, el("h2", { text: "Oscillators" }), this.more), this.cards, this.keeps);
    this.seen = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) for (const wave of this.waves) if (wave.canvas === target) wave.show(isIntersecting);
    });
    new ResizeObserver(() => this.waves.forEach((wave) => wave.ask())).observe(box);
  }

  build(params) {
    this.names = params.flatMap(({ address }) => (address.startsWith(BASE) && address.endsWith("/shape") ? [address.slice(BASE.length, -6)] : []));
    this.rows = new Map(params.map((param) => [param.address, param]));
    this.moves.build(params, () => this.#show());
    this.#show();
  }

  #show() {
    this.more.hidden = !this.moves.open;
    this.keeps.hidden = !this.moves.some;
    this.box.hidden = !this.names.length && !this.moves.open;
    const shown = JSON.stringify([this.names, this.moves.lfos, this.moves.moves]);
    if (shown === this.shown && this.built === this.rows) return;
    Object.assign(this, { shown, built: this.rows });
    this.seen.disconnect();
    this.waves = [];
    this.cards.replaceChildren(...this.names.map((name) => this.#card(name)));
  }

  #card(name) {
    const row = (word) => this.rows.get(`${BASE}${name}/${word}`), sync = row("sync");
    const wave = new Wave(this.mirror, row("value"), `${BASE}${name}`);
    this.waves.push(wave);
    this.seen.observe(wave.canvas);
    const body = el("div", { class: "oscillator-body" }, shapes(row("shape"), this.mirror),
      ...[{ ...(row("beats") ?? row("period")), name: "length" }, row("phase"), row("depth")].map((param) => slider(param, this.mirror)),
      ...this.moves.of(name).map((move) => this.#move(name, move)),
      el("div", { class: "oscillator-foot" }, ...[
        this.moves.open && el("button", { type: "button", text: "Move …", title: "Touch what it is to move", onclick: () => this.give(name) }),
        sync && el("button", { type: "button", text: "To the beat", title: sync.description, "data-address": sync.address, onclick: () => this.mirror.fire(sync.address) }),
        this.moves.added(name) && el("button", { type: "button", class: "away", text: "Take away", title: "With all that it moves", onclick: () => this.moves.remove(`lfo/${name}`) }),
      ].filter(Boolean)));
    return el("section", { class: "oscillator", "aria-label": `Oscillator ${spoken(name)}` }, this.#head(name, body), wave.canvas, body);
  }

  #head(name, body) {
    const fold = el("button", { type: "button", class: "fold", onclick: () => show(!body.hidden) }, el("h3", { text: spoken(name) }));
    const show = (folded) => {
      this.folded.set(name, folded);
      body.hidden = folded;
      fold.setAttribute("aria-expanded", !folded);
    };
    show(this.folded.get(name) ?? this.names.length > MANY);
    return fold;
  }

  #move(name, { to, depth, added }) {
    const bar = slider({ ...depth, name: `moves ${target(to)}` }, this.mirror);
    if (!added) return bar;
    return el("div", { class: "moves" }, bar, el("button", {
      type: "button", class: "icon", "aria-label": `Let ${spoken(name)} move ${target(to)} no more`, title: "Take away", onclick: () => this.moves.remove(to, `lfo/${name}`),
    }, el("span", { "aria-hidden": "true", text: "×" })));
  }
}

/** What a modulation moves, as people say it: `hue`, `z 3`, `text · rate`. */
function target(address) {
  const [, , instance, ...rest] = address.split("/");
  const words = rest.filter((word) => word !== "params").join(" ").replaceAll("_", " ");
  return instance === "main" ? words : `${instance} · ${words}`;
}

function icon(d) {
  const [svg, path] = ["svg", "path"].map((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  for (const [name, value] of Object.entries({ viewBox: "0 0 24 24", "aria-hidden": "true" })) svg.setAttribute(name, value);
  path.setAttribute("d", d);
  svg.append(path);
  return svg;
}

function shapes(param, mirror) {
  const all = param.choices.map((name) => el("button", { class: "choice", type: "button", role: "radio", title: spoken(name), "aria-label": spoken(name), "data-choice": name }));
  for (const button of all) button.append(icon(ICONS[button.dataset.choice] ?? ""));
  return radios(el("div", { class: "shapes", role: "radiogroup", "aria-label": "Shape", title: param.description, "data-address": param.address }, ...all), all, param, mirror);
}

/** One round from left to right, and the dot. Nothing is drawn while it is out of sight. */
class Wave {
  constructor(mirror, value, base) {
    this.canvas = el("canvas", { class: "wave", "aria-hidden": "true" });
    Object.assign(this, { value, now: value?.value ?? 0.5, round: 0, heights: new Float32Array(BINS).fill(NaN), visible: false });
    this.stir = unhurried(() => this.ask());
    mirror.watch(`${base}/shape`, (shape) => {
      this.shape = String(shape);
      this.heights.fill(NaN);
      this.ask();
    });
    mirror.watch(`${base}/value`, (height) => typeof height === "number" && (this.now = height, this.stir()));
    mirror.watch(`${base}/round`, (round) => typeof round === "number" && this.#keep(round));
  }

  show(visible) {
    this.visible = visible;
    this.ask();
  }

  // Both numbers of a tick come together: one drawing for the two.
  ask() {
    if (this.asked || !this.visible || document.hidden) return;
    this.asked = requestAnimationFrame(() => {
      this.asked = 0;
      this.#draw();
    });
  }

  #keep(round) {
    const to = Math.min(BINS - 1, Math.floor(round * BINS)), gone = (to - (this.bin ?? to) + BINS) % BINS;
    // What lies between two words of the stage is filled in; a leap is not.
    for (let back = gone < BINS / 4 ? Math.max(0, gone - 1) : 0; back >= 0; back -= 1) this.heights[(to - back + BINS) % BINS] = this.now;
    Object.assign(this, { bin: to, round });
    this.stir();
  }

  #draw() {
    const { context, width, height } = sharpen(this.canvas), { low = 0, high = 1 } = this.value ?? {}, of = HEIGHTS[this.shape];
    const x = (share) => 7 + share * (width - 14), y = (stands) => height - 7 - stands * (height - 14);
    const at = (i) => (of ? low + (high - low) * of(Math.min(i / (BINS - 1), 0.99999)) : this.heights[i]);
    context.lineWidth = 1.6;
    context.lineJoin = "round";
    context.strokeStyle = colour("--faint");
    context.beginPath();
    for (let i = 0, pen = false; i < BINS; i += 1) {
      const stands = at(i);
      if (Number.isNaN(stands)) pen = false;
      else if (pen) context.lineTo(x(i / (BINS - 1)), y(stands));
      else context.moveTo(x(i / (BINS - 1)), y(stands)), pen = true;
    }
    context.stroke();
    context.fillStyle = colour("--accent");
    context.beginPath();
    context.arc(x(this.round), y(this.now), 4.5, 0, 2 * Math.PI);
    context.fill();
  }
}
