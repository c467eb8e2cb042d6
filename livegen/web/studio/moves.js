// What oscillators move: the stage's list of it, and putting more up while the show plays.

const MODULATE = "/livegen/modulate";
const PAINTED = /^\/livegen\/[^/]+\/(?:params\/[^/]+(?:\/\d+)?|z\/\d+|xy\/\d+)$/;

/** One for the page, told of every tree anew. */
export class Moves {
  constructor(mirror) {
    Object.assign(this, { mirror, lfos: [], moves: [], params: new Map() });
  }

  /** `params`: the records of the tree; `changed` is called whenever the list is another one, and at once. */
  build(params, changed) {
    this.params = new Map(params.map((param) => [param.address, param]));
    /** Whether this stage lets one put any up. */
    this.open = this.params.has(`${MODULATE}/add`);
    this.mirror.watch(`${MODULATE}/list`, (text) => {
      try {
        Object.assign(this, { lfos: [], moves: [], ...JSON.parse(String(text || "{}")) });
      } catch {
        return; // a list that was cut; the next one counts
      }
      changed();
    });
  }

  /** The modulations by one oscillator, each with the record of its depth. */
  of(name) {
    return this.moves.flatMap((move) => {
      const depth = this.params.get(move.depth);
      return move.from === `lfo/${name}` && depth ? [{ ...move, depth }] : [];
    });
  }

  added(name) {
    return this.lfos.some((lfo) => lfo.name === name && lfo.added);
  }

  /** Whether anything was put up that the patch does not say yet. */
  get some() {
    return [...this.lfos, ...this.moves].some(({ added }) => added);
  }

  /** Whether an oscillator can move what is at `address`. */
  movable(address) {
    const [, vector] = /^(.*)\/\d+$/.exec(address) ?? [], param = this.params.get(address) ?? this.params.get(vector);
    if (!this.open || !param || !PAINTED.test(address)) return false;
    return this.params.has(address) ? ["float", "int"].includes(param.type) : param.type === "vector";
  }

  add(name, address) {
    this.mirror.fire(`${MODULATE}/add`, [`lfo/${name}`, address]);
  }

  /** Another oscillator that moves nothing yet. */
  wave() {
    this.mirror.fire(`${MODULATE}/lfo`, [this.fresh()]);
  }

  remove(...what) {
    this.mirror.fire(`${MODULATE}/remove`, what);
  }

  keep() {
    this.mirror.fire(`${MODULATE}/keep`);
  }

  /** A name that no oscillator has. */
  fresh() {
    const taken = new Set(this.lfos.map(({ name }) => name));
    for (let number = 1; ; number += 1) if (!taken.has(`wave_${number}`)) return `wave_${number}`;
  }
}
