// Learning by touching: L, touch a parameter, move a control, or choose an oscillator. Bound controls say what they listen to.

import { byId, el, say, spoken } from "./dom.js";

const LEARN = "/livegen/learn";
const MODES = ["jump", "pickup", "scale"];
const LINE = /^(\S+?)(?:\[(\d+)\])? -> (\S+)(?: (pickup|scale))?(?: (\[.*\]))?$/;
const ABOUT = {
  jump: "jumps to where the control is", pickup: "waits until the control passes the value", scale: "moves with the control and meets it at the ends",
};

/** `/midi/1/cc/7` as a person says it: `cc 7`. */
export function short(source) {
  const [, channel, kind, number, turn] = /^\/midi\/(?:[a-z][^/]*\/)?(\d+)\/([a-z]+)(?:\/(\d+))?(\/turn)?$/.exec(source) ?? [];
  if (!channel) return source.startsWith("/midi/") ? source.slice(6) : source.split("/").slice(-2).join("/");
  return [turn ? "knob" : kind, number, channel !== "1" && `ch ${channel}`].filter((word) => word !== undefined && word !== false).join(" ");
}

/** The lines of the stage's list. */
export function links(text) {
  return String(text ?? "").split("\n").flatMap((line) => {
    const [all, source, arg, to, takeover = "jump", send] = LINE.exec(line) ?? [];
    return all ? [{ source, arg, to, takeover, send: send ? JSON.parse(send) : [] }] : [];
  });
}

/** The mode, the marks on the controls, and the list; one for the page, told of every tree anew. */
export class Learn {
  constructor(mirror, midi, moves) {
    Object.assign(this, { mirror, midi, moves, params: new Map(), base: "", on: false, armed: "", giver: "", links: [] });
    this.words = el("span", { role: "status" });
    this.forgets = el("button", { type: "button", text: "Forget", onclick: () => this.#forget(this.armed, this.cue) });
    this.movers = el("span", { class: "movers", role: "group", "aria-label": "Or an oscillator" });
    this.banner = el("div", { id: "learning", hidden: true }, this.words, this.movers, this.forgets,
      el("button", { type: "button", text: "Done", onclick: () => this.toggle(false) }));
    document.body.append(this.banner);
    this.button = el("button", { type: "button", "aria-pressed": "false", title: "Touch a parameter, then move a control (L)", onclick: () => this.toggle() }, el("span", { text: "Learn" }), el("kbd", { text: "L" }));
    this.list = el("ul", {});
    this.none = el("p", { class: "quiet" });
    this.keeps = el("button", { type: "button", text: "Write into the patch", hidden: true, title: "As [[routes]] at the end of the patch", onclick: () => mirror.fire(`${LEARN}/keep`) });
    this.asks = el("button", { type: "button", onclick: () => (midi.on ? midi.close() : midi.open()) });
    this.ports = el("p", { class: "quiet ports" });
    byId("links").replaceChildren(el("div", { class: "links-head" }, el("h2", { text: "Connections" }), this.button), this.none, this.list, this.ports,
      el("div", { class: "links-foot" }, this.asks, this.keeps));
    midi.changed = () => this.#showPorts();
    document.addEventListener("pointerdown", (event) => this.#catch(event, false), true);
    document.addEventListener("click", (event) => this.#catch(event, true), true);
    document.addEventListener("keydown", (event) => event.key === "Enter" && this.#catch(event, true), true);
    document.addEventListener("contextmenu", (event) => this.#menu(event));
  }

  /** Another tree: `params` are its records, `base` where the instance's addresses begin. */
  build(params, base) {
    this.params = new Map(params.map((param) => [param.address, param]));
    this.base = base;
    this.built = true;
    this.mirror.watch(`${LEARN}/list`, (text) => this.#take(links(text)));
    // What is known when the page is built anew is older than what a hand has armed since.
    let building = true;
    this.mirror.watch(`${LEARN}/armed`, (address) => (building && this.on) || this.giver || this.#arm(String(address ?? "")));
    building = false;
    if (this.on) this.#arm(this.armed);
    this.mirror.watch("/livegen/midi/inputs", () => this.#showPorts());
    this.mirror.watch("/livegen/midi/rules", (said) => this.midi.learn(said ? JSON.parse(said) : {}));
    this.mirror.watch("/livegen/midi/lamps", (said) => this.midi.show(new Map(Object.entries(said ? JSON.parse(said) : {}))));
    this.#showPorts();
  }

  toggle(on = !this.on) {
    if (on === this.on) return;
    this.on = on;
    this.cue = undefined;
    if (!on) this.giver = "";
    document.body.classList.toggle("learning", on);
    document.body.classList.toggle("giving", Boolean(this.giver));
    this.button.setAttribute("aria-pressed", on);
    if (!on) this.mirror.fire(`${LEARN}/stop`);
    else if (!this.giver) this.mirror.fire(`${LEARN}/start`, []);
    this.#arm(on ? "?" : "");
  }

  /** Let one choose what an oscillator is to move. */
  give(name) {
    this.toggle(false);
    this.giver = name;
    this.toggle(true);
  }

  #targetOf(node) {
    const cue = node.closest?.("[data-cue] .go")?.closest("[data-cue]")?.dataset.cue;
    if (cue !== undefined) return [`${this.base}/presets/load`, cue];
    const bar = node.closest?.(".bars .bar");
    const own = { freeze: "freeze", randomize: "randomize", reset: "reset", plane: "xy", seed: "seed" };
    const house = { hold: "panic/hold", black: "panic/black", safe: "panic/safe" };
    for (const [id, name] of Object.entries(own)) if (byId(id)?.contains(node)) return [`${this.base}/${name}`];
    for (const [id, name] of Object.entries(house)) if (byId(id)?.contains(node)) return [`/livegen/${name}`];
    const address = node.closest?.("[data-address]")?.dataset.address ?? (byId("strip")?.contains(node) ? `${this.base}/z` : "");
    if (!address) return null;
    return [bar ? `${address}/${[...bar.parentNode.children].indexOf(bar)}` : address];
  }

  // While one learns, a touch chooses and does not play.
  #catch(event, chooses) {
    if (!this.on || this.banner.contains(event.target) || byId("links").contains(event.target)) return;
    const target = this.#targetOf(event.target);
    if (!target) return;
    event.stopImmediatePropagation();
    if (!chooses) return;
    event.preventDefault();
    this.start(...target);
  }

  #menu(event) {
    if (event.pointerType === "touch" || this.on) return;
    const target = this.#targetOf(event.target);
    if (!target) return;
    event.preventDefault();
    this.toggle(true);
    this.start(...target);
  }

  /** Wait for the control that is to move `address`, or to recall a cue. */
  start(address, cue) {
    if (this.giver) {
      if (cue === undefined && this.moves.movable(address)) this.#put(this.giver, address);
      else say(this.words, `${this.#name(address, cue)} has no number that ${spoken(this.giver)} could move`);
      return;
    }
    this.cue = cue;
    this.mirror.fire(`${LEARN}/start`, cue === undefined ? [address] : [address, cue]);
    this.#arm(address);
  }

  /** Let an oscillator move what was chosen; the next parameter can be touched at once. */
  #put(name, address) {
    this.moves.add(name, address);
    if (this.giver) return this.toggle(false);
    this.mirror.fire(`${LEARN}/start`, []);
    this.#arm("?");
  }

  #name(address, cue) {
    if (cue !== undefined) return `cue ${cue}`;
    return spoken(this.params.get(address)?.name ?? address.split("/").slice(-2).join(" "));
  }

  #arm(address) {
    this.armed = address;
    for (const node of document.querySelectorAll("[data-armed]")) node.removeAttribute("data-armed");
    this.banner.hidden = !address || !this.on;
    if (!address) {
      clearTimeout(this.waning);
      // Bound: the next one is waited for at once. Given up by the stage: the mode ends here too.
      this.waning = setTimeout(() => !this.armed && this.toggle(false), 800);
      return;
    }
    for (const node of this.#nodes(address, this.cue)) node.setAttribute("data-armed", "");
    const chosen = address !== "?", open = chosen && this.cue === undefined && this.moves.movable(address);
    const any = this.giver ? `Touch what ${spoken(this.giver)} is to move` : "Touch what you want to play";
    say(this.words, chosen ? `Now move a control for ${this.#name(address, this.cue)}${open ? ", or let an oscillator do it" : ""}` : any);
    const names = open ? [...this.moves.lfos.map(({ name }) => name), this.moves.fresh()] : [];
    this.movers.replaceChildren(...names.map((name, i) => el("button", {
      type: "button", text: i < names.length - 1 ? spoken(name) : "New", title: i < names.length - 1 ? "An oscillator" : "A new oscillator", onclick: () => this.#put(name, address),
    })));
    this.forgets.hidden = !this.links.some((link) => this.#same(link, address, this.cue));
  }

  #same(link, address, cue) {
    return link.to === address && (cue === undefined || link.send[0] === cue);
  }

  #nodes(address, cue) {
    const own = { freeze: "freeze", randomize: "randomize", xy: "plane", seed: "seed-row", reset: "reset" }[address.slice(this.base.length + 1)];
    if (cue !== undefined) return [...document.querySelectorAll(`[data-cue="${CSS.escape(cue)}"]`)];
    if (address.startsWith("/livegen/panic/")) return [byId(address.split("/").at(-1))];
    if (own && address.startsWith(this.base)) return [byId(own)];
    const [, vector, index] = /^(.*)\/(\d+)$/.exec(address) ?? [];
    const strip = vector && (vector === `${this.base}/z` ? byId("strip") : document.querySelector(`.bars[data-address="${CSS.escape(vector)}"]`));
    if (strip) return [strip.children[Number(index)]].filter(Boolean);
    return [...document.querySelectorAll(`#panel [data-address="${CSS.escape(address)}"]`)];
  }

  #take(found) {
    const learned = found.length > this.links.length || found.some((link, i) => JSON.stringify(link) !== JSON.stringify(this.links[i]));
    this.links = found;
    for (const node of document.querySelectorAll("[data-bound]")) node.removeAttribute("data-bound");
    for (const { source, to, send } of found) {
      for (const node of this.#nodes(to, typeof send[0] === "string" ? send[0] : undefined)) {
        node.dataset.bound = [node.dataset.bound, short(source)].filter(Boolean).join(", ");
      }
    }
    this.list.replaceChildren(...found.map((link) => this.#row(link)));
    say(this.none, found.length ? "" : "Nothing learned yet. L, touch a parameter, move a control.");
    this.none.hidden = found.length > 0;
    this.keeps.hidden = !found.length;
    // The mode stays until one leaves it: the next parameter can be touched at once.
    if (this.on && !this.giver && learned && this.built) this.mirror.fire(`${LEARN}/start`, []);
  }

  #row({ source, arg, to, takeover, send }) {
    const cue = typeof send[0] === "string" && to.endsWith("/presets/load") ? send[0] : undefined;
    const next = MODES[(MODES.indexOf(takeover) + 1) % MODES.length];
    const plain = this.params.get(to) && ["float", "int"].includes(this.params.get(to).type) && !source.endsWith("/turn");
    return el("li", {},
      el("span", { class: "source", text: short(source) + (arg === undefined ? "" : `[${arg}]`), title: source }),
      el("span", { class: "target", text: this.#name(to, cue), title: to }),
      plain ? el("button", { type: "button", class: "mode", text: takeover, title: `${spoken(takeover)}: ${ABOUT[takeover]}`, onclick: () => this.mirror.fire(`${LEARN}/takeover`, [to, next]) }) : el("span", {}),
      el("button", { type: "button", class: "forget", "aria-label": `Forget ${short(source)} for ${this.#name(to, cue)}`, title: "Forget", onclick: () => this.#forget(to, cue) }, el("span", { "aria-hidden": "true", text: "×" })));
  }

  #forget(address, cue) {
    this.mirror.fire(`${LEARN}/forget`, cue === undefined ? [address] : [address, cue]);
  }

  #showPorts() {
    const stage = String(this.mirror.value("/livegen/midi/inputs") ?? "").split(",").filter(Boolean);
    const here = this.midi.names;
    say(this.ports, this.midi.problem || [stage.length && `At the stage: ${stage.join(", ")}`, here.length && `In this browser: ${here.join(", ")}`].filter(Boolean).join(". "));
    this.ports.hidden = !this.ports.textContent;
    this.asks.hidden = !this.midi.there;
    say(this.asks, this.midi.on ? "Leave this browser's MIDI" : "Use this browser's MIDI");
  }
}
