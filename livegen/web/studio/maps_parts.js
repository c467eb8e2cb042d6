// The parts of the learning panel: a pad to play with, and a small card for each example.

import { el } from "./dom.js";
import { toShare } from "./tree.js";

const STEP = 0.02;
const MOST_BARS = 16;

/** A share as a person reads it. */
export const percent = (share) => `${(share * 100).toFixed(share < 0.0995 ? 1 : 0)} %`;

/** `node` with custom properties: the page's policy allows no style attributes. */
export function set(node, properties) {
  for (const [name, value] of Object.entries(properties)) node.style.setProperty(name, value);
  return node;
}

/** A square of two numbers for those without a device: it says ``/pad x y``, and shows where the examples lie. */
export class Pad {
  constructor(tell) {
    this.tell = tell;
    this.at = [0.5, 0.5];
    this.here = el("span", { class: "here" });
    this.box = el("div", { id: "map-pad", role: "slider", tabindex: "0", "aria-label": "Pad", "aria-valuenow": "0", hidden: true }, this.here);
    this.box.onpointerdown = (event) => {
      this.box.setPointerCapture(event.pointerId);
      this.held = event.pointerId;
      this.#move(event);
    };
    this.box.onpointermove = (event) => event.pointerId === this.held && this.#move(event);
    this.box.onpointerup = this.box.onpointercancel = () => (this.held = undefined);
    this.box.onkeydown = (event) => {
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (!by) return;
      event.preventDefault();
      event.stopPropagation();
      const step = STEP * (event.shiftKey ? 0.2 : 1);
      this.#go(this.at[0] + by[0] * step, this.at[1] + by[1] * step);
    };
    this.stand(...this.at);
  }

  /** Where the hand is, whoever moves it. */
  stand(x, y) {
    if (this.held === undefined) this.at = [x, y];
    this.here.style.setProperty("--x", this.at[0]);
    this.here.style.setProperty("--y", this.at[1]);
    this.box.setAttribute("aria-valuetext", `${Math.round(this.at[0] * 100)} across, ${Math.round(this.at[1] * 100)} up`);
  }

  /** The places of examples, by their numbers. */
  show(examples) {
    this.box.replaceChildren(...examples.map(({ number, in: heard }) =>
      set(el("span", { class: "spot", text: number }), { "--x": heard["/pad:0"], "--y": heard["/pad:1"] })), this.here);
  }

  #move(event) {
    const box = this.box.getBoundingClientRect();
    this.#go((event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height);
  }

  #go(x, y) {
    this.at = [x, y].map((share) => Math.min(1, Math.max(0, share)));
    this.stand(...this.at);
    this.tell(...this.at);
  }
}

/** One example: its number, the look where this page has seen it, where the hand was and what was asked for. */
export function tile(example, { spans, odd, picture, params, remove }) {
  const bars = (name, shares) => el("span", { class: name }, ...shares.slice(0, MOST_BARS).map((share) => set(el("i"), { "--at": Math.min(1, Math.max(0, share || 0)) })));
  const heard = Object.entries(example.in).filter(([name]) => spans.has(name)).map(([name, value]) => {
    const [low, high] = spans.get(name) ?? [0, 1];
    return high > low ? (value - low) / (high - low) : 0.5;
  });
  const shown = picture ?? ofCue(example.out);
  return el("div", { class: "map-example", role: "listitem", "data-odd": odd, "data-number": example.number, title: told(example) },
    ...(shown ? [copied(shown)] : []), bars("bars-out", shares(example.out, params)), bars("bars-in", heard),
    el("span", { class: "number", text: example.number }),
    el("button", { class: "off", type: "button", "aria-label": `Delete example ${example.number}`, text: "×", onclick: remove }));
}

// The values of the targets, each as far as it stands in its range.
function shares(out, params) {
  return Object.entries(out).flatMap(([name, value]) => {
    const param = params.find(({ address }) => address === `/livegen/${name}`);
    if (Array.isArray(value)) return value.map((x) => (x + 4) / 8);
    if (value && typeof value === "object") return Object.values(value);
    if (typeof value === "boolean") return [Number(value)];
    if (typeof value === "string") return [param?.choices?.length > 1 ? param.choices.indexOf(value) / (param.choices.length - 1) : 0];
    return [param ? toShare(param, value) : value];
  });
}

function told({ demo, in: heard, out }) {
  const value = (x) => (typeof x === "number" ? Number(x.toFixed(3)) : x && typeof x === "object" ? JSON.stringify(x).slice(0, 60) : x);
  const lines = [...Object.entries(heard), ...Object.entries(out)].slice(0, 12).map(([name, x]) => `${name} ${value(x)}`);
  return [`Demonstration ${demo}`, ...lines].join("\n");
}

// The thumbnail of the cue that leads, where the row of cues has it.
function ofCue(out) {
  const weights = Object.entries(out).find(([name, value]) => name.endsWith("/presets/weights") && value && typeof value === "object")?.[1];
  const [cue] = Object.entries(weights ?? {}).sort((a, b) => b[1] - a[1])[0] ?? [];
  const image = cue === undefined ? undefined : document.querySelector(`[data-cue="${CSS.escape(cue)}"] img`);
  return image?.complete && image.naturalWidth ? image : undefined;
}

function copied(from) {
  const canvas = el("canvas", { width: 96, height: 96, "aria-hidden": "true" });
  const width = from.naturalWidth ?? from.width, height = from.naturalHeight ?? from.height, side = Math.min(width, height);
  canvas.getContext("2d").drawImage(from, (width - side) / 2, (height - side) / 2, side, side, 0, 0, 96, 96);
  return canvas;
}
