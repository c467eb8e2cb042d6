// The past: a strip of small pictures under the picture. Drag along it and the picture shows what was to be seen then.

import { byId, el, say } from "./dom.js";
import { Belt } from "./past_belt.js";

const SPANS = [[20, "20 s"], [120, "2 min"], [600, "10 min"]];
const EVERY_MS = 1000;
const STEP_S = 1, LEAP_S = 10;
const SAID_MS = 4000; // what was done stays to be read

/** The strip of one instance. What is looked at is the stage's, so that every page shows the same. */
export class Past {
  constructor(mirror, instance, token) {
    Object.assign(this, { mirror, base: `/livegen/${instance}`, ago: 0, span: SPANS[0][0] });
    this.belt = new Belt(instance, token);
    this.box = byId("past");
    this.button = byId("past-open");
    this.#build();
    this.button.onclick = () => {
      this.open(this.box.hidden);
      this.box.scrollIntoView({ block: "nearest" }); // the button is always in sight, the strip's place is not
    };
    mirror.watch(`${this.base}/past/ago`, (ago) => this.#stand(Number(ago) || 0));
    if (this.shown) this.open(true);
  }

  get shown() {
    return !this.box.hidden;
  }

  /** What the stage said last of its past. */
  get said() {
    return this.belt.said;
  }

  /** The page is being built again; where it shows `instance` from now on, and that is another one, this one's past is left. */
  close(instance) {
    if (this.wanted !== undefined && this.base !== `/livegen/${instance}`) this.leave();
    clearInterval(this.timer);
    cancelAnimationFrame(this.frame);
    this.belt.close();
  }

  /** Show or hide the strip. Hidden, nothing of the past is looked at. */
  open(on = true) {
    this.box.hidden = !on;
    this.button.setAttribute("aria-pressed", on);
    this.#stand(this.ago);
    clearInterval(this.timer);
    if (!on) {
      if (this.ago) this.leave();
      return;
    }
    this.timer = setInterval(() => !document.hidden && this.mirror.link.state === "open" && this.#load(), EVERY_MS);
    this.#load();
    this.strip.focus({ preventScroll: true });
  }

  /** One step back out: first to now, then closed. */
  escape() {
    if (this.ago) this.leave();
    else this.open(false);
  }

  /** The line is there again: who looked looks on, unless the stage is back at what plays. */
  again() {
    if (this.wanted !== undefined) this.mirror.fire(`${this.base}/past/look`, [this.wanted]);
  }

  leave() {
    this.wanted = undefined;
    this.mirror.fire(`${this.base}/past/leave`, []);
  }

  #build() {
    const button = (text, title, onclick) => el("button", { type: "button", text, title, onclick });
    this.words = el("p", { class: "ago", role: "status" });
    this.play = button("Play on", "Go on from this moment (enter)", () => this.#play());
    this.keep = button("Keep as cue", "Store this moment as a cue", () => this.#keep());
    this.back = button("Back to now", "What plays is shown again (escape)", () => this.leave());
    this.play.classList.add("go-on");
    this.cursor = el("div", { class: "cursor", "aria-hidden": "true" });
    this.strip = el("div", { id: "past-strip", role: "slider", tabindex: "0", "aria-label": "The last minutes", "aria-valuemax": "0" }, this.belt.box, this.belt.marks, this.cursor);
    const spans = el("fieldset", { class: "spans" }, el("legend", { text: "Last" }), ...SPANS.map(([seconds, name]) => el("label", {},
      el("input", { type: "radio", name: "past-span", value: seconds, checked: seconds === this.span, onchange: () => this.#widen(seconds) }), el("span", { text: name }))));
    this.box.replaceChildren(
      el("div", { class: "past-head" }, el("h2", { text: "Past" }), this.words, spans,
        el("button", { class: "icon", type: "button", "aria-label": "Close the past", onclick: () => this.open(false) }, el("span", { "aria-hidden": "true", text: "×" }))),
      this.strip, el("div", { class: "past-acts" }, this.play, this.keep, this.back));
    const drag = (event) => this.#drag(event);
    this.strip.onpointerdown = (event) => {
      this.strip.setPointerCapture(event.pointerId);
      drag(event);
    };
    this.strip.onpointermove = (event) => this.strip.hasPointerCapture(event.pointerId) && drag(event);
    this.strip.onkeydown = (event) => this.#key(event);
    this.#stand(0);
  }

  // Where time is --------------------------------------------------------------------------------

  /** The stage's seconds now. While something is looked at, nothing is taken down and they stand still. */
  #now() {
    if (!this.said) return 0;
    return this.said.now + (this.ago || this.wanted !== undefined ? 0 : (performance.now() - this.belt.fetchedAt) / 1000);
  }

  #drag(event) {
    const box = this.strip.getBoundingClientRect();
    this.#look((1 - Math.min(1, Math.max(0, (event.clientX - box.left) / box.width))) * this.span);
  }

  #key(event) {
    const frame = 1 / (this.said?.fps || 30);
    const at = this.wanted ?? this.ago;
    const go = {
      ArrowLeft: at + (event.shiftKey ? frame : STEP_S), ArrowRight: at - (event.shiftKey ? frame : STEP_S),
      PageUp: at + LEAP_S, PageDown: at - LEAP_S, End: 0, Home: this.said?.seconds ?? 0,
    }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (go === undefined && !["Enter", "Escape"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Enter") this.#play();
    else if (event.key === "Escape") this.escape();
    else if (go > frame / 2) this.#look(go);
    else if (this.ago) this.leave();
  }

  /** Ask for a moment: the newest wish, once per frame of the screen. */
  #look(ago) {
    this.spokeUntil = 0; // a hand that moves on wants to read where it is
    this.wanted = Math.min(ago, this.said?.seconds ?? 0);
    this.#draw();
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.wanted !== undefined) this.mirror.fire(`${this.base}/past/look`, [this.wanted]);
    });
  }

  /** The stage says what is looked at. */
  #stand(ago) {
    const began = ago && !this.ago;
    if (!ago) this.wanted = undefined;
    this.ago = ago;
    for (const button of [this.play, this.keep, this.back]) button.disabled = !ago;
    const badge = byId("badge-past");
    badge.hidden = !ago || this.shown;
    say(badge, spoken(ago));
    if (ago > this.span) this.#widen(SPANS.find(([seconds]) => seconds >= ago)?.[0] ?? SPANS.at(-1)[0]);
    if (began && this.shown) this.#load();
    this.#draw();
  }

  #widen(seconds) {
    this.span = seconds;
    for (const input of this.box.querySelectorAll(".spans input")) input.checked = Number(input.value) === seconds;
    this.#draw();
  }

  // What is done ---------------------------------------------------------------------------------

  #play() {
    if (!this.ago) return;
    const chosen = document.querySelector("input[name=morph]:checked")?.value ?? "";
    this.mirror.fire(`${this.base}/past/play`, chosen === "" ? [] : [Number(chosen)]);
  }

  #keep() {
    const taken = String(this.mirror.value(`${this.base}/presets/entries`) ?? "").split(",");
    let name = "moment";
    for (let i = 2; taken.includes(name); i++) name = `moment ${i}`;
    this.mirror.fire(`${this.base}/past/keep`, [name]);
    say(this.words, `Kept as the cue “${name}”.`);
    this.spokeUntil = performance.now() + SAID_MS;
  }

  // What is shown --------------------------------------------------------------------------------

  async #load() {
    await this.belt.load();
    this.#draw();
  }

  #draw() {
    const ago = this.wanted ?? this.ago, reach = this.said?.seconds ?? 0;
    if (!(performance.now() < this.spokeUntil)) say(this.words, ago ? spoken(ago) : this.said && reach < 2 ? "Nothing is past yet" : "Drag to look back");
    this.strip.setAttribute("aria-valuemin", -Math.round(reach));
    this.strip.setAttribute("aria-valuenow", -ago.toFixed(1));
    this.strip.setAttribute("aria-valuetext", ago ? spoken(ago) : "now");
    this.cursor.toggleAttribute("data-on", ago > 0);
    this.cursor.style.left = `${100 * (1 - Math.min(1, ago / this.span))}%`;
    if (this.shown) this.belt.draw(this.#now(), this.span);
  }
}

/** Seconds as people say them: `12.4 seconds ago`, `2 minutes 5 seconds ago`. */
export function spoken(ago) {
  if (!ago) return "now";
  if (ago < 59.95) return `${ago.toFixed(1)} seconds ago`;
  const minutes = Math.floor(Math.round(ago) / 60), seconds = Math.round(ago) % 60;
  return `${minutes} minute${minutes === 1 ? "" : "s"}${seconds ? ` ${seconds} second${seconds === 1 ? "" : "s"}` : ""} ago`;
}
