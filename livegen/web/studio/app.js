// The studio: puts the parts together. Everything that can be played comes from the stage's own tree.

import { Bring } from "./bring.js";
import { bindBadge, bindChoice, bindSeed, bindSwitch, bindTake, buildControls } from "./controls.js";
import { Cues } from "./cues.js";
import { byId, el, say, settle } from "./dom.js";
import { Explore } from "./explore.js";
import { showFlashes } from "./flashes.js";
import { Heard } from "./heard.js";
import { listenToKeys } from "./keys.js";
import { Learn } from "./learn.js";
import { CueList } from "./list.js";
import { MapPanel } from "./maps.js";
import { BrowserMidi } from "./midi.js";
import { card, fetchModels, LearningPanel, strips } from "./model.js";
import { Moves } from "./moves.js";
import { Oscillators } from "./oscillators.js";
import { Sight } from "./sight.js";
import { StrokesPanel } from "./strokes.js";
import { TempoStrip } from "./tempo.js";
import { TEXT_COMMANDS, TextPanel } from "./text.js";
import { Strip } from "./latent.js";
import { Meters } from "./meters.js";
import { Mirror } from "./mirror.js";
import { askToken, notice, toggleHelp, toggleView, tokenFromAddress, watchView } from "./notices.js";
import { Past } from "./past.js";
import { Picture } from "./picture.js";
import { slider } from "./slider.js";
import { Sources } from "./sources.js";
import { Link } from "./socket.js";
import { fetchTree, instances, readTree } from "./tree.js";
import { Plane } from "./xy.js";

const query = new URLSearchParams(location.search);
const output = query.get("view") === "1";
const PANIC = "/livegen/panic";
// These have a place of their own.
const PLACED = new Set(["z", "xy", "seed", "freeze", "randomize", "reset", "see/keep", "params/checkpoint", ...TEXT_COMMANDS.map((name) => `text/${name}`)]);
const AWAY = { connecting: "looking for the stage", away: "the stage is away", refused: "token needed" };

const link = new Link(() => ({
  client: "studio", version: 1, codec: ["jpeg", "webp", "png"], origin: "top-left",
  generators: parts.instance ? [parts.instance] : [], maxSize: picture.wanted(), ack: true, name: output ? "output window" : "studio",
}));
const picture = new Picture(byId("picture"), link, shaped);
const mirror = new Mirror(link);
const meters = new Meters(link, picture);
const heard = new Heard(byId("heard-list"));
const tempo = new TempoStrip(byId("tempo"), mirror);
const moves = new Moves(mirror);
const oscillators = new Oscillators(byId("oscillators"), mirror, moves, (name) => learn?.give(name));
const sources = new Sources(byId("sources"), link, mirror, () => parts.instance);
const parts = { instance: query.get("stream") ?? "", plane: null, cues: null, built: "", streams: [], own: [], welcome: {} };
const learn = output ? null : new Learn(mirror, new BrowserMidi(link, () => {}), moves);
link.token = tokenFromAddress();
if (!output) new Bring(link, () => parts.streams.map(({ name }) => name), () => parts.instance);

/** Read the tree and, when it is another one than before, build every control from it. */
async function build() {
  let tree;
  try {
    tree = await fetchTree(link.token);
  } catch (error) {
    return notice(`The parameters could not be read: ${error.message}`, "the page tries again when the stage is back");
  }
  const names = instances(tree);
  if (!names.includes(parts.instance)) parts.instance = names[0] ?? "main";
  const params = [...readTree(tree).values()];
  mirror.take(Object.fromEntries(params.filter((param) => param.value !== undefined).map((param) => [param.address, param.value])));
  const shape = JSON.stringify([parts.instance, names, params.map(({ value, ...row }) => row)]);
  if (shape !== parts.built) {
    parts.built = shape;
    assemble(names, params);
  }
  link.send({ type: "get", addresses: params.filter((param) => param.type === "vector").map((param) => param.address) });
}

function assemble(names, params) {
  const base = `/livegen/${parts.instance}`;
  const row = (address) => params.find((param) => param.address === address);
  mirror.clear(new Set(params.map(({ address }) => address)));
  parts.plane?.close();
  tabs(names);
  const own = params.filter((param) => param.address.startsWith(`${base}/`) && !PLACED.has(param.address.slice(base.length + 1)));
  buildControls(byId("controls"), own, mirror);
  oscillators.build(params);
  play(params);
  parts.cues = new Cues(mirror, base, link.token);
  parts.list = new CueList(mirror, base, link.token, names);
  const explored = Boolean(row(`${base}/explore/next`));
  parts.explore?.close(explored);
  parts.explore = explored ? new Explore(link, mirror, parts.instance) : null;
  parts.past?.close(parts.instance);
  parts.past = new Past(mirror, parts.instance, link.token);
  parts.maps = new MapPanel(link, mirror, params, parts.instance);
  parts.plane = new Plane(byId("plane"), mirror, `${base}/xy`);
  bindChoice(byId("plane-blend"), row(`${base}/presets/plane`), mirror);
  parts.plane.place(parts.cues.placed());
  const z = row(`${base}/z`);
  byId("latent-group").hidden = !z;
  if (z) new Strip(byId("strip"), mirror, z);
  sources.build();
  mirror.watch("/livegen/info/name", (name) => say(byId("show"), name === "livegen" ? "" : String(name ?? "")));
  bindTake(byId("record"), mirror, "/livegen/take", ["Record a take: what is played, to be painted again", "Recording the take"]);
  bindTake(byId("film"), mirror, "/livegen/film", ["Film what is shown, as it is shown", "Filming"]);
  tempo.bind(Boolean(row("/livegen/tempo/beat")));
  bindSeed(byId("seed"), `${base}/seed`, mirror);
  bindSwitch(byId("freeze"), `${base}/freeze`, mirror);
  bindSwitch(byId("hold"), `${PANIC}/hold`, mirror);
  bindSwitch(byId("black"), `${PANIC}/black`, mirror);
  bindBadge(byId("badge-freeze"), `${base}/freeze`, mirror, "Frozen");
  bindBadge(byId("badge-hold"), `${PANIC}/hold`, mirror, "Held");
  bindBadge(byId("badge-black"), `${PANIC}/black`, mirror, "Black");
  byId("randomize").onclick = () => mirror.fire(`${base}/randomize`);
  byId("reset").onclick = () => mirror.fire(`${base}/reset`);
  byId("safe").onclick = () => mirror.fire(`${PANIC}/safe`);
  learn?.build(params, base);
}

const own = () => parts.streams.find((stream) => stream.name === parts.instance);

/** What only some generators have: running text, a drawing, a picture to show it, a run that learns, a card. */
async function play(params) {
  const base = `/livegen/${parts.instance}`, instance = parts.instance, stream = own();
  document.body.dataset.kind = stream?.kind ?? "image";
  for (const part of parts.own) part.close?.();
  parts.text = stream?.kind === "text" ? new TextPanel(mirror, base) : null;
  parts.strokes = stream?.kind === "strokes" ? new StrokesPanel(mirror, base) : null;
  parts.text?.tail(parts.welcome.text?.[instance]);
  parts.strokes?.tail(parts.welcome.strokes?.[instance]);
  parts.own = [parts.text, parts.strokes].filter(Boolean);
  byId("plays").replaceChildren(...parts.own.map((part) => part.box));
  const model = (await fetchModels(link.token))[instance];
  if (instance !== parts.instance || !model) return;
  const more = [];
  if (model.sees && stream) more.push(new Sight(link, mirror, base, stream.id, model.sees, notice));
  const knob = params.find(({ address }) => address === `${base}/params/checkpoint`);
  if (model.learning) more.push(new LearningPanel(instance, model.learning, link.token, knob && slider(knob, mirror)));
  parts.own.push(...more);
  byId("plays").append(...more.map((part) => part.box)); // what stands there keeps its place and its scrolling
  byId("model").replaceChildren(card(instance, model, link.token));
  strips(byId("controls"), instance, model, base, link.token);
}

/** One tab per generator, where a patch has several. */
function tabs(names) {
  byId("tabs").hidden = names.length < 2;
  byId("tabs").replaceChildren(...names.map((name) => el("button", {
    type: "button", role: "tab", text: name, "aria-selected": name === parts.instance,
    onclick: () => {
      parts.instance = name;
      link.greet();
    },
  })));
}

/** Find the stream to look at. A first hello asks for none, since only the welcome says which there are. */
function chooseStream(streams) {
  const found = streams.find((stream) => stream.name === parts.instance) ?? streams[0];
  if (!found) return true;
  if (found.name !== parts.instance) {
    parts.instance = found.name;
    link.greet();
    return false;
  }
  picture.stream = found.id;
  if (found.width) shaped(found.width, found.height);
  return true;
}

function shaped(width, height) {
  document.documentElement.style.setProperty("--ratio", width / height);
  document.body.classList.toggle("panorama", width / height > 1.9);
}

link.on("state", (state) => {
  document.body.dataset.link = state;
  byId("state").dataset.state = state === "open" ? "well" : "away";
  say(byId("state-words"), AWAY[state] ?? "connected");
  if (state === "refused" && !output) {
    askToken(link.token !== "", (token) => {
      link.token = token;
      link.state = "connecting";
      link.open();
    });
  }
});
link.on("welcome", (welcome) => {
  say(byId("server"), String(welcome.server ?? ""));
  parts.streams = Array.isArray(welcome.streams) ? welcome.streams : [];
  if (!chooseStream(parts.streams)) return;
  if (document.hidden) link.send({ type: "pause" });
  if (output) return;
  parts.welcome = welcome;
  parts.text?.tail(welcome.text?.[parts.instance]);
  parts.strokes?.tail(welcome.strokes?.[parts.instance]);
  link.send({ type: "listen", pattern: "*" });
  build().then(() => parts.past?.again());
});
link.on("changed", () => !output && build());
link.on("param", (values) => mirror.take(values));
link.on("status", (status) => {
  meters.show(status);
  showFlashes(status.flashes);
  sources.status(status);
  if (!parts.cues) return;
  parts.cues.learn(status.cues);
  parts.list.learn(status.cues);
  parts.plane.place(parts.cues.placed());
});
link.on("text", (said) => parts.text && said.stream === own()?.id && parts.text.take(said));
link.on("stroke", (said) => parts.strokes && said.stream === own()?.id && parts.strokes.take(said));
link.on("heard", (lines) => heard.take(lines));
link.on("sources", (lines) => sources.take(lines));
link.on("error", ({ message, hint }) => !output && notice(String(message ?? "The stage refused that."), String(hint ?? "")));

byId("full").onclick = byId("leave").onclick = toggleView;
byId("open-output").onclick = () => window.open(`/?view=1&stream=${encodeURIComponent(parts.instance)}${location.hash}`, "livegen-output", "popup,width=1280,height=720");
byId("ask-help").onclick = toggleHelp;
byId("picture").ondblclick = toggleView;
document.body.classList.toggle("output", output);
document.body.classList.toggle("view", output);
watchView();
settle(byId("seed-row"), "(min-width: 1180px) and (min-height: 561px)", document.querySelector("#rail .panic"), byId("surface"));
/** Of panels that share keys the one that was opened last has them. */
const newest = (...panels) => panels.filter(Boolean).sort((a, b) => (b.opened ?? 0) - (a.opened ?? 0));
const press = (id) => () => byId(id).click();
listenToKeys(output ? { f: toggleView } : {
  space: press("freeze"), r: press("randomize"), b: press("black"), h: press("hold"), 0: press("safe"), f: toggleView, "?": toggleHelp,
  g: () => parts.list?.go(), backspace: () => parts.list?.back(), k: press("list-open"), l: () => learn.toggle(), m: press("maps-open"),
  v: press("explore-open"), n: () => parts.explore?.next(), p: press("past-open"), t: () => tempo.strike(),
  escape: () => {
    if (learn.on) learn.toggle(false);
    else if (document.body.classList.contains("view")) toggleView();
    else if (parts.past?.shown) parts.past.escape();
    else for (const panel of [parts.explore, parts.maps, parts.list]) panel?.open(false);
  },
}, (index) => parts.cues?.recallAt(index), (code) => !output && newest(parts.explore, parts.maps).some((panel) => panel.press(code)));
link.open();
