// The keyboard. Never while somebody types, never with a modifier: those belong to the browser.

const TYPING = "input:not([type=radio]), textarea, select, [contenteditable]";

/** Calls `actions[key]` for single keys, `cue(index)` for 1 to 8; `first(code)` may take a key before all others. */
export function listenToKeys(actions, cue, first = () => false) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const dialog = document.querySelector("dialog[open]"), field = event.target.closest?.(TYPING);
    if (dialog) return event.key === "?" && dialog.id === "help" && dialog.close();
    if (field) return event.key === "Escape" && giveUp(field);
    const key = event.key === " " ? "space" : event.key.toLowerCase();
    // A button reached with Tab keeps its own space bar.
    if (key === "space" && event.target.matches?.("button:focus-visible, summary:focus-visible")) return;
    if (first(event.code)) return event.preventDefault();
    const act = /^[1-8]$/.test(key) ? () => cue(Number(key) - 1) : actions[key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  let before = "";
  document.addEventListener("focusin", ({ target }) => (before = target.value));
  // Escape out of a field: its one line is as it was, nothing is sent, and the next key plays.
  const giveUp = (field) => {
    if (field !== document.activeElement) return;
    if (field.matches("input")) field.value = before;
    field.blur();
  };
  // A button that was pressed by hand lets go of the focus, or the next space would press it again.
  document.addEventListener("click", (event) => {
    if (event.detail > 0) event.target.closest?.("button")?.blur();
  });
  document.addEventListener("change", (event) => event.target.matches?.("input[type=radio], select") && event.target.blur());
}
