// MIDI bytes as names and values, by the rules of the stage's own door: tests read both against the same table.

const LENGTHS = { 0x80: 2, 0x90: 2, 0xa0: 2, 0xb0: 2, 0xc0: 1, 0xd0: 1, 0xe0: 2 };
const COMMON = { 0xf1: 1, 0xf2: 2, 0xf3: 1 };
const TRANSPORT = { 0xf8: "clock", 0xfa: "start", 0xfb: "continue", 0xfc: "stop" };
const FINE = 16383, COARSE = 127;

// `relative` and `fourteen` as a patch writes them: "1/cc/16", "*/cc/16-31", "1/cc/16 offset".
export function rules(relative = [], fourteen = []) {
  const turning = new Map(), fine = new Set();
  for (const said of relative) for (const key of controls(said)) turning.set(key, said.trim().split(/ +/)[1] ?? "twos");
  for (const said of fourteen) for (const key of controls(said)) fine.add(key);
  return { turning, fine };
}

function controls(said) {
  const match = /^(\d+|\*)\/cc\/(\d+)(?:-(\d+))?/.exec(said.trim());
  if (!match) return [];
  const channels = match[1] === "*" ? Array.from({ length: 16 }, (_, i) => i + 1) : [Number(match[1])];
  const found = [];
  for (const channel of channels) for (let n = Number(match[2]); n <= Number(match[3] ?? match[2]); n++) found.push(`${channel}/${n}`);
  return found;
}

/** One port: what its bytes say, as [name, value] pairs. Never throws; keeps nothing but the message under way. */
export class Reader {
  constructor(known = rules()) {
    this.rules = known;
    this.status = this.wanted = 0;
    this.data = [];
    this.skips = false;
    this.rough = new Map();
    this.alone = new Map();
  }

  feed(bytes) {
    const said = [];
    for (const byte of bytes) {
      const message = this.#byte(byte);
      const found = message && this.#read(message);
      if (found) said.push(found);
    }
    return said;
  }

  #byte(byte) {
    if (byte >= 0xf8) return [byte];
    if (byte >= 0x80) {
      this.data = [];
      this.skips = byte === 0xf0;
      this.status = byte;
      this.wanted = (byte >= 0xf0 ? COMMON[byte] : LENGTHS[byte & 0xf0]) ?? 0;
      return null;
    }
    if (this.skips || !this.wanted) return null;
    this.data.push(byte);
    if (this.data.length < this.wanted) return null;
    const message = [this.status, ...this.data];
    this.data = [];
    if (this.status >= 0xf0) this.wanted = 0; // what the system says has no running status
    return message;
  }

  #read([status, first, second]) {
    if (status >= 0xf0) {
      if (status === 0xf2) return ["song", first | (second << 7)];
      return status in TRANSPORT ? [TRANSPORT[status], null] : null;
    }
    const kind = status & 0xf0, channel = (status & 0x0f) + 1;
    if (kind === 0xb0) return this.#control(channel, first, second);
    if (kind === 0x90 || kind === 0x80) return [`${channel}/note/${first}`, kind === 0x90 ? second / COARSE : 0];
    if (kind === 0xe0) {
      const bent = (first | (second << 7)) - 8192;
      return [`${channel}/bend`, bent / (bent < 0 ? 8192 : 8191)];
    }
    if (kind === 0xc0) return [`${channel}/program`, first + 1];
    if (kind === 0xd0) return [`${channel}/pressure`, first / COARSE];
    return [`${channel}/poly/${first}`, second / COARSE];
  }

  #control(channel, number, value) {
    const key = `${channel}/${number}`, above = `${channel}/${number - 32}`;
    const encoding = this.rules.turning.get(key);
    if (encoding) {
      const turned = steps(value, encoding);
      return turned ? [`${channel}/cc/${number}/turn`, turned] : null;
    }
    if (this.rules.fine.has(above)) {
      this.alone.set(above, false);
      return [`${channel}/cc/${number - 32}`, (((this.rough.get(above) ?? 0) << 7) | value) / FINE];
    }
    if (this.rules.fine.has(key)) {
      this.rough.set(key, value);
      const waits = !this.alone.get(key);
      this.alone.set(key, true);
      if (waits) return null; // the fine half follows, except from those that never send one
    }
    return [`${channel}/cc/${number}`, value / COARSE];
  }
}

function steps(value, encoding) {
  if (encoding === "twos") return value < 64 ? value : value - 128;
  if (encoding === "sign") return value & 64 ? -(value & 63) : value;
  return value - 64;
}

/** The messages that show `value` on the control of that name; none where a name has none. */
export function written(name, value, known = rules()) {
  const [, channel, kind, rest] = /^(\d+)\/(cc|note|bend)(?:\/(\d+))?$/.exec(name) ?? [];
  const place = Number(channel) - 1, number = Number(rest);
  if (!channel || place < 0 || place > 15 || (kind !== "bend" && !(number <= 127))) return [];
  if (kind === "bend") {
    const bent = Math.round(8192 + Math.min(1, Math.max(-1, value)) * (value < 0 ? 8192 : 8191));
    return [[0xe0 | place, bent & 127, bent >> 7]];
  }
  const share = Math.min(1, Math.max(0, value));
  if (kind === "note") return [[0x90 | place, number, Math.round(share * COARSE)]];
  if (known.fine.has(`${place + 1}/${number}`)) {
    const fine = Math.round(share * FINE);
    return [[0xb0 | place, number, fine >> 7], [0xb0 | place, number + 32, fine & 127]];
  }
  return [[0xb0 | place, number, Math.round(share * COARSE)]];
}
