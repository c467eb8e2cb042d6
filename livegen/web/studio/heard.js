// What arrives on OSC, live: one row per address and sender, which stays where it is and counts.

import { byId, calm, el, say } from "./dom.js";

const MOST = 24;

export class Heard {
  constructor(list) {
    this.list = list;
    this.rows = new Map();
  }

  /** Lines of the feed: {address, args, origin, matched}. */
  take(lines) {
    for (const line of lines) this.#take(line);
    byId("heard-none").hidden = this.rows.size > 0;
  }

  #take({ address, args, origin, matched, hint }) {
    const key = `${address}\n${origin}`;
    const row = this.rows.get(key) ?? this.#row(key, address, origin);
    row.count += 1;
    row.at = performance.now();
    say(row.args, readable(args));
    say(row.times, `×${row.count}`);
    row.node.toggleAttribute("data-strange", matched === false);
    say(row.verdict, matched === false ? hint || "no such address" : "");
    if (!calm()) row.node.animate([{ backgroundColor: "var(--glow)" }, { backgroundColor: "transparent" }], { duration: 500 });
  }

  #row(key, address, origin) {
    if (this.rows.size >= MOST) this.#forgetOne();
    const row = {
      count: 0, args: el("span", { class: "args" }), times: el("span", { class: "times" }), verdict: el("span", { class: "verdict" }),
    };
    row.node = el("li", {},
      el("span", { class: "address", text: String(address), title: String(address) }), row.args,
      el("span", { class: "origin" }, el("span", { text: String(origin) }), row.verdict), row.times);
    this.rows.set(key, row);
    this.list.prepend(row.node);
    return row;
  }

  #forgetOne() {
    const [key, row] = [...this.rows].reduce((a, b) => (a[1].at <= b[1].at ? a : b));
    row.node.remove();
    this.rows.delete(key);
  }
}

/** Arguments as text: numbers short, many of them cut. */
function readable(args) {
  const all = Array.isArray(args) ? args : args === undefined || args === null ? [] : [args];
  const shown = all.slice(0, 6).map((arg) => (typeof arg === "number" && !Number.isInteger(arg) ? arg.toFixed(3) : String(arg)));
  return shown.join(" ").slice(0, 80) + (all.length > 6 ? ` … ${all.length}` : "");
}
