// The cue list of the show: what plays, what is next, go and back; every cue timed, named and ordered where it stands.

import { QUANTA, Row, seconds } from "./cue_row.js";
import { byId, el, say, settle } from "./dom.js";

const HEAD = "/livegen/cues/";
const USUAL = { seconds: 2, curve: "smooth", quantum: "now", switch: "middle", follow: null };

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
    if (!on) return;
    this.#paint();
    byId("list").scrollIntoView({ block: "nearest" });
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
    this.#paint();
    this.#show();
  }

  // Only what the stage has told of: before, nobody knows which generator has the picture of a cue.
  #paint() {
    if (byId("list").hidden) return;
    for (const [name, row] of this.rows) if (this.cues.has(name)) row.paint();
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
    const focused = document.activeElement?.closest?.(".list li")?.dataset.name;
    const part = document.activeElement?.dataset?.part;
    this.names = names;
    const kept = this.rows;
    this.rows = new Map(names.map((name) => [name, kept.get(name) ?? new Row(this, name, (verb, ...args) => this.#tell(verb, ...args))]));
    this.body.replaceChildren(...[...this.rows.values()].map((row) => row.node));
    names.forEach((name, i) => this.rows.get(name).number(i + 1, names.length));
    for (const [name, row] of this.rows) row.learn(this.#cue(name));
    this.#paint();
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
