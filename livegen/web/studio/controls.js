// A control for every parameter of the tree, under the headings that the parameters name.

import { el, say, spoken } from "./dom.js";
import { Strip } from "./latent.js";
import { radios } from "./radios.js";
import { slider } from "./slider.js";

const FEW = 10;

/** Fill `panel` with the controls of `params`, grouped; parameters without a group stay hidden. */
export function buildControls(panel, params, mirror) {
  const groups = new Map();
  for (const param of params) {
    if (!param.group || !param.writable || !(param.type in BUILD)) continue;
    if (param.type === "command" && !/^(s{1,3}|[if]|s[if]{1,2})$/.test(param.tags)) continue;
    groups.set(param.group, [...(groups.get(param.group) ?? []), param]);
  }
  panel.replaceChildren(...[...groups].sort(byRank).map(([group, members]) =>
    el("section", { class: "group", "aria-label": spoken(group) },
      el("h2", { text: spoken(group) }), ...members.map((param) => BUILD[param.type](param, mirror)))));
}

// What a hand goes to first stands at the top; headings that are not named here stand between.
const FIRST = ["learning", "look", "directions"], LAST = ["bend", "motion", "latent"];

function byRank([a], [b]) {
  const rank = (group) => (FIRST.includes(group) ? -1 : 1 + LAST.indexOf(group));
  return rank(a) - rank(b);
}

const BUILD = { float: slider, int: slider, bool: toggle, enum: choice, string: line, vector, trigger, command };

function toggle(param, mirror) {
  const self = {};
  const button = el("button", {
    class: "toggle", type: "button", role: "switch", title: param.description, "data-address": param.address,
    onclick: () => {
      const on = button.getAttribute("aria-checked") !== "true";
      mirror.set(param.address, on, self);
      show(on);
    },
  }, el("span", { class: "name", text: spoken(param.name) }), el("span", { class: "lamp" }));
  const show = (on) => button.setAttribute("aria-checked", Boolean(on));
  show(false);
  mirror.watch(param.address, show, self);
  return button;
}

function choice(param, mirror) {
  return param.choices.length <= FEW ? buttons(param, mirror) : list(param, mirror);
}

function buttons(param, mirror) {
  const all = param.choices.map((name) => el("button", { class: "choice", type: "button", role: "radio", text: spoken(name), "data-choice": name }));
  return radios(el("div", { class: "choices", role: "radiogroup", "aria-label": spoken(param.name), title: param.description, "data-address": param.address }, ...all), all, param, mirror);
}

function list(param, mirror) {
  const self = {};
  const select = el("select", { "aria-label": spoken(param.name), "data-address": param.address, onchange: () => mirror.set(param.address, select.value, self) },
    ...param.choices.map((name) => el("option", { value: name, text: spoken(name) })));
  mirror.watch(param.address, (chosen) => (select.value = String(chosen)), self);
  return el("label", { class: "line", title: param.description }, el("span", { class: "name", text: spoken(param.name) }), select);
}

function line(param, mirror) {
  const self = {};
  const input = el("input", {
    type: "text", autocomplete: "off", spellcheck: "false", maxlength: 2000, "data-address": param.address,
    onfocus: () => mirror.hold(param.address), onblur: () => mirror.release(param.address),
    onchange: () => mirror.set(param.address, input.value, self),
  });
  mirror.watch(param.address, (text) => (input.value = String(text ?? "")), self);
  return el("label", { class: "line", title: param.description }, el("span", { class: "name", text: spoken(param.name) }), input);
}

function vector(param, mirror) {
  const strip = el("div", { class: "bars", role: "group", "aria-label": spoken(param.name), "data-address": param.address });
  new Strip(strip, mirror, { ...param, name: spoken(param.name) });
  return el("div", { class: "vector", title: param.description }, el("span", { class: "name", text: spoken(param.name) }), strip);
}

function trigger(param, mirror) {
  return el("button", { class: "wide", type: "button", text: spoken(param.name), title: param.description, "data-address": param.address, onclick: () => mirror.fire(param.address) });
}

/** What a generator can be told with words or numbers: a field for each argument, sent together. */
function command(param, mirror) {
  const fields = [...param.tags].map((tag) => el("input", {
    type: "text", inputmode: tag === "s" ? "text" : "decimal", autocomplete: "off", spellcheck: "false", maxlength: 2000,
    "data-tag": tag, "aria-label": spoken(param.name), size: 4,
  }));
  const send = () => {
    const args = fields.map(({ value, dataset }) => (dataset.tag === "s" ? value : Number(value)));
    if (fields.every(({ value }) => value === "")) return mirror.fire(param.address);
    mirror.fire(param.address, args);
    for (const field of fields) field.value = "";
  };
  return el("form", {
    class: "line command", title: param.description, "data-address": param.address,
    onsubmit: (event) => {
      event.preventDefault();
      send();
    },
  }, el("span", { class: "name", text: spoken(param.name) }), ...fields, el("button", { type: "submit", text: "Send" }));
}

/** A button of the page itself that shows and switches a bool, such as freeze or black. */
export function bindSwitch(button, address, mirror) {
  const self = {};
  const show = (on) => {
    button.setAttribute("aria-pressed", Boolean(on));
    button.toggleAttribute("data-on", Boolean(on));
  };
  button.onclick = () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    mirror.set(address, on, self);
    show(on);
  };
  show(mirror.value(address));
  mirror.watch(address, show, self);
}

/** A list of the page itself that shows and chooses an enum; hidden where the stage has none. */
export function bindChoice(select, param, mirror) {
  const self = {};
  select.hidden = !param;
  if (!param) return;
  select.onchange = () => mirror.set(param.address, select.value, self);
  mirror.watch(param.address, (value) => (select.value = String(value ?? "")), self);
}

/** The seed's field: a whole number that is sent on Enter or when it is left. */
export function bindSeed(input, address, mirror) {
  const self = {};
  input.onfocus = () => {
    mirror.hold(address);
    input.select();
  };
  input.onblur = () => mirror.release(address);
  input.onchange = () => {
    const seed = Math.round(Number(input.value));
    if (input.value.trim() !== "" && Number.isFinite(seed)) mirror.set(address, seed, self);
    else input.value = String(mirror.value(address) ?? "");
  };
  input.onkeydown = (event) => event.key === "Enter" && input.blur();
  mirror.watch(address, (seed) => (input.value = String(seed ?? "")), self);
}

/** A button that begins and ends a take or a film (`base` says which), and says which one is made. */
export function bindTake(button, mirror, base, [idle, made]) {
  const show = (name) => {
    const words = name ? `${made} ${name}: press to end it` : idle;
    button.setAttribute("aria-pressed", Boolean(name));
    button.title = words;
    button.setAttribute("aria-label", words);
  };
  button.onclick = () => mirror.fire(`${base}/${button.getAttribute("aria-pressed") === "true" ? "stop" : "start"}`);
  show(String(mirror.value(`${base}/name`) ?? ""));
  mirror.watch(`${base}/name`, (name) => show(String(name ?? "")));
}

/** Words over the picture that say what is being done to it. */
export function bindBadge(badge, address, mirror, words) {
  mirror.watch(address, (on) => {
    say(badge, on ? words : "");
    badge.hidden = !on;
  });
}
