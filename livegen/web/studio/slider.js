// One slider: a bar as wide as its panel, name on the left, value on the right.

import { el, say, spoken } from "./dom.js";
import { swing } from "./swing.js";
import { fromShare, readOut, toShare } from "./tree.js";

const THRESHOLD_PX = 6;
const LONG_PRESS_MS = 600;
const WHEEL_REST_MS = 400;
const STEPS = { ArrowRight: 0.01, ArrowUp: 0.01, ArrowLeft: -0.01, ArrowDown: -0.01, PageUp: 0.1, PageDown: -0.1 };

/**
 * A slider for `param` on `mirror`.
 *
 * A mouse sets the value where it presses. A finger only moves it, sideways, from where it was: it may
 * scroll the page across sliders, or tap one, without a jump in the picture. Shift is ten times finer.
 */
export function slider(param, mirror) {
  const self = {};
  const fill = el("span", { class: "fill" });
  const value = el("span", { class: "value" });
  const unit = el("span", { class: "unit", text: param.unit });
  const bar = el("div", {
    class: "slider", role: "slider", tabindex: "0", title: param.description, "aria-label": spoken(param.name),
    "aria-valuemin": param.low, "aria-valuemax": param.high, "data-address": param.address,
  }, fill, el("span", { class: "name", text: spoken(param.name) }), value, unit);
  if (param.low < 0 && param.high > 0) bar.classList.add("both-ways");
  let share = 0;

  const show = (given) => {
    if (typeof given !== "number") return;
    share = toShare(param, given);
    const zero = bar.classList.contains("both-ways") ? toShare(param, 0) : 0;
    fill.style.setProperty("--from", Math.min(zero, share));
    fill.style.setProperty("--to", Math.max(zero, share));
    fill.style.setProperty("--at", share);
    say(value, readOut(param, given));
    bar.setAttribute("aria-valuenow", given);
    bar.setAttribute("aria-valuetext", `${readOut(param, given)} ${param.unit}`.trim());
  };
  const put = (next) => {
    const given = fromShare(param, next);
    mirror.set(param.address, given, self);
    show(given);
    share = Math.min(1, Math.max(0, next)); // an int's share must not snap back under the hand
  };
  const reset = () => {
    if (typeof param.initial !== "number") return;
    mirror.set(param.address, param.initial, self);
    show(param.initial);
  };

  drag(bar, { put, reset, share: () => share, hold: () => mirror.hold(param.address), release: () => mirror.release(param.address) });
  steps(bar, param, { put, reset, share: () => share, mirror });
  mirror.watch(param.address, show, self);
  swing(mirror, param.address, fill, (given) => toShare(param, given));
  return bar;
}

function drag(bar, hand) {
  let from = null, timer;
  bar.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || from) return;
    const finger = event.pointerType === "touch";
    from = { id: event.pointerId, x: event.clientX, share: hand.share(), moving: !finger, fine: false };
    bar.setPointerCapture(event.pointerId);
    hand.hold();
    if (finger) timer = setTimeout(() => from && !from.moving && hand.reset(), LONG_PRESS_MS);
    else if (!event.shiftKey) {
      from.share = (event.clientX - bar.getBoundingClientRect().left) / bar.clientWidth;
      hand.put(from.share);
      bar.classList.add("moving");
    }
  });
  bar.addEventListener("pointermove", (event) => {
    if (event.pointerId !== from?.id) return;
    if (!from.moving && Math.abs(event.clientX - from.x) < THRESHOLD_PX) return;
    if (!from.moving || event.shiftKey !== from.fine) {
      clearTimeout(timer);
      Object.assign(from, { moving: true, fine: event.shiftKey, x: event.clientX, share: hand.share() });
      bar.classList.add("moving");
    }
    hand.put(from.share + ((event.clientX - from.x) / bar.clientWidth) * (from.fine ? 0.1 : 1));
  });
  const end = (event) => {
    if (event.pointerId !== from?.id) return;
    clearTimeout(timer);
    from = null;
    bar.classList.remove("moving");
    hand.release();
  };
  for (const name of ["pointerup", "pointercancel", "lostpointercapture"]) bar.addEventListener(name, end);
  bar.addEventListener("dblclick", hand.reset);
}

function steps(bar, param, hand) {
  const { mirror } = hand;
  const step = (by) => {
    mirror.hold(param.address);
    // A whole number moves by one whatever its range, so that every value can be reached.
    const whole = param.type === "int" && Math.abs(by) < 0.1 ? Math.sign(by) / (param.high - param.low) : by;
    hand.put(hand.share() + whole);
    mirror.release(param.address);
  };
  bar.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey) return;
    const by = STEPS[event.key];
    if (by) step(by * (event.shiftKey ? 0.1 : 1));
    else if (event.key === "Home") hand.put(0);
    else if (event.key === "End") hand.put(1);
    else if (event.key === "Delete") hand.reset(); // backspace goes back in the cue list, wherever one is
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  // Only the slider that was chosen listens to the wheel: scrolling past must not play.
  let resting;
  bar.addEventListener("wheel", (event) => {
    if (document.activeElement !== bar || event.ctrlKey) return;
    event.preventDefault();
    clearTimeout(resting);
    resting = setTimeout(() => bar.classList.remove("moving"), WHEEL_REST_MS);
    bar.classList.add("moving");
    step((event.deltaY < 0 ? 1 : -1) * (event.shiftKey ? 0.001 : 0.01));
  }, { passive: false });
}
