// The questions of a model's card as fields, with what this browser knows of earlier answers.

import { el } from "./dom.js";

const KEPT = "livegen.card";
const QUESTIONS = {
  title: "What is it called?",
  author: "Who trained it?",
  data: "Whose work did it learn from, and what is it?",
  licence: "Licence of the model",
  data_licence: "Licence of that work",
  consent: "What did its makers agree to?",
};
const NEEDED = ["title", "author", "data", "licence"];
const REMEMBERED = ["author", "licence"];
const EXAMPLES = { licence: "CC-BY-4.0, private …", data: "my own photographs of walls" };

/** A field for every question, by its name, and the labels that hold them. */
export function questions(title) {
  const known = remembered();
  const fields = Object.fromEntries(Object.keys(QUESTIONS).map((name) => [name, el("input", {
    type: "text", name, maxlength: 2000, autocomplete: "off", required: NEEDED.includes(name), placeholder: EXAMPLES[name] ?? (NEEDED.includes(name) ? "" : "if you know"),
  })]));
  for (const name of REMEMBERED) fields[name].value = known[name] ?? "";
  fields.title.value = title;
  return { fields, labels: Object.entries(QUESTIONS).map(([name, text]) => el("label", { class: "asked" }, el("span", { text }), fields[name])) };
}

/** The answers that were given; those that come again are kept for the next model. */
export function signed(fields) {
  const card = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value.trim()]).filter(([, value]) => value));
  remember(card);
  return card;
}

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {}; // a browser that keeps nothing
  }
}

function remember(card) {
  try {
    localStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(REMEMBERED.map((name) => [name, card[name]]))));
  } catch {
    // it is asked again
  }
}
