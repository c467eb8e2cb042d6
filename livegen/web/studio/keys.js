// The keyboard. Never while somebody types, never with a modifier: those belong to the browser.

const TYPING = "input:not([type=radio]), textarea, select, [contenteditable]";

/** Calls `actions[key]` for single keys, `cue(index)` for 1 to 8; `first(code)` may take a key before all others. */
export function listenToKeys(actions, cue, first = () => false) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (event.target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    const key = event.key === " " ? "space" : event.key.toLowerCase();
    // A button reached with Tab keeps its own space bar.
    if (key === "space" && event.target.matches?.("button:focus-visible, summary:focus-visible")) return;
    if (first(event.code)) return event.preventDefault();
    const act = /^[1-8]$/.test(key) ? () => cue(Number(key) - 1) : actions[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  // A button that was pressed by hand lets go of the focus, or the next space would press it again.
  document.addEventListener("click", (event) => {
    if (event.detail > 0) event.target.closest?.("button")?.blur();
  });
  document.addEventListener("change", (event) => event.target.matches?.("input[type=radio], select") && event.target.blur());
}
