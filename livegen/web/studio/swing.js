// What a modulation does to a control: a ring where the value stands now, and how far it has swung of late.

import { el, unhurried } from "./dom.js";

const FORGET = 0.01; // of the way back to the ring, with every value that comes

/**
 * Let a ring walk in `host` while the number at `address` is modulated; nothing is there before.
 * `toShare`: value → 0..1. The style has them as --now, --least and --most.
 */
export function swing(mirror, address, host, toShare) {
  let ring = null, now = 0, least = 1, most = 0;
  const show = () => {
    for (const [name, share] of Object.entries({ now, least, most })) host.style.setProperty(`--${name}`, share.toFixed(4));
  };
  const walk = unhurried(show);
  mirror.watch(`${address}/modulated`, (given) => {
    if (typeof given !== "number") return;
    now = toShare(given);
    least = Math.min(now, least + (now - least) * FORGET);
    most = Math.max(now, most + (now - most) * FORGET);
    if (ring) walk();
    else {
      ring = el("i", { class: "ring", "aria-hidden": "true" });
      host.append(el("i", { class: "swing", "aria-hidden": "true" }), ring);
      host.classList.add("swung");
      show();
    }
  });
}
