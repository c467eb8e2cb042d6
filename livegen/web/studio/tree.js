// What the stage can do, read from its OSCQuery tree: one plain record per parameter.

/** The whole tree; throws with a sentence when the stage will not give it. */
export async function fetchTree(token) {
  const answer = await fetch("/", { headers: headers(token, "application/json"), cache: "no-store" });
  if (!answer.ok) throw new Error(`the stage answered ${answer.status} when asked for its parameters`);
  return answer.json();
}

export function headers(token, accept = "*/*") {
  return { Accept: accept, ...(token && { Authorization: `Bearer ${token}` }) };
}

/** address → record, for every method of the tree that is a whole parameter. */
export function readTree(root) {
  const found = new Map();
  const visit = (node) => {
    if (!node || typeof node !== "object") return;
    if (typeof node.TYPE === "string") {
      const read = record(node);
      if (!read.part) found.set(read.address, read);
    }
    for (const child of Object.values(node.CONTENTS ?? {})) visit(child);
  };
  visit(root);
  return found;
}

/** Names of the generators that have parameters, in the order of the tree. */
export function instances(root) {
  const house = root.CONTENTS?.livegen?.CONTENTS ?? {};
  return Object.keys(house).filter((name) => !/^\d+$/.test(name) && house[name].CONTENTS?.params);
}

// `LIVEGEN` holds what the proposal has no attribute for; without it another server's tree still reads.
function record(node) {
  const own = node.LIVEGEN ?? {};
  const range = Array.isArray(node.RANGE) ? node.RANGE[0] ?? {} : {};
  const value = Array.isArray(node.VALUE) ? node.VALUE : [];
  const type = own.kind ?? kind(node.TYPE.replace(/[[\]]/g, ""), range);
  return {
    address: node.FULL_PATH,
    name: called(node.FULL_PATH, own.group ?? "", node.DESCRIPTION ?? ""),
    tags: node.TYPE.replace(/[[\]]/g, ""),
    type,
    low: own.low ?? range.MIN ?? 0,
    high: own.high ?? range.MAX ?? 1,
    choices: type === "enum" ? (range.VALS ?? []).map(String) : [],
    value: type === "vector" && value.length ? value : value[0],
    initial: Array.isArray(node.DEFAULT_VALUE) ? node.DEFAULT_VALUE[0] : undefined,
    unit: unit(node.UNIT),
    description: node.DESCRIPTION ?? "",
    curve: own.curve ?? "linear",
    group: own.group || heading(node.FULL_PATH, own.group),
    size: own.size ?? 0,
    part: Boolean(own.part_of),
    writable: ((node.ACCESS ?? 3) & 2) !== 0,
  };
}

// `mix/seed` is read as "mix seed"; what the heading says already, as in `direction/warmth`, is not said again.
function bare(address, group) {
  const [, inside] = address.split("/params/");
  if (!inside) return address.split("/").at(-1);
  const parts = inside.split("/");
  return (parts.length > 1 && group.startsWith(parts[0]) ? parts.slice(1) : parts).join(" ");
}

// A numbered direction says what it changes, where the stage could tell: `sefa 3 · darker or lighter`.
function called(address, group, description) {
  const name = bare(address, group), [changes] = description.split(":");
  return /^sefa \d+$/.test(name) && changes.includes(" or ") ? `${name} · ${changes.toLowerCase()}` : name;
}

// What a generator can be told stands under what it is about; the stage's own commands have places of their own.
function heading(address, group) {
  const about = address.split("/")[3];
  if (["text", "stroke", "see"].includes(about)) return about;
  return group === undefined && address.includes("/params/") ? "Parameters" : "";
}

function kind(tags, range) {
  if (Array.isArray(range.VALS) && range.VALS.length) return "enum";
  if (tags === "" || tags === "I" || tags === "N") return "trigger";
  if (tags.length > 1) return /^[fi]+$/.test(tags) ? "vector" : "command";
  return { f: "float", d: "float", i: "int", h: "int", T: "bool", F: "bool", s: "string" }[tags] ?? "string";
}

const SHORT = { times: "×", percent: "%", degrees: "°" };

function unit(given) {
  const said = Array.isArray(given) ? given[0] : given;
  return typeof said === "string" ? SHORT[said] ?? said : "";
}

/** Where `value` stands in the range of `param`, 0..1, along its curve. */
export function toShare({ low, high, curve }, value) {
  const inside = Math.min(high, Math.max(low, value));
  if (curve === "exp") return Math.log(inside / low) / Math.log(high / low);
  const share = (inside - low) / (high - low);
  return curve === "square" ? Math.sqrt(share) : share;
}

/** The value at `share` of the range of `param`. */
export function fromShare({ low, high, curve, type }, share) {
  const inside = Math.min(1, Math.max(0, share));
  const along = curve === "square" ? inside ** 2 : inside;
  const value = curve === "exp" ? low * (high / low) ** inside : low + (high - low) * along;
  return type === "int" ? Math.round(value) : value;
}

/** `value` as it is read out: as many decimals as the range deserves; equal ratios deserve more near the low end. */
export function readOut({ low, high, type, curve }, value) {
  if (typeof value !== "number") return "–";
  const span = Math.abs(high - low);
  const fine = curve === "exp" && value < 10;
  const digits = type === "int" || (span >= 200 && !fine) ? 0 : span >= 20 && !fine ? 1 : 2;
  return value.toFixed(digits).replace("-", "−");
}
