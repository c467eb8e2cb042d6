// What the page says aside: notices, help, the question for the token, the whole-screen view.

import { byId, el } from "./dom.js";

const STAY_MS = 7000;
const MOST = 3;

/** A sentence and its hint at the foot of the page; the same sentence is not said twice at once. */
export function notice(message, hint = "") {
  const box = byId("notices");
  const said = [...box.children].find((node) => node.dataset.said === message);
  if (said) return stay(said);
  while (box.children.length >= MOST) box.firstChild.remove();
  const node = el("p", { "data-said": message }, el("strong", { text: message }), ...(hint ? [el("span", { text: hint })] : []));
  box.append(node);
  stay(node);
}

function stay(node) {
  clearTimeout(Number(node.dataset.timer));
  node.dataset.timer = setTimeout(() => node.remove(), STAY_MS);
}

/** The token that the address carries behind `#`, which is never sent anywhere. One behind `?` moves there. */
export function tokenFromAddress() {
  const query = new URLSearchParams(location.search);
  const token = new URLSearchParams(location.hash.slice(1)).get("token") ?? query.get("token") ?? "";
  if (query.has("token")) {
    query.delete("token");
    keepToken(token, query);
  }
  return token;
}

function keepToken(token, query = new URLSearchParams(location.search)) {
  const rest = query.toString();
  history.replaceState(null, "", `${location.pathname}${rest && `?${rest}`}#token=${encodeURIComponent(token)}`);
}

/** Ask for the token; `given(token)` hears the answer, which is kept in the address for a reload. */
export function askToken(refused, given) {
  const dialog = byId("token");
  byId("token-refused").hidden = !refused;
  byId("token-form").onsubmit = () => {
    const token = byId("token-field").value.trim();
    keepToken(token);
    given(token);
  };
  if (!dialog.open) dialog.showModal();
}

export function toggleHelp() {
  const help = byId("help");
  if (help.open) help.close();
  else help.showModal();
  help.scrollTop = 0; // its button takes the focus, and would be scrolled to
}

/** Only the picture, on the whole screen where the browser allows it; again to come back. */
export function toggleView() {
  const view = document.body.classList.toggle("view");
  if (view) document.documentElement.requestFullscreen?.().catch(() => {});
  else if (document.fullscreenElement) document.exitFullscreen();
}

/** Leaving full screen by Escape brings the controls back; a still pointer hides over the picture. */
export function watchView() {
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && !document.body.classList.contains("output")) document.body.classList.remove("view");
  });
  let resting;
  const wake = () => {
    document.body.classList.remove("resting");
    clearTimeout(resting);
    resting = setTimeout(() => document.body.classList.add("resting"), 2500);
  };
  for (const name of ["pointermove", "pointerdown", "keydown"]) document.addEventListener(name, wake, { passive: true });
  wake();
}
