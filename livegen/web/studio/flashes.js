// Flashes: what the stage counts of them, and a word over the picture when they can do harm.

import { byId, figure, say } from "./dom.js";

/** `flashes` as a status tells it: how many a second, how many are harmless, and what is done about it. */
export function showFlashes(flashes) {
  const { per_second: rate = 0, limit = 3, mode = "off", tamed = 0 } = flashes ?? {};
  const harmful = rate > limit;
  say(byId("m-flashes"), mode === "off" ? "–" : figure(rate, 1));
  byId("m-flashes-cell").toggleAttribute("data-alarm", harmful);
  byId("m-flashes-cell").title = mode === "tame" ? `Tamed; ${tamed} pictures were held back` : `Up to ${limit} are harmless`;
  byId("badge-flash").hidden = !harmful;
  say(byId("badge-flash"), `${figure(rate)} flashes a second`);
}
