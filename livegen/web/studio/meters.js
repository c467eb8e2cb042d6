// Meters: what the stage says about itself 4 times a second, and what is measured here.

import { byId, colour, figure, say, sharpen } from "./dom.js";

const HISTORY = 240;
const MOOD = { running: "well", starting: "calm", degraded: "calm" };

/** Shows statuses and keeps the short history of frames drawn per second. */
export class Meters {
  constructor(link, picture) {
    this.link = link;
    this.picture = picture;
    this.history = [];
    this.wanted = 0;
    setInterval(() => this.#tick(), 250);
  }

  /** A `status` message; whatever it leaves out shows as a dash. */
  show(status) {
    const worker = status.worker ?? {}, stage = status.latency_ms ?? {};
    this.wanted = status.fps_wanted ?? this.wanted;
    say(byId("m-painted"), figure(status.fps, 1));
    say(byId("m-stage-latency"), `${figure(stage.p50)} / ${figure(stage.p95)}`);
    say(byId("m-render"), figure(status.render_ms, 1));
    say(byId("m-encode"), figure(status.encode_ms, 1));
    say(byId("m-dropped"), figure(status.dropped));
    say(byId("m-viewers"), figure(status.viewers));
    say(byId("m-worker"), [worker.state, worker.device].filter(Boolean).join(" · ") || "–");
    say(byId("m-restarts"), figure(worker.restarts));
    say(byId("m-size"), (status.size ?? []).join(" × ") || "–");
    say(byId("m-note"), String(status.note ?? ""));
    byId("m-note").hidden = !status.note;
    byId("state").title = String(status.note ?? "");
    say(byId("head-viewers"), `${figure(status.viewers)} ${status.viewers === 1 ? "viewer" : "viewers"}`);
    byId("m-restarts-cell").toggleAttribute("data-alarm", worker.restarts > 0);
    this.#state(status.state ?? "running", status.scale);
    this.#error(status.last_error, status.problem !== "");
  }

  // A smaller picture at full rate is a running show, not a broken one: say what it is.
  #state(state, scale) {
    if (this.link.state !== "open") return;
    const smaller = state === "degraded" && scale < 1;
    say(byId("state-words"), smaller ? `${figure(scale * 100)} % size` : state);
    byId("state").dataset.state = MOOD[state] ?? "unwell";
  }

  #error(error, fresh) {
    byId("m-error").toggleAttribute("data-fresh", fresh);
    const message = typeof error === "string" ? error : error?.message ?? "";
    const hint = error?.hint ?? "";
    byId("m-error").hidden = !message;
    say(byId("m-error-message"), message);
    say(byId("m-error-hint"), hint);
  }

  #tick() {
    const { rate } = this.picture;
    const open = this.link.state === "open";
    this.history.push(open ? rate : 0);
    if (this.history.length > HISTORY) this.history.shift();
    const half = this.link.latency(0.5), most = this.link.latency(0.95);
    say(byId("m-fps"), figure(rate, 0));
    say(byId("m-wanted"), this.wanted ? `of ${figure(this.wanted)} fps` : "fps");
    say(byId("head-fps"), `${figure(rate)} fps`);
    say(byId("m-p50"), figure(half));
    say(byId("m-p95"), figure(most));
    say(byId("head-latency"), half === undefined ? "– ms" : `${figure(half)} ms`);
    if (!document.hidden) this.#draw();
  }

  #draw() {
    const canvas = byId("m-history");
    if (!canvas.clientWidth) return;
    const { context, width, height } = sharpen(canvas);
    const top = Math.max(10, this.wanted * 1.25, ...this.history);
    const y = (fps) => height - 2 - (fps / top) * (height - 4);
    if (this.wanted) {
      context.strokeStyle = colour("--faint");
      context.setLineDash([3, 4]);
      line(context, [[0, y(this.wanted)], [width, y(this.wanted)]]);
    }
    context.setLineDash([]);
    context.lineWidth = 1.5;
    context.strokeStyle = colour("--accent");
    const step = width / (HISTORY - 1), left = width - (this.history.length - 1) * step;
    line(context, this.history.map((fps, i) => [left + i * step, y(fps)]));
  }
}

function line(context, points) {
  context.beginPath();
  points.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.stroke();
}
