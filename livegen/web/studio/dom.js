// Building the page from values: text only ever becomes text, so that no name can become markup.

export const byId = (id) => document.getElementById(id);

/** An element with attributes; `text` is its text, `on…` a listener, false and null are left out. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "text") node.textContent = value;
    else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name.startsWith("aria-")) node.setAttribute(name, String(value));
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children);
  return node;
}

/** Write text only when it changed: a 4 Hz meter should not cause layout for nothing. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** `walk_speed` as people say it: `Walk speed`. */
export function spoken(name) {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A number of at most `digits` decimals, or a dash where there is none. */
export function figure(value, digits = 0) {
  return typeof value === "number" && Number.isFinite(value) ? value.toFixed(digits) : "–";
}

/** A canvas as large as its box in device pixels; gives back its context, scaled to CSS pixels. */
export function sharpen(canvas) {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const width = Math.max(1, canvas.clientWidth), height = Math.max(1, canvas.clientHeight);
  if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
  if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
  const context = canvas.getContext("2d");
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return { context, width, height };
}

/** Let `node` stand before `neighbour` while the window matches `query`, else at the end of `home`. */
export function settle(node, query, neighbour, home) {
  const media = matchMedia(query);
  const move = () => (media.matches ? neighbour.before(node) : home.append(node));
  media.addEventListener("change", move);
  move();
}

export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const stillness = matchMedia("(prefers-reduced-motion: reduce)");
export const calm = () => stillness.matches;

const CALM_MS = 500;

/** `draw` whenever it is asked for; twice a second, and the last time too, where somebody wants little motion. */
export function unhurried(draw) {
  let due;
  return () => {
    if (!calm()) return draw();
    due ??= setTimeout(() => {
      due = undefined;
      draw();
    }, CALM_MS);
  };
}
