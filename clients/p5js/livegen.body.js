/*! livegen.body 0.1.0, MIT licence. Hands and faces as /hand/x, /hand/pinch, /face/mouth … */

// It tracks nothing itself: you bring the tracking library (ml5, MediaPipe), and hand its results on as they come:
//
//   let body;
//   function setup() {
//     gen = createLivegen();
//     body = new LivegenBody(gen);
//     video = createCapture(VIDEO);
//     handPose = ml5.handPose({ flipped: true });
//     handPose.detectStart(video, (hands) => body.hands(hands, video.width, video.height));
//   }
//
// What the patch routes is sent, at most 60 times a second and only when it changed. The pictures stay in this page.

(function (root) {
  'use strict';

  const SEND_EVERY = 15; // ms
  const GONE_MS = 400; // without a result: nobody is there
  const HAND = ['x', 'y', 'pinch', 'open', 'tilt', 'size', 'speed'];
  const FACE = ['x', 'y', 'size', 'tilt', 'turn', 'nod', 'mouth', 'smile', 'eyes', 'speed'];

  const share = (value, low, high) => Math.min(1, Math.max(0, (value - (low || 0)) / ((high === undefined ? 1 : high) - (low || 0))));
  const apart = (a, b) => Math.hypot(a.x - b.x, a.y - b.y);
  const middle = (points) => ({
    x: points.reduce((sum, p) => sum + p.x, 0) / points.length,
    y: points.reduce((sum, p) => sum + p.y, 0) / points.length,
  });

  /** A hand of 21 points, as ml5's handPose and MediaPipe number them, as numbers from 0 to 1. */
  function handFeatures(points, width, height) {
    const palm = apart(points[0], points[9]) || 1;
    const at = middle([0, 5, 9, 13, 17].map((i) => points[i]));
    const reach = [8, 12, 16, 20].reduce((sum, tip) => sum + apart(points[tip], points[0]), 0) / (4 * palm);
    const lean = Math.atan2(points[9].x - points[0].x, points[0].y - points[9].y);
    return {
      x: share(at.x / width), y: share(1 - at.y / height),
      pinch: 1 - share(apart(points[4], points[8]) / palm, 0.15, 1.0),
      open: share(reach, 0.95, 1.85), tilt: share(lean, -Math.PI / 2, Math.PI / 2), size: share(palm / height, 0.05, 0.4),
    };
  }

  /** A face of 468 points, as ml5's faceMesh and MediaPipe number them. */
  function faceFeatures(points, width, height) {
    const left = points[234], right = points[454], top = points[10], chin = points[152], nose = points[1];
    const wide = apart(left, right) || 1, high = apart(top, chin) || 1, at = middle([left, right, top, chin]);
    const eye = (upper, lower, a, b) => apart(points[upper], points[lower]) / (apart(points[a], points[b]) || 1);
    const lean = Math.atan2(points[263].y - points[33].y, points[263].x - points[33].x);
    const along = ((nose.x - left.x) * (right.x - left.x) + (nose.y - left.y) * (right.y - left.y)) / (wide * wide);
    const down = ((nose.x - top.x) * (chin.x - top.x) + (nose.y - top.y) * (chin.y - top.y)) / (high * high);
    return {
      x: share(at.x / width), y: share(1 - at.y / height), size: share(high / height, 0.1, 0.9),
      tilt: share(lean, -0.8, 0.8), turn: share(along, 0.15, 0.85), nod: share(down, 0.35, 0.75),
      mouth: share(apart(points[13], points[14]) / high, 0.01, 0.22), smile: share(apart(points[61], points[291]) / wide, 0.3, 0.55),
      eyes: share((eye(159, 145, 33, 133) + eye(386, 374, 362, 263)) / 2, 0.08, 0.32),
    };
  }

  /** The one-euro filter: still hands are held still, fast ones followed. */
  class OneEuro {
    constructor(rest, beta) { Object.assign(this, { rest, beta, value: null, speed: 0, at: 0 }); }

    next(value, at) {
      if (this.value === null) { this.value = value; this.at = at; return value; }
      const dt = at - this.at;
      if (dt <= 0) return this.value;
      const keep = (cutoff) => 1 / (1 + 1 / (2 * Math.PI * cutoff * dt));
      this.speed += keep(1) * ((value - this.value) / dt - this.speed);
      this.value += keep(this.rest + this.beta * Math.abs(this.speed)) * (value - this.value);
      this.at = at;
      return this.value;
    }
  }

  /** Takes what a tracker found and plays a gen with it. */
  class LivegenBody {
    /** `gen` is what createLivegen() gave; `options`: smooth ([Hz at rest, Hz per speed], or null for none). */
    constructor(gen, options) {
      this.gen = gen;
      this.options = Object.assign({ smooth: [1.5, 3] }, options);
      this.values = {}; // '/hand/x' → 0 to 1
      this._filters = new Map();
      this._seen = new Map(); // '/hand' → {at, x, y}
      this._said = {};
      this._sentAt = 0;
      this._timer = root.setInterval ? root.setInterval(() => this._look(), 100) : null;
    }

    /** Hands as ml5's handPose gives them: [{keypoints, handedness}]; MediaPipe's lists of points do too. */
    hands(found, width, height) {
      const now = root.performance.now();
      const all = (found || []).map((hand) => ({ points: hand.keypoints || hand, side: String(hand.handedness || '').toLowerCase() }));
      all.filter(({ points }) => points.length >= 21).forEach(({ points, side }, index) => {
        const features = handFeatures(points, width, height);
        if (index === 0) this._take('/hand', features, now);
        if (side === 'left' || side === 'right') this._take('/hand/' + side, features, now);
      });
      this._look(now);
      return this.values;
    }

    /** Faces as ml5's faceMesh gives them: [{keypoints}]; the first one plays. */
    faces(found, width, height) {
      const points = found && found[0] && (found[0].keypoints || found[0]);
      if (points && points.length >= 468) this._take('/face', faceFeatures(points, width, height), root.performance.now());
      this._look();
      return this.values;
    }

    /** A point that somebody moves, in place of a hand: 0 to 1, y upwards, and how far it is closed. */
    point(x, y, pinch) {
      this._take('/hand', { x: share(x), y: share(y), pinch: share(pinch), open: 1 - share(pinch) }, root.performance.now());
      this._look();
    }

    stop() {
      clearInterval(this._timer);
      for (const who of this._seen.keys()) this.values[who + '/here'] = 0;
      this._send(root.performance.now());
    }

    _take(who, features, now) {
      const before = this._seen.get(who), dt = before ? (now - before.at) / 1000 : 0;
      const way = before ? Math.hypot(features.x - before.x, features.y - before.y) : 0;
      const speed = dt > 0 && dt < 0.5 ? share(way / dt / 3) : before && dt === 0 ? this.values[who + '/speed'] : 0;
      this._seen.set(who, { at: now, x: features.x, y: features.y });
      if (!before || dt > GONE_MS / 1000) for (const name of [...HAND, ...FACE]) this._filters.delete(who + '/' + name);
      for (const [name, value] of Object.entries(Object.assign({ speed: speed }, features))) this.values[who + '/' + name] = this._smooth(who + '/' + name, value, now / 1000);
      this.values[who + '/here'] = 1;
    }

    _smooth(address, value, at) {
      if (!this.options.smooth) return value;
      if (!this._filters.has(address)) this._filters.set(address, new OneEuro(...this.options.smooth));
      return this._filters.get(address).next(value, at);
    }

    /** Who has not been seen for a while is not there; where they were stays. */
    _look(at) {
      const now = at === undefined ? root.performance.now() : at;
      for (const [who, seen] of this._seen) {
        if (now - seen.at < GONE_MS) continue;
        this._seen.delete(who);
        this.values[who + '/here'] = 0;
        this.values[who + '/speed'] = 0;
      }
      if (now - this._sentAt >= SEND_EVERY) this._send(now);
    }

    _send(now) {
      const heeded = new Set((this.gen.stage && this.gen.stage.heeded) || []);
      const news = {};
      for (const [address, value] of Object.entries(this.values)) {
        const rounded = Math.round(value * 200) / 200;
        if (heeded.has(address) && this._said[address] !== rounded) news[address] = this._said[address] = rounded;
      }
      if (Object.keys(news).length) this.gen.set(news);
      this._sentAt = now;
    }
  }

  Object.assign(LivegenBody, { handFeatures, faceFeatures, HAND: [...HAND, 'here'], FACE: [...FACE, 'here'] });
  root.LivegenBody = LivegenBody;
}(typeof globalThis !== 'undefined' ? globalThis : self));
