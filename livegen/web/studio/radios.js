// One of a few buttons: the tab key goes to the chosen one, arrows go on from there.

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** Let the buttons `all` in `box`, each with its choice as `data-choice`, play and show the enum `param`. */
export function radios(box, all, param, mirror) {
  const self = {};
  const show = (chosen) => {
    const at = all.findIndex(({ dataset }) => dataset.choice === String(chosen));
    all.forEach((button, i) => {
      button.setAttribute("aria-checked", i === at);
      button.tabIndex = i === Math.max(0, at) ? 0 : -1;
    });
  };
  const pick = (button) => {
    mirror.set(param.address, button.dataset.choice, self);
    show(button.dataset.choice);
  };
  for (const button of all) button.addEventListener("click", () => pick(button));
  box.addEventListener("keydown", (event) => {
    const by = STEPS[event.key], at = all.indexOf(document.activeElement);
    if (!by || at < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    const next = all[(at + by + all.length) % all.length];
    pick(next);
    next.focus();
  });
  show(param.value);
  mirror.watch(param.address, show, self);
  return box;
}
