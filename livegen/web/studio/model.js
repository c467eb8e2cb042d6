// Who plays: the card of a generator's model, and how far a run has learned.

import { colour, el, figure, say, sharpen } from "./dom.js";
import { headers } from "./tree.js";

const LEARNING_EVERY_MS = 2000;
const STEPS = [[3600, "h"], [60, "min"], [1, "s"]];
const BEST = ["held_out", "bits", "loss", "maker", "error"];

/** 754 seconds as people say it: `12.6 min`. */
export function spell(seconds) {
  const [size, unit] = STEPS.find(([size]) => seconds >= size) ?? STEPS.at(-1);
  const value = seconds / size;
  return `${value >= 100 || unit === "s" ? Math.round(value) : value.toFixed(1).replace(/\.0$/, "")} ${unit}`;
}

/** Fetch a picture with the token, as an object URL; null when there is none. */
export async function picture(address, token) {
  const answer = await fetch(address, { headers: headers(token, "image/*"), cache: "no-store" });
  return answer.ok ? URL.createObjectURL(await answer.blob()) : null;
}

/** What the stage says about its models, by instance; empty when it does not say. */
export async function fetchModels(token) {
  try {
    const answer = await fetch("/models", { headers: headers(token, "application/json"), cache: "no-store" });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

/** The card of one model: whose work is in it, and under which terms. */
export function card(instance, model, token) {
  const said = model.card ?? {};
  const row = (name, ...values) => values.some(Boolean) ? [el("div", {}, el("dt", { text: name }), el("dd", { text: values.filter(Boolean).join(" · ") }))] : [];
  const trained = model.seconds ? `${spell(model.seconds)}, ${figure(model.steps)} steps` : "";
  const size = model.bytes ? `${(model.bytes / 1e6).toFixed(1)} MB` : "";
  const image = el("img", { alt: "", hidden: true });
  if (model.thumbs?.includes("model")) load(image, `/thumbs/${encodeURIComponent(instance)}/model.jpg`, token);
  return el("section", { class: "group model", "aria-label": "Model" }, el("h2", { text: "Model" }),
    el("div", { class: "card" }, image,
      el("div", {}, el("strong", { text: said.title ?? model.generator }), el("p", { class: "quiet", text: [said.author && `by ${said.author}`, said.licence].filter(Boolean).join(", ") }))),
    el("dl", {},
      ...(said.data ? row("Learned from", said.data) : model.model ? [] : row("Learned from", "nobody's work: it has no training data")),
      ...row("Terms of that work", said.data_licence), ...row("Consent", said.consent),
      ...row("Trained", trained, said.count ? `${said.count} files` : "", said.date),
      ...row("File", model.model, size, model.digest)),
    ...(said.command ? [el("details", {}, el("summary", { text: "How it was trained" }), el("code", { text: said.command }))] : []));
}

async function load(image, address, token) {
  const found = await picture(address, token);
  if (!found) return;
  image.addEventListener("load", () => {
    image.hidden = false;
    URL.revokeObjectURL(found);
  }, { once: true });
  image.src = found;
}

/** Put the strip of pictures that a direction leads through behind its slider, and the picture of a choice behind its button. */
export function strips(panel, instance, model, base, token) {
  for (const name of model.thumbs ?? []) {
    const [knob, choice] = [name.slice(0, name.lastIndexOf("/")), name.slice(name.lastIndexOf("/") + 1)];
    const bar = panel.querySelector(`[data-address="${CSS.escape(`${base}/params/${name}`)}"].slider`)
      ?? panel.querySelector(`[data-address="${CSS.escape(`${base}/params/${knob}`)}"] [data-choice="${CSS.escape(choice)}"]`);
    if (!bar) continue;
    const image = el("img", { class: "strip", alt: "", hidden: true, draggable: "false" });
    bar.classList.add("pictured");
    bar.prepend(image);
    image.addEventListener("load", () => bar.style.setProperty("--strip", image.naturalWidth / image.naturalHeight));
    load(image, `/thumbs/${encodeURIComponent(instance)}/${name.split("/").map(encodeURIComponent).join("/")}.jpg`, token);
  }
}

/** How a run is doing: its curve, its newest contact sheet, and what it says about itself. */
export class LearningPanel {
  constructor(instance, learning, token, knob) {
    this.instance = instance;
    this.token = token;
    this.words = el("p", { class: "quiet" });
    this.curve = el("canvas", { class: "curve", role: "img", "aria-label": "What it measures while it learns" });
    this.legend = el("p", { class: "legend" });
    this.sheet = el("img", { class: "sheet", alt: "The newest contact sheet", hidden: true });
    this.box = el("section", { class: "group learning", "aria-label": "Learning" }, el("h2", { text: "Learning" }), ...(knob ? [knob] : []), this.words, this.curve, this.legend, this.sheet);
    this.show(learning);
    this.timer = setInterval(() => this.#look(), LEARNING_EVERY_MS);
  }

  close() {
    clearInterval(this.timer);
  }

  async #look() {
    if (document.hidden) return;
    const found = (await fetchModels(this.token))[this.instance]?.learning;
    if (found) this.show(found);
  }

  show(learning) {
    const { state, step, seconds, minutes, checkpoints, newest, why } = learning;
    const age = newest && `newest ${spell(Math.max(0, Date.now() / 1000 - newest))} ago`;
    const of = minutes ? ` of ${spell(minutes * 60)}` : "";
    say(this.words, [state, Number.isFinite(seconds) && `trained ${spell(seconds)}${of}`, Number.isFinite(step) && `${step} steps`, `${checkpoints} checkpoints`, age, why].filter(Boolean).join(" · "));
    const names = Object.keys(learning.curves ?? {}).filter((name) => learning.curves[name].length > 1);
    const chosen = [...BEST.filter((name) => names.includes(name)), ...names.filter((name) => !BEST.includes(name))].slice(0, 2);
    this.curves = chosen.map((name) => ({ name, points: learning.curves[name] }));
    this.curve.hidden = !chosen.length;
    requestAnimationFrame(() => this.#draw());
    if (learning.sheet && learning.sheet !== this.shown) {
      this.shown = learning.sheet;
      load(this.sheet, `/thumbs/${encodeURIComponent(this.instance)}/learning.jpg?${encodeURIComponent(learning.sheet)}`, this.token);
    }
  }

  // Each measure fills the height by itself: what counts is where it goes, not how it compares.
  #draw() {
    if (!this.curves?.length || !this.curve.isConnected) return;
    const { context, width, height } = sharpen(this.curve);
    const inks = [colour("--accent"), colour("--dim")];
    const end = Math.max(...this.curves.map(({ points }) => points.at(-1)[0]), 1e-9);
    for (const [index, { points }] of this.curves.entries()) {
      const values = points.map(([, y]) => y), low = Math.min(...values), high = Math.max(...values);
      context.strokeStyle = inks[index];
      context.lineWidth = index ? 1 : 1.8;
      context.beginPath();
      for (const [x, y] of points) context.lineTo((x / end) * width, 3 + (1 - (y - low) / (high - low || 1)) * (height - 6));
      context.stroke();
    }
    this.legend.replaceChildren(...this.curves.map(({ name, points }, index) => el("span", { class: index ? "second" : "first", text: `${name.replaceAll("_", " ")} ${points.at(-1)[1].toPrecision(3)}` })));
  }
}
