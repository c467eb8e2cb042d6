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

/** address → record, for every method of the tree. */
export function readTree(root) {
  const found = new Map();
  const visit = (node) => {
    if (!node || typeof node !== "object") return;
    if (typeof node.TYPE === "string") found.set(node.FULL_PATH, record(node));
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

function record(node) {
  const range = Array.isArray(node.RANGE) ? node.RANGE[0] ?? {} : {};
  const value = Array.isArray(node.VALUE) ? node.VALUE : [];
  const first = node.DEFAULT ?? node.DEFAULT_VALUE;
  const type = kind(node.TYPE.replace(/[[\]]/g, ""), range);
  return {
    address: node.FULL_PATH,
    name: node.FULL_PATH.split("/").at(-1),
    type,
    low: range.MIN ?? 0,
    high: range.MAX ?? 1,
    choices: type === "enum" ? range.VALS.map(String) : [],
    value: value.length > 1 ? value : value[0],
    initial: Array.isArray(first) ? first[0] : first,
    unit: unit(node.UNIT),
    description: node.DESCRIPTION ?? "",
    curve: node.CURVE ?? "linear",
    group: node.GROUP ?? (node.FULL_PATH.includes("/params/") ? "Parameters" : ""),
    live: node.LIVE !== false,
    writable: ((node.ACCESS ?? 3) & 2) !== 0,
  };
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

/** `value` as it is read out: as many decimals as the range deserves. */
export function readOut({ low, high, type }, value) {
  if (typeof value !== "number") return "–";
  const span = Math.abs(high - low);
  const digits = type === "int" || span >= 200 ? 0 : span >= 20 ? 1 : 2;
  return value.toFixed(digits).replace("-", "−");
}
