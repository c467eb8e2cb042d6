// Bringing in a model: a file that is dropped on the page or chosen goes to the stage, and the show plays it.

import { questions, signed } from "./card_form.js";
import { byId, el, say } from "./dom.js";
import { filesIn, packed, weighed } from "./freight.js";
import { notice } from "./notices.js";

const PIECE = 256 << 10;
const SENDING = 0.4; // share of the bar
const COPIED_MS = 1500;

let number = 0;

/** The panel of one model on its way in. `instances()` gives the names that could play it, `looked()` the one in sight. */
export class Bring {
  constructor(link, instances, looked) {
    Object.assign(this, { link, instances, looked });
    this.box = byId("bring");
    this.chooser = el("input", { type: "file", multiple: true, hidden: true, onchange: () => this.#chosen() });
    byId("bring-open").after(this.chooser);
    byId("bring-open").onclick = () => this.chooser.click();
    link.on("brought", (said) => said.id === this.id && this.#take(said));
    link.on("state", (state) => state !== "open" && this.#lost());
    this.#listenToDrops();
  }

  // What is brought -----------------------------------------------------------------------------

  #chosen() {
    this.#offer([...this.chooser.files]);
    this.chooser.value = "";
  }

  // The sight panel takes pictures for itself: what somebody else has taken is not ours.
  #listenToDrops() {
    let hiding;
    const show = (on) => document.body.classList.toggle("dropping", on);
    const ours = (event) => !event.defaultPrevented && event.dataTransfer?.types.includes("Files");
    window.addEventListener("dragover", (event) => {
      clearTimeout(hiding);
      show(ours(event));
      if (ours(event)) event.preventDefault();
      hiding = setTimeout(() => show(false), 300);
    });
    window.addEventListener("drop", (event) => {
      show(false);
      if (!ours(event)) return;
      event.preventDefault();
      this.#dropped(event.dataTransfer);
    });
  }

  async #dropped(transfer) {
    const files = [...transfer.files];
    const folder = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).find((entry) => entry?.isDirectory);
    if (folder) this.#offer(await filesIn(folder), folder.name);
    else this.#offer(files);
  }

  #offer(files, folder = "") {
    if (!files.length) return;
    if (this.busy) return notice("One model at a time.", "the first is still on its way");
    if (this.link.state !== "open") return notice("The stage is away.", "wait until it is back");
    if (files.every((file) => file.type.startsWith("image/"))) return notice("This is a picture and no model.", "a generator that looks at pictures has a panel to drop it on");
    if (files.length > 1 && !folder && !files.some(({ name }) => name === "manifest.json")) return notice("One model at a time.", "several files only for one of ml5, with its manifest.json");
    this.#begin(files, files.length > 1 ? folder || "ml5-model" : folder);
  }

  #begin(files, folder) {
    Object.assign(this, { files, folder, id: ++number, sent: 0, taken: 0, window: 0, busy: true, signed: false });
    this.size = files.reduce((sum, file) => sum + file.size, 0);
    this.#build(folder || files[0].name);
    this.link.send({ type: "bring", id: this.id, folder, generator: this.looked(), files: files.map(({ name, size }) => ({ name, size })) });
  }

  // The panel -----------------------------------------------------------------------------------

  #build(name) {
    this.bar = el("span");
    this.words = el("p", { class: "quiet", role: "status" });
    this.seen = el("img", { class: "seen", alt: "Its first picture", hidden: true });
    this.is = el("p", { class: "is", text: `${name}, ${weighed(this.size)}` });
    this.form = this.#cardForm(name.replace(/(\.gen)?\.\w+$/, "").replaceAll(/[-_]+/g, " ").trim());
    this.away = el("button", { class: "icon", type: "button", "aria-label": "Leave this model", text: "×", onclick: () => this.#leave() });
    this.box.replaceChildren(el("div", { class: "bring-head" }, el("h2", { text: "Bring in a model" }), this.away),
      this.is, el("div", { class: "bring-bar", "aria-hidden": "true" }, this.bar), this.words, this.seen, this.form);
    this.box.hidden = false;
    this.box.removeAttribute("data-refused");
    this.#progress(0, "asking the stage");
    this.box.scrollIntoView({ block: "start" });
  }

  #cardForm(title) {
    const asked = questions(title);
    this.fields = asked.fields;
    const names = this.instances();
    this.where = el("select", { name: "where" }, ...names.map((name) => el("option", { value: name, text: `in ${name}`, selected: name === this.looked() })), el("option", { value: "", text: "not now, only keep it" }));
    return el("form", { onsubmit: (event) => this.#sign(event) },
      el("p", { class: "quiet", text: "Whose work is in it? It is not played before that is said." }),
      ...asked.labels,
      el("label", { class: "asked" }, el("span", { text: "Play it" }), this.where), el("button", { class: "go", type: "submit", text: "Bring it in" }));
  }

  #sign(event) {
    event.preventDefault();
    const card = signed(this.fields);
    this.signed = true;
    this.form.hidden = true;
    this.link.send({ type: "bring-card", id: this.id, card, generator: this.where.value, play: this.where.value !== "" });
  }

  #progress(share, what) {
    this.bar.style.setProperty("--share", share);
    say(this.words, what);
  }

  #leave() {
    if (this.busy) this.link.send({ type: "bring-end", id: this.id });
    this.#close();
  }

  #close() {
    this.busy = false;
    this.id = undefined;
    this.box.hidden = true;
    this.box.replaceChildren();
  }

  // What the stage says -------------------------------------------------------------------------

  #take(said) {
    if (said.state === "receiving") {
      Object.assign(this, { taken: said.taken, window: said.window });
      this.#progress((SENDING * said.taken) / this.size, said.taken < this.size ? `sending, ${weighed(said.taken)}` : "the stage opens it");
      this.#pump();
    } else if (said.state === "reading") {
      this.#progress(SENDING + (1 - SENDING) * said.share, String(said.what));
    } else if (said.state === "found") {
      this.#found(said);
    } else if (said.state === "seen") {
      this.seen.src = `data:image/jpeg;base64,${said.picture}`;
      this.seen.hidden = false;
    } else if (said.state === "waiting") {
      this.#progress(1, "It is ready. Say whose work it is, and it plays.");
      this.form.hidden = false;
    } else if (said.state === "played") {
      this.#played(said);
    } else if (said.state === "refused") {
      this.#refused(String(said.message), String(said.hint ?? ""));
    }
  }

  #found({ says, notes, card, missing }) {
    say(this.is, String(says));
    this.is.after(...notes.map((note) => el("p", { class: "quiet", text: String(note) })));
    this.form.hidden ||= !missing.length;
    for (const [name, field] of Object.entries(this.fields)) {
      if (card[name] && (!field.value || name === "title")) field.value = card[name];
    }
  }

  /** Send what the stage has room for: it says how much it has written. */
  async #pump() {
    if (this.pumping) return;
    this.pumping = true;
    const { id } = this;
    try {
      while (this.busy && this.id === id && this.sent < this.size && this.sent - this.taken < this.window) {
        const bytes = await this.#next();
        if (!this.busy || this.id !== id) break;
        this.link.socket.send(packed(id, this.sent, bytes));
        this.sent += bytes.byteLength;
      }
    } catch {
      this.link.send({ type: "bring-end", id });
      this.#refused("The file cannot be read any more.", "drop it again");
    } finally {
      this.pumping = false;
    }
  }

  #next() {
    let at = this.sent;
    const file = this.files.find(({ size }) => at < size || ((at -= size), false));
    return file.slice(at, at + PIECE).arrayBuffer();
  }

  #played({ model, family, generator, lines, notes, why, back }) {
    this.busy = false;
    const more = [];
    if (back) more.push(el("p", { class: "is", text: "As before." }));
    else if (why) more.push(el("p", { class: "is", text: `${model} is kept, but it is not played.` }), el("p", { class: "warning", text: why }));
    else if (generator) more.push(el("p", { class: "is", text: `${model} plays in ${generator}.` }), ...(notes ?? []).map((note) => el("p", { class: "quiet", text: note })),
      ...keeping(lines, el("button", { type: "button", text: "As before", title: "Play again what was played before", onclick: () => this.link.send({ type: "bring-back", id: this.id }) })));
    else more.push(el("p", { class: "is", text: `${model} is kept.` }), ...keeping(`kind = "${family}"\nmodel = "${model}"`));
    this.box.replaceChildren(this.box.firstChild, ...(back || this.seen.hidden ? [] : [this.seen]), ...more);
  }

  #refused(message, hint) {
    this.busy = false;
    this.box.setAttribute("data-refused", "");
    this.box.replaceChildren(this.box.firstChild, this.is, el("p", { class: "warning", text: message }), ...(hint ? [el("p", { class: "quiet", text: hint })] : []));
  }

  #lost() {
    if (!this.busy) return;
    if (this.signed && this.taken === this.size) {
      this.busy = false;
      this.box.replaceChildren(this.box.firstChild, this.is, el("p", { class: "quiet", text: "The stage goes on with it by itself." }));
    } else this.#refused("The stage went away.", "drop the file again");
  }
}

/** What to write into the patch file, to be copied. */
function keeping(lines, ...more) {
  const copy = el("button", { type: "button", text: "Copy", onclick: async () => {
    await navigator.clipboard?.writeText(lines);
    say(copy, "Copied");
    setTimeout(() => say(copy, "Copy"), COPIED_MS);
  } });
  return [el("p", { class: "quiet", text: "The patch file is as it was. To keep it there, write:" }), el("pre", { text: lines }), el("div", { class: "row" }, ...(navigator.clipboard ? [copy] : []), ...more)];
}
