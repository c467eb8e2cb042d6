/*! livegen.ear 0.1.0, MIT licence. Sound from a browser as /audio/level, /audio/bass, /audio/onset … */

// The same words and the same numbers as the stage's own ear (livegen/controls/audio): a sketch, the studio and a
// sound card can take turns. Load it after p5.livegen.js:
//
//   let ear;
//   function setup() { gen = createLivegen(); ear = new LivegenEar(gen); }
//   function mousePressed() { ear.start(); }        // browsers listen only after a click
//   function draw() { circle(200, 200, 300 * ear.level); }
//
// What the patch routes is sent; nothing is recorded. The file is also its own AudioWorklet, so that no sample is lost.

(function (root) {
  'use strict';

  // ------------------------------------------------------------------------- in the sound's own thread

  if (typeof root.AudioWorkletProcessor === 'function') {
    root.registerProcessor('livegen-ear', class extends root.AudioWorkletProcessor {
      constructor() {
        super();
        this.block = new Float32Array(512);
        this.filled = 0;
      }

      process(inputs) {
        const channels = inputs[0];
        const size = channels.length ? channels[0].length : 0;
        for (let i = 0; i < size; i++) {
          let sum = 0;
          for (const channel of channels) sum += channel[i];
          this.block[this.filled++] = sum / channels.length;
          if (this.filled === this.block.length) {
            this.port.postMessage(this.block, [this.block.buffer]);
            this.block = new Float32Array(512);
            this.filled = 0;
          }
        }
        return true;
      }
    });
    return;
  }

  // ------------------------------------------------------------------------------- the spectrum

  /** Power of a real signal's spectrum: |X|² for n/2 + 1 steps. */
  class Fourier {
    constructor(size) {
      this.size = size;
      this.re = new Float64Array(size);
      this.im = new Float64Array(size);
      this.cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos(2 * Math.PI * i / size));
      this.sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin(2 * Math.PI * i / size));
      this.out = new Float64Array(size / 2 + 1);
      const bits = Math.log2(size);
      this.turned = Uint32Array.from({ length: size }, (_, i) => {
        let back = 0;
        for (let b = 0; b < bits; b++) back |= ((i >> b) & 1) << (bits - 1 - b);
        return back;
      });
    }

    /** In place, on this.re and this.im, which stand in turned order. */
    run() {
      const { re, im, size, cos, sin } = this;
      for (let half = 1; half < size; half *= 2) {
        const step = size / (2 * half);
        for (let start = 0; start < size; start += 2 * half) {
          for (let k = 0; k < half; k++) {
            const a = start + k, b = a + half, c = cos[k * step], s = sin[k * step];
            const x = re[b] * c + im[b] * s, y = im[b] * c - re[b] * s;
            re[b] = re[a] - x; im[b] = im[a] - y;
            re[a] += x; im[a] += y;
          }
        }
      }
    }

    load(real, imaginary) {
      for (let i = 0; i < this.size; i++) {
        const j = this.turned[i];
        this.re[j] = i < real.length ? real[i] : 0;
        this.im[j] = imaginary && i < imaginary.length ? imaginary[i] : 0;
      }
      this.run();
    }

    power(samples, window) {
      const { re, im, size, turned } = this;
      for (let i = 0; i < size; i++) { re[turned[i]] = samples[i] * window[i]; im[turned[i]] = 0; }
      this.run();
      for (let k = 0; k <= size / 2; k++) this.out[k] = re[k] * re[k] + im[k] * im[k];
      return this.out; // good until the next one
    }
  }

  // The numbers below are those of livegen/controls/audio; their reasons stand there.
  const HOP = 256;
  const WINDOW = 2048, FALL = 512, LONG = 8192, LOOK = 1024;
  const EDGES = [30, 80, 160, 320, 640, 1280, 2560, 5120, 16000];
  const PARTS = { bass: [0, 2], mid: [2, 6], treble: [6, 8] };
  const TILTED = [6, 6, 8, 10, 12, 14, 16, 18].map((db) => 10 ** (db / 20));
  const PART_TILT = 10 ** (-3 / 20);
  const QUIET = 10 ** (-66 / 20), LEAST_REFERENCE = 10 ** (-42 / 20), MOST_NOISE = 10 ** (-50 / 20);
  const HIT_FALL = 0.16, SURE = 0.85;
  const HAPPENS = ['onset'];
  const DIGITS = { 'pitch/hz': 1, 'tempo/bpm': 1 };

  /** A window that rises like Hann's over all but the last `fall` samples, and falls like it over those. */
  function leaning(size, fall) {
    const rise = size - fall;
    return Float64Array.from({ length: size }, (_, i) => (i < rise
      ? 0.5 - 0.5 * Math.cos(Math.PI * (i + 0.5) / rise)
      : 0.5 + 0.5 * Math.cos(Math.PI * (i - rise + 0.5) / fall)));
  }

  const share = (value) => Math.min(1, Math.max(0, value));
  const sum = (list) => list.reduce((a, b) => a + b, 0);

  /** How far from the middle one of three points the top of the curve through them is. */
  function summit(before, here, after) {
    const bend = before - 2 * here + after;
    return bend ? Math.min(0.5, Math.max(-0.5, 0.5 * (before - after) / bend)) : 0;
  }

  function towards(value, goal, seconds, up, down) {
    return value + (goal - value) * (1 - Math.exp(-seconds / (goal > value ? up : down)));
  }

  /** How loud a sound is for this room and this evening, by slow steps. */
  class Gain {
    constructor(fixed) {
      this.fixed = fixed || null;
      this.reference = 10 ** (-26 / 20);
      this.noise = QUIET / 2;
      this.heard = this.listened = this.presence = 0;
    }

    follow(amplitude, seconds) {
      this.listened += seconds;
      const rise = Math.min(20, 1.5 + this.listened);
      this.noise = Math.min(MOST_NOISE, 0.04 * this.reference, towards(this.noise, amplitude, seconds, rise, 0.3));
      const gate = this.fixed ? QUIET : Math.max(QUIET, 2 * this.noise);
      this.presence = share(amplitude / gate - 1);
      if (this.fixed) this.reference = 0.75 / this.fixed;
      else if (this.presence > 0) {
        this.heard += seconds;
        this.reference = Math.max(LEAST_REFERENCE, towards(this.reference, amplitude, seconds, 0.6, Math.min(25, 1.5 + this.heard)));
      }
    }

    shown(amplitude) {
      return Math.min(1, (amplitude * 0.75 / this.reference) ** 0.6) * this.presence;
    }
  }

  // --------------------------------------------------------------------------- attacks and tones

  /** Where sounds begin (SuperFlux), and how fast they follow one another. */
  class Attacks {
    constructor(rate) {
      this.window = Float64Array.from({ length: LOOK }, (_, i) => 0.5 - 0.5 * Math.cos(2 * Math.PI * i / (LOOK - 1)));
      this.fourier = new Fourier(LOOK);
      this.bands = triangles(rate);
      this.scale = 2 / sum(this.window);
      this.hop = HOP / rate;
      this.looks = [];
      this.flux = new Array(8).fill(0);
      this.since = this.judged = this.bpm = 0;
    }

    look(newest, reference) {
      const heard = roots(this.fourier.power(newest.subarray(newest.length - LOOK), this.window));
      const bands = this.bands.map((band) => Math.log10(1 + 1000 * 0.2 / reference * weighed(band, heard) * this.scale));
      let flux = 0;
      if (this.looks.length === 2) {
        const before = this.looks[0], last = bands.length - 1;
        bands.forEach((loud, i) => {
          const most = Math.max(before[i], before[Math.max(0, i - 1)], before[Math.min(last, i + 1)]);
          flux += Math.max(0, loud - most) / bands.length;
        });
        this.looks.shift();
      }
      this.looks.push(bands);
      const begins = this.judge(flux);
      this.flux.push(flux);
      if (this.flux.length > Math.round(6 / this.hop)) this.flux.shift();
      this.judged += this.hop;
      if (this.judged >= 0.5) {
        this.judged = 0;
        this.bpm = tempo(this.flux, this.hop) || this.bpm;
      }
      return begins;
    }

    judge(flux) {
      this.since += this.hop;
      const recent = this.flux.slice(-Math.round(0.12 / this.hop));
      const highest = Math.max(...recent.slice(-Math.round(0.03 / this.hop)));
      if (flux <= sum(recent) / recent.length * 1.5 + 0.1 || flux < highest || this.since < 0.06) return false;
      this.since = 0;
      return true;
    }
  }

  /** Forty overlapping bands of equal musical width. */
  function triangles(rate) {
    const count = 40, edges = Array.from({ length: count + 2 }, (_, i) => 40 * (14000 / 40) ** (i / (count + 1)));
    const hz = Array.from({ length: LOOK / 2 + 1 }, (_, k) => k * rate / LOOK);
    return edges.slice(1, -1).map((middle, b) => {
      const low = edges[b], high = edges[b + 2];
      let found = hz.map((f, k) => [k, Math.max(0, Math.min((f - low) / (middle - low), (high - f) / (high - middle)))]);
      found = found.filter(([, weight]) => weight > 0);
      if (!found.length) found = [[hz.reduce((best, f, k) => (Math.abs(f - middle) < Math.abs(hz[best] - middle) ? k : best), 0), 1]];
      const whole = sum(found.map(([, weight]) => weight));
      return pairs(found.map(([k, weight]) => [k, weight / whole]));
    });
  }

  /** [step, weight] pairs as two arrays, and the sum of what they weigh. */
  const pairs = (found) => ({ steps: Uint16Array.from(found, ([k]) => k), weights: Float64Array.from(found, ([, weight]) => weight) });

  function weighed(band, heard) {
    let found = 0;
    for (let i = 0; i < band.steps.length; i++) found += band.weights[i] * heard[band.steps[i]];
    return found;
  }

  function roots(list) {
    for (let i = 0; i < list.length; i++) list[i] = Math.sqrt(list[i]);
    return list;
  }

  function tempo(flux, seconds) {
    const first = Math.floor(60 / 200 / seconds), last = Math.floor(60 / 60 / seconds) + 1;
    if (flux.length < 2 * last) return 0;
    const mean = sum(flux) / flux.length, centred = flux.map((x) => x - mean);
    const again = (lag) => {
      let found = 0;
      for (let i = lag; i < centred.length; i++) found += centred[i] * centred[i - lag];
      return found;
    };
    const whole = again(0);
    if (whole <= 1e-9) return 0;
    const scaled = new Map();
    for (let lag = first - 1; lag <= last + 1; lag++) scaled.set(lag, again(lag) / whole * flux.length / (flux.length - lag));
    let best = first, most = -Infinity;
    for (let lag = first; lag <= last; lag++) {
      const usual = Math.exp(-0.5 * (Math.log2(60 / (lag * seconds) / 120) / 0.9) ** 2);
      if (scaled.get(lag) * usual > most) { most = scaled.get(lag) * usual; best = lag; }
    }
    if (scaled.get(best) < 0.3) return 0;
    return 60 / ((best + summit(scaled.get(best - 1), scaled.get(best), scaled.get(best + 1))) * seconds);
  }

  const there = new Fourier(4096), back = new Fourier(4096);
  const crossed = { re: new Float64Array(4096), im: new Float64Array(4096) };
  const unlike = new Float64Array(WINDOW / 2), energy = new Float64Array(WINDOW + 1);

  /** The fundamental by YIN: [Hz, confidence] of the newest 2048 samples. */
  function pitch(newest, rate) {
    const x = newest.subarray(newest.length - WINDOW), half = WINDOW / 2;
    for (let i = 0; i < WINDOW; i++) energy[i + 1] = energy[i] + x[i] * x[i];
    there.load(x.subarray(0, half), x); // both at once: two real signals are one complex one
    for (let k = 0; k < 4096; k++) { // conj(first) · whole, conjugated once more: the way back by the way there
      const j = (4096 - k) % 4096;
      const a = (there.re[k] + there.re[j]) / 2, b = (there.im[j] - there.im[k]) / 2;
      const c = (there.im[k] + there.im[j]) / 2, d = (there.re[j] - there.re[k]) / 2;
      crossed.re[k] = a * c - b * d;
      crossed.im[k] = -(a * d + b * c);
    }
    back.load(crossed.re, crossed.im);
    unlike.fill(1);
    let soFar = 0;
    for (let lag = 0; lag < half; lag++) {
      const again = back.re[lag] / 4096;
      const difference = Math.max(0, energy[half] + energy[lag + half] - energy[lag] - 2 * again);
      soFar += difference;
      if (soFar > 1e-9 && lag > 0) unlike[lag] = difference * lag / soFar;
    }
    const least = Math.max(2, Math.floor(rate / 4200));
    let lag = -1;
    for (let each = least; each < half - 1 && lag < 0; each++) if (unlike[each] < 0.15) lag = each;
    if (lag >= 0) while (lag + 1 < half - 1 && unlike[lag + 1] < unlike[lag]) lag += 1;
    else for (let each = lag = least; each < half - 1; each++) if (unlike[each] < unlike[lag]) lag = each;
    const confidence = 1 - unlike[lag];
    return confidence > 0 ? [rate / (lag + summit(unlike[lag - 1], unlike[lag], unlike[lag + 1])), Math.min(1, confidence)] : [0, 0];
  }

  function tone(hz) {
    const note = hz > 0 ? 69 + 12 * Math.log2(hz / 440) : 0;
    return { 'pitch/hz': hz, 'pitch/note': note, pitch: share((note - 36) / 60) };
  }

  // ------------------------------------------------------------------------------- the analysis

  /** Samples in, readings out: {level, bass, …} for every 256 of them. */
  class Analysis {
    constructor(rate, gain) {
      this.rate = rate;
      this.gain = new Gain(gain);
      this.attacks = new Attacks(rate);
      this.memory = new Float32Array(LONG);
      this.rest = new Float32Array(0);
      this.window = leaning(WINDOW, FALL);
      this.long = leaning(LONG, 4 * FALL);
      this.fourier = new Fourier(WINDOW);
      this.longFourier = new Fourier(LONG);
      this.share = 2 / (WINDOW * sum(this.window.map((w) => w * w)));
      this.starts = EDGES.map((edge) => Math.ceil(edge * WINDOW / rate));
      this.notes = notes(rate);
      this.hops = this.hit = 0;
      this.values = { centroid: 0, 'pitch/confidence': 0, ...tone(0) };
    }

    hear(samples) {
      const all = new Float32Array(this.rest.length + samples.length), found = [];
      all.set(this.rest);
      all.set(samples, this.rest.length);
      let start = 0;
      for (; start + HOP <= all.length; start += HOP) found.push(this.read(all.subarray(start, start + HOP)));
      this.rest = all.slice(start);
      return found;
    }

    read(hop) {
      const { memory, values, gain } = this, seconds = HOP / this.rate;
      memory.copyWithin(0, HOP);
      memory.set(hop, LONG - HOP);
      let power = 0;
      for (let i = LONG - 3 * HOP; i < LONG; i++) power += memory[i] * memory[i];
      const loud = Math.sqrt(power / (3 * HOP));
      gain.follow(loud, seconds);
      values.level = gain.shown(loud);
      const begins = this.attacks.look(memory, gain.reference) && gain.presence > 0;
      this.hit = begins ? 1 : this.hit * Math.exp(-seconds / HIT_FALL);
      values.onset = begins ? 1 : 0;
      values.hit = this.hit >= 0.005 ? this.hit : 0;
      values['tempo/bpm'] = this.attacks.bpm;
      values.tempo = share(this.attacks.bpm / 240);
      if (this.hops % 2 === 0) this.look();
      if (this.hops % 8 === 0) this.colour();
      this.hops += 1;
      return { at: this.hops * HOP, values: { ...values } };
    }

    look() {
      const { memory, values, gain } = this;
      const power = this.fourier.power(memory.subarray(LONG - WINDOW), this.window);
      const bands = TILTED.map((tilt, i) => tilt * Math.sqrt(this.share * sum(power.subarray(this.starts[i], this.starts[i + 1]))));
      bands.forEach((loud, i) => { values['bands/' + i] = gain.shown(loud); });
      for (const [name, [low, high]] of Object.entries(PARTS)) {
        values[name] = gain.shown(PART_TILT * Math.sqrt(sum(bands.slice(low, high).map((x) => x * x))));
      }
      let sure = 0;
      if (gain.presence > 0) {
        let whole = 0, moved = 0;
        roots(power).forEach((x, k) => { whole += x; moved += x * k * this.rate / WINDOW; });
        const centre = whole * Math.sqrt(this.share) > 1e-9 ? moved / whole : 0;
        values.centroid = share(Math.log2(Math.max(centre, 100) / 100) / Math.log2(100));
        const [hz, confidence] = pitch(memory, this.rate);
        sure = confidence;
        if (sure >= SURE) Object.assign(values, tone(hz));
      }
      values['pitch/confidence'] = sure * gain.presence;
    }

    colour() {
      const heard = roots(this.longFourier.power(this.memory, this.long));
      const found = this.notes.map((note) => weighed(note, heard));
      const most = Math.max(...found);
      found.forEach((loud, i) => { this.values['chroma/' + i] = most > 1e-9 ? loud / most * this.gain.presence : 0; });
    }
  }

  /** For each of the twelve notes, C first, how much each step of the long spectrum counts. */
  function notes(rate) {
    return Array.from({ length: 12 }, (_, note) => {
      const found = [];
      for (let k = 1; k <= LONG / 2; k++) {
        const hz = k * rate / LONG;
        if (hz < 110 || hz > 2200) continue;
        const off = ((69 + 12 * Math.log2(hz / 440) - note + 6) % 12 + 12) % 12 - 6;
        const weight = Math.exp(-0.5 * (off / 0.35) ** 2);
        if (weight > 1e-6) found.push([k, weight]);
      }
      return pairs(found);
    });
  }

  // ------------------------------------------------------------------------------------- the ear

  const SEND_EVERY = 15; // ms: at most 60 times a second, and a little slack
  const STAYS = 50; // ms that an onset stays 1, so that a frame sees it
  const here = root.document && root.document.currentScript ? root.document.currentScript.src : '/livegen.ear.js';

  /**
   * A microphone, or any AudioNode, that plays a gen: new LivegenEar(gen), then start() after a click.
   * `gen` is what createLivegen() gave, or anything with set({address: number}) and, if it knows, stage.heeded.
   */
  class LivegenEar {
    constructor(gen, options) {
      this.gen = gen;
      this.options = Object.assign({ gain: null, device: '', module: here }, options);
      this.values = {}; // 'level', 'bass', 'bands/0', … → 0 to 1
      this.running = false;
      this.error = null;
      this.onreading = null; // called with this ear, about 90 times a second
      this._said = {};
      this._sentAt = 0;
      this._due = {};
    }

    get level() { return this.values.level || 0; }
    get hit() { return this.values.hit || 0; }

    /** Listen to the microphone, or to `node`. Rejects with a sentence. */
    async start(node) {
      if (this.running) return this;
      this.running = true;
      try {
        if (!node) node = await this._microphone();
        this.context = node.context;
        if (this.context.state === 'suspended') await this.context.resume();
        await this.context.audioWorklet.addModule(this.options.module);
        this._tap = new root.AudioWorkletNode(this.context, 'livegen-ear', { numberOfOutputs: 0 });
        this._analysis = new Analysis(this.context.sampleRate, this.options.gain);
        this._tap.port.onmessage = (event) => this._hear(event.data);
        node.connect(this._tap);
        this._node = node;
      } catch (error) {
        this.stop();
        this.error = new Error('this page hears nothing: ' + (REASONS[error.name] || error.message));
        throw this.error;
      }
      return this;
    }

    async _microphone() {
      const media = root.navigator.mediaDevices;
      if (!media) throw new Error('microphones need https, or the stage on this very machine (http://localhost)');
      const plain = { echoCancellation: false, noiseSuppression: false, autoGainControl: false };
      if (this.options.device) plain.deviceId = { exact: this.options.device };
      this._stream = await media.getUserMedia({ audio: plain });
      const context = new root.AudioContext({ latencyHint: 'interactive' });
      this._own = context;
      this._stream.getAudioTracks()[0].addEventListener('ended', () => this.stop());
      return context.createMediaStreamSource(this._stream);
    }

    /** Listen no more; what was loud is 0 on the stage too. */
    stop() {
      this.running = false;
      if (this._tap) {
        this._tap.port.onmessage = null;
        if (this._node) this._node.disconnect(this._tap);
      }
      if (this._stream) this._stream.getTracks().forEach((track) => track.stop());
      if (this._own) this._own.close();
      this._tap = this._node = this._stream = this._own = null;
      for (const name of Object.keys(this.values)) if (!/^(pitch|centroid|tempo)/.test(name)) this.values[name] = 0;
      this._due = {};
      this._send();
      this._said = {};
    }

    _hear(samples) {
      const now = root.performance.now();
      for (const reading of this._analysis.hear(samples)) {
        this.values = reading.values;
        for (const name of HAPPENS) if (reading.values[name]) this._due[name] = now + STAYS;
      }
      for (const name of HAPPENS) this.values[name] = now < (this._due[name] || 0) ? 1 : 0;
      const rises = HAPPENS.some((name) => this.values[name] && !this._said['/audio/' + name]);
      if (rises || now - this._sentAt >= SEND_EVERY) this._send();
      if (this.onreading) this.onreading(this);
    }

    /** What changed and is listened to, as one message. */
    _send() {
      const heeded = new Set((this.gen.stage && this.gen.stage.heeded) || []);
      const news = {};
      for (const [name, value] of Object.entries(this.values)) {
        const address = '/audio/' + name, rounded = Number(value.toFixed(DIGITS[name] || 2));
        if (heeded.has(address) && this._said[address] !== rounded) news[address] = this._said[address] = rounded;
      }
      if (Object.keys(news).length) this.gen.set(news);
      this._sentAt = root.performance.now();
    }
  }

  const REASONS = {
    NotAllowedError: 'the browser was not allowed to listen; allow the microphone for this page',
    NotFoundError: 'there is no microphone',
    NotReadableError: 'another program holds the microphone',
  };

  LivegenEar.Analysis = Analysis;
  root.LivegenEar = LivegenEar;
}(typeof globalThis !== 'undefined' ? globalThis : self));
