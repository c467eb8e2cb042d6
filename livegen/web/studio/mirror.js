// What this page knows of the board. Everyone's changes come in here, the hand's changes go out.

const GRACE_MS = 300;

/** Values by address. A control that is being held is never moved by others while it is held. */
export class Mirror {
  constructor(link) {
    this.link = link;
    this.values = new Map();
    this.watchers = new Map();
    this.held = new Map();
    this.late = new Map();
  }

  /** Call `show(value)` whenever `address` changes by anyone but the control that gives `from`. */
  watch(address, show, from) {
    this.watchers.set(address, [...(this.watchers.get(address) ?? []), { show, from }]);
    if (this.values.has(address)) show(this.values.get(address));
  }

  value(address) {
    return this.values.get(address);
  }

  /** The hand moved something: tell the stage, and whatever else here shows the same address. */
  set(address, value, from) {
    this.late.delete(address);
    this.values.set(address, value);
    this.link.set({ [address]: value });
    this.#show(address, value, from);
  }

  /** Something that only happens: a trigger or a command with its arguments. */
  fire(address, args = true) {
    this.link.set({ [address]: args });
  }

  hold(address) {
    clearTimeout(this.held.get(address));
    this.held.set(address, 0);
  }

  /** Let go; what others sent meanwhile, after the hand's last word, shows a moment later. */
  release(address) {
    clearTimeout(this.held.get(address));
    this.held.set(address, setTimeout(() => {
      this.held.delete(address);
      if (!this.late.has(address)) return;
      const value = this.late.get(address);
      this.late.delete(address);
      this.#keep(address, value);
    }, GRACE_MS));
  }

  /** Values that came from the stage. */
  take(values) {
    for (const [address, value] of Object.entries(values)) {
      if (this.held.has(address)) this.late.set(address, value);
      else this.#keep(address, value);
    }
  }

  /** Forget who watches: the page is being built again. Values stay, but for marks of modulations that are gone. */
  clear(known = new Set()) {
    this.watchers.clear();
    for (const address of this.values.keys()) if (address.endsWith("/modulated") && !known.has(address)) this.values.delete(address);
    for (const timer of this.held.values()) clearTimeout(timer);
    this.held.clear();
    this.late.clear();
  }

  #keep(address, value) {
    this.values.set(address, value);
    this.#show(address, value);
  }

  #show(address, value, from) {
    for (const watcher of this.watchers.get(address) ?? []) {
      if (from === undefined || watcher.from !== from) watcher.show(value);
    }
  }
}
