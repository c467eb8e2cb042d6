/*! livegen.js 0.1.0, MIT licence. charRNN, sketchRNN, DCGAN and CVAE, called as in ml5 0.12 and played by a livegen stage. */

// ml5 1.0 left its generators out. With this one <script> in ml5's place, lessons that were written
// for them run again: the models are the stage's, and the browser only asks. Everything answers with
// a callback (error, result) or a Promise. Works with p5 of either version, and without p5.

(function (root) {
  'use strict';

  // -------------------------------------------------------------------------------- the stage

  const script = root.document && root.document.currentScript;
  const from = script && script.src ? new URL(script.src) : null;
  const served = from && from.pathname === '/livegen.js';

  /** Where the stage is: <script data-stage="…">, else who served this file, else the page's own host. */
  const stage = (script && script.dataset.stage) || (served ? from.host : '');
  const token = (script && script.dataset.token) || (served && from.searchParams.get('token')) || '';
  let loading = null;

  /** p5.livegen.js, which holds the line to the stage; fetched if the page has not done so. */
  function client() {
    if (root.livegen.ask) return Promise.resolve(root.livegen);
    loading = loading || new Promise(function (resolve, reject) {
      const tag = root.document.createElement('script');
      tag.src = new URL('p5.livegen.js', from || root.location).href;
      tag.onload = function () { resolve(root.livegen); };
      tag.onerror = function () { reject(failure('no_client', 'p5.livegen.js is not at ' + tag.src, 'put it beside livegen.js')); };
      root.document.head.append(tag);
    });
    return loading;
  }

  async function ask(question) {
    return (await client()).ask(question, stage || undefined, token);
  }

  function failure(code, message, hint) {
    const error = new Error(message + '. ' + hint);
    return Object.assign(error, { name: 'LivegenError', code: code, hint: hint });
  }

  /** The result to the callback, if there is one, and as a Promise. */
  function tell(promise, callback) {
    if (typeof callback !== 'function') return promise;
    const told = promise.then(function (result) { return [undefined, result]; }, function (error) { return [error, undefined]; });
    return told.then(function (pair) {
      callback(pair[0], pair[1]);
      return pair[1];
    });
  }

  const ARTICLES = { text: 'a text', strokes: 'a strokes', image: 'an image' };

  /** What they all share: which generator of the stage plays it, and one thing after the other. */
  class Player {
    constructor(call, model, kind, families, callback) {
      this._wanted = String(model || '');
      this._call = call;
      this._kind = kind;
      this._families = families;
      this._turn = Promise.resolve();
      this.generator = ''; // the stage's name for it, once it is known
      this.info = null; // and what the stage says about it: family, title, author, latent, labels
      this.ready = tell(this._meet(), callback);
      this.ready.catch(function () {}); // whoever generates is told as well
    }

    /** Find the generator: by the name that was asked for, else the first of the kind. */
    async _meet() {
      if (this.info) return this;
      const there = (await ask({ what: 'about' })).generators;
      const kind = this._kind;
      const fits = there.filter(function (each) { return each.kind === kind; });
      const words = this._wanted.toLowerCase().split(/[/\\]/).map(function (word) { return word.replace(/\.\w+$/, ''); });
      const named = fits.find(function (each) { return words.includes(each.name.toLowerCase()) || words.includes(each.model.toLowerCase()); });
      const families = this._families;
      const best = families.map(function (family) { return fits.find(function (each) { return each.family === family; }); });
      const found = named || best.find(Boolean) || fits[0];
      if (!found) {
        const list = there.map(function (each) { return each.name + ' (' + each.kind + ')'; }).join(', ');
        throw failure('no_generator', this._call + ' needs ' + ARTICLES[kind] + ' generator, and this stage has ' + list,
          'put one into the patch: [generators.' + kind + '] kind = "' + families[0] + '" model = "…"');
      }
      this.info = found;
      this.generator = found.name;
      if (!named && this._wanted) {
        root.console.info('livegen: ' + this._call + "('" + this._wanted + "') is played by " + found.name + ', ' + found.title);
      }
      this._met(found);
      return this;
    }

    _met() {}

    /** Do `work` after what was begun before, so that states follow one another. */
    _next(work, callback) {
      const player = this;
      const done = this._turn.then(function () { return player._meet(); }).then(work);
      this._turn = done.catch(function () {});
      return tell(done, callback);
    }

    _ask(question) { return ask(Object.assign({ generator: this.generator }, question)); }
  }

  function isFunction(value) { return typeof value === 'function'; }

  function firstFunction(values) { return Array.from(values).find(isFunction); }

  function numberOr(value, otherwise) { return Number.isFinite(+value) && value !== null && value !== '' ? +value : otherwise; }

  // --------------------------------------------------------------------------------- charRNN

  const LONGEST_PIECE = 1000; // characters asked for at once: others get their turn in between
  const LONGEST_PRIME = 4000;
  const MEMORY = 500; // characters that stand in for a state that the stage no longer keeps

  class CharRNN extends Player {
    constructor(model, callback) {
      super('charRNN', model, 'text', ['text'], callback);
      this.defaults = { seed: 'a', length: 20, temperature: 0.5, stateful: false };
      this.state = null;
      this.probabilities = [];
      this._unfed = ''; // fed, and not yet read by the network
    }

    /** {seed, length, temperature, stateful, randomSeed} → {sample, state}. The sample does not repeat the seed. */
    generate(options, callback) {
      const given = isFunction(options) ? {} : options || {};
      const player = this;
      return this._next(function () { return player._generate(given); }, firstFunction(arguments));
    }

    async _generate(options) {
      const stateful = options.stateful === undefined ? this.defaults.stateful : options.stateful;
      if (!stateful) this._forget();
      const seed = options.seed || (stateful && this.state ? '' : this.defaults.seed);
      let left = Math.max(0, Math.round(numberOr(options.length, this.defaults.length)));
      const temperature = numberOr(options.temperature, this.defaults.temperature);
      this._unfed += seed;
      let sample = '';
      do {
        const length = Math.min(LONGEST_PIECE, left);
        const random = Number.isFinite(options.randomSeed) ? { seed: Math.round(options.randomSeed) + sample.length } : {};
        const answer = await this._read(Object.assign({ what: 'text', length: length, temperature: temperature }, random));
        sample += answer.text;
        left -= length;
      } while (left > 0);
      return { sample: sample, state: this.state };
    }

    /** The next character and how likely each was: {sample, probabilities: [{char, probability}]}. It is not fed. */
    predict(temperature, callback) {
      const player = this;
      return this._next(function () { return player._predict(temperature); }, firstFunction(arguments));
    }

    async _predict(temperature) {
      const answer = await this._read({ what: 'odds', temperature: numberOr(temperature, this.defaults.temperature) });
      this.probabilities = answer.odds.map(function (pair) { return { char: pair[0], probability: pair[1] }; });
      return { sample: answer.sample, probabilities: this.probabilities };
    }

    /** predict() and feed() in one: write on by one character. For draw(). */
    next(temperature, callback) {
      const player = this;
      return this._next(async function () {
        const result = await player._predict(temperature);
        player._unfed += result.sample;
        return result;
      }, firstFunction(arguments));
    }

    /** Let it read on; what comes next follows from it. */
    feed(text, callback) {
      const player = this;
      return this._next(async function () {
        player._unfed += String(text);
        if (player._unfed.length > LONGEST_PRIME / 2) await player._read({ what: 'text', length: 0 });
      }, firstFunction(arguments));
    }

    /** Begin anew, without a memory. */
    reset(callback) {
      const player = this;
      return this._next(function () { player._forget(); }, callback);
    }

    resetState() { this.reset(); }
    getState() { return this.state; }
    setState(state) {
      const player = this;
      this._next(function () {
        player._forget();
        player.state = state;
      });
    }

    _forget() {
      this.state = null;
      this._unfed = '';
    }

    /** Ask from where it stands, what was fed first; and stand where that ends. */
    async _read(question) {
      while (this._unfed.length > LONGEST_PRIME) {
        const start = this._unfed.slice(0, LONGEST_PRIME);
        const rest = this._unfed.slice(LONGEST_PRIME);
        this._unfed = start;
        await this._read({ what: 'text', length: 0 });
        this._unfed = rest;
      }
      const before = this.state || { name: '', read: '' };
      const prime = this._unfed;
      let answer;
      try {
        answer = await this._ask(Object.assign({ prime: prime, state: before.name }, question));
      } catch (error) {
        if (error.code !== 'unknown_state') throw error;
        // Kept by the stage for a while only, and not across its restarts: read the end again.
        answer = await this._ask(Object.assign({}, question, { prime: (before.read + prime).slice(-LONGEST_PRIME) }));
      }
      this._unfed = '';
      const written = question.what === 'text' ? answer.text : '';
      this.state = { name: answer.state, read: (before.read + prime + written).slice(-MEMORY) };
      return answer;
    }
  }

  // ------------------------------------------------------------------------------- sketchRNN

  const PENS = ['down', 'up', 'end'];
  const AHEAD = 24; // steps of the pen asked for at once
  const MOST_STEPS = 1000;
  const WIDE = 255; // pixels of a whole drawing at pixelFactor 1, as in the drawings ml5's models were made from

  class SketchRNN extends Player {
    /** `large` chose between two downloads; a stage has one model of that name. */
    constructor(name, callback, large) {
      super('sketchRNN', name, 'strokes', ['strokes'], isFunction(callback) ? callback : large);
      this.defaults = { temperature: 0.65, pixelFactor: 3 };
      this._begin();
    }

    _begin() {
      this._all = []; // steps given out or drawn by hand
      this._state = ''; // the stage's name for where it stood `_since` steps ago
      this._since = 0;
      this._ahead = []; // steps that come next
      this._after = ''; // and where it stands after them
      this._temperature = null;
      this._ended = false;
    }

    /** {temperature, pixelFactor}, a drawing to go on with, callback → {dx, dy, pen: 'down' | 'up' | 'end'}, in pixels. */
    generate(options, seedStrokes, callback) {
      const given = Array.from(arguments).filter(function (value) { return !isFunction(value); });
      const settings = Array.isArray(given[0]) ? {} : given[0] || {};
      const strokes = given.find(Array.isArray) || [];
      const player = this;
      return this._next(function () { return player._generate(settings, strokes); }, firstFunction(arguments));
    }

    async _generate(options, strokes) {
      const temperature = numberOr(options.temperature, this.defaults.temperature);
      const scale = WIDE / (numberOr(options.pixelFactor, this.defaults.pixelFactor) || 1);
      if (strokes.length || temperature !== this._temperature) {
        this._ahead = []; // they were thought of under other terms
        this._temperature = temperature;
        const steps = strokes.map(function (stroke) { return readStroke(stroke, scale); });
        // A drawing of the stage begins in its middle, with the pen lifted; one by hand, where its line does.
        if (steps.length && !this._all.length) this._take(toFirstPoint(steps));
        steps.forEach(this._take, this);
        if (strokes.length) this._ended = false;
      }
      if (!this._ahead.length && !this._ended) await this._think();
      if (!this._all.length && this._ahead.length > 1) this._take(this._ahead.shift());
      const step = this._ahead.shift();
      if (!step) return { dx: 0, dy: 0, pen: 'end' };
      this._take(step);
      this._ended = step[2] === 2;
      if (!this._ahead.length) {
        this._state = this._after;
        this._since = 0;
      }
      return { dx: step[0] * scale, dy: step[1] * scale, pen: PENS[step[2]] };
    }

    _take(step) {
      this._all.push(step);
      this._since += 1;
      if (this._all.length > MOST_STEPS) this._all.shift();
    }

    async _think() {
      const question = { what: 'strokes', length: AHEAD, temperature: this._temperature };
      let answer;
      try {
        const since = this._since ? this._all.slice(-this._since) : [];
        answer = await this._ask(Object.assign({ state: this._state, strokes: since }, question));
      } catch (error) {
        if (error.code !== 'unknown_state') throw error;
        // Kept by the stage for a while only, and not across its restarts: show it the whole drawing.
        answer = await this._ask(Object.assign({ strokes: this._all }, question));
      }
      this._ahead = answer.strokes;
      this._after = answer.state;
    }

    /** A new drawing. */
    reset(callback) {
      const player = this;
      return this._next(function () { player._begin(); }, callback);
    }
  }

  /** The lifted step from the middle of what these steps draw to where they begin. */
  function toFirstPoint(steps) {
    const middle = [0, 1].map(function (axis) {
      let at = 0;
      const all = [0].concat(steps.map(function (step) { return (at += step[axis]); }));
      return (Math.min(...all) + Math.max(...all)) / 2;
    });
    return [-middle[0], -middle[1], 0];
  }

  /** {dx, dy, pen}, [dx, dy, lifted] or [dx, dy, down, up, end], in pixels, as the stage draws: size about 1. */
  function readStroke(stroke, scale) {
    if (!Array.isArray(stroke)) return [stroke.dx / scale, stroke.dy / scale, Math.max(0, PENS.indexOf(stroke.pen))];
    const pen = stroke.length >= 5 ? Math.max(0, stroke.slice(2, 5).indexOf(1)) : stroke[2] ? 1 : 0;
    return [stroke[0] / scale, stroke[1] / scale, pen];
  }

  // ---------------------------------------------------------------------------------- images

  /** An answer's picture as everything that ml5 gave: blob, RGBA bytes, p5.Image. */
  async function develop(answer) {
    const bytes = Uint8Array.from(root.atob(answer.image), function (letter) { return letter.charCodeAt(0); });
    const blob = new Blob([bytes], { type: 'image/' + answer.codec });
    const bitmap = await root.createImageBitmap(blob);
    const image = newImage(answer.width, answer.height);
    const canvas = image ? image.canvas : root.document.createElement('canvas');
    if (!image) Object.assign(canvas, { width: answer.width, height: answer.height });
    const context = canvas.getContext('2d');
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    context.restore();
    bitmap.close();
    if (image) image.setModified(true);
    const raw = context.getImageData(0, 0, canvas.width, canvas.height).data;
    return { blob: blob, raw: raw, image: image };
  }

  /** A p5.Image, in global mode and with instances; null on a page without p5. */
  function newImage(width, height) {
    if (isFunction(root.createImage)) return root.createImage(width, height);
    return root.p5 && root.p5.Image ? new root.p5.Image(width, height) : null;
  }

  /** What TensorFlow would give; a real tensor where it is on the page. Values 0..1, [height, width, 3]. */
  function tensorOf(raw, width, height) {
    const values = new Float32Array(width * height * 3);
    for (let i = 0; i < width * height; i++) {
      for (let k = 0; k < 3; k++) values[3 * i + k] = raw[4 * i + k] / 255;
    }
    const shape = [height, width, 3];
    if (root.tf && root.tf.tensor3d) return root.tf.tensor3d(values, shape);
    return {
      shape: shape, dtype: 'float32', size: values.length,
      dataSync: function () { return values; },
      data: function () { return Promise.resolve(values); },
      dispose: function () {},
    };
  }

  class Painter extends Player {
    /** Numbers for the stage: as many as its latent has. Lessons often bring as many as their old model had. */
    _latent(vector) {
      if (!vector) return {};
      const numbers = Array.from(vector, Number);
      const size = this.info.latent;
      if (numbers.length > size && !this._warned) {
        this._warned = true;
        root.console.warn('livegen: ' + this._call + ' was given ' + numbers.length + ' numbers; ' + this.generator + ' has ' + size + ' and takes the first');
      }
      return { latent: numbers.slice(0, size) };
    }
  }

  class DCGAN extends Painter {
    constructor(manifest, options, callback) {
      super('DCGAN', manifest, 'image', ['gan', 'vae'], firstFunction([options, callback]));
      this.config = Object.assign({ returnTensors: false }, isFunction(options) ? {} : options);
    }

    /** A picture of a latent vector, or of a random one: {blob, raw, tensor, image}. */
    generate(callback, latentVector) {
      const vector = Array.from(arguments).find(function (value) { return value && value.length && !isFunction(value); });
      const player = this;
      return this._next(async function () {
        const answer = await player._ask(Object.assign({ what: 'image' }, player._latent(vector)));
        const result = await develop(answer);
        const tensor = player.config.returnTensors ? tensorOf(result.raw, answer.width, answer.height) : null;
        return { blob: result.blob, raw: result.raw, tensor: tensor, image: result.image };
      }, firstFunction(arguments));
    }
  }

  const KEPT_URLS = 64;

  class CVAE extends Painter {
    constructor(manifest, callback) {
      super('CVAE', manifest, 'image', ['vae', 'gan'], callback);
      this.labels = [];
      this._urls = [];
    }

    _met(info) { this.labels = info.labels; }

    /** A picture of that label, somewhere near it; or exactly of a latent vector: {src, raws, image}. */
    generate(label, callback, latentVector) {
      const vector = Array.from(arguments).slice(1).find(function (value) { return value && value.length && !isFunction(value); });
      const name = typeof label === 'string' ? label : '';
      const player = this;
      return this._next(async function () {
        const answer = await player._ask(Object.assign({ what: 'image', label: name }, player._latent(vector)));
        const result = await develop(answer);
        return { src: player._url(result.blob), raws: result.raw, image: result.image };
      }, firstFunction(arguments));
    }

    /** An address for <img src>; old ones are given back, so that a sketch can go on for hours. */
    _url(blob) {
      const url = URL.createObjectURL(blob);
      this._urls.push(url);
      if (this._urls.length > KEPT_URLS) URL.revokeObjectURL(this._urls.shift());
      return url;
    }
  }

  // ---------------------------------------------------------------------------- and the names

  const calls = {
    charRNN: function (model, callback) { return new CharRNN(model, callback); },
    sketchRNN: function (name, callback, large) { return new SketchRNN(name, callback, large); },
    DCGAN: function (manifest, options, callback) { return new DCGAN(manifest, options, callback); },
    CVAE: function (manifest, callback) { return new CVAE(manifest, callback); },
  };
  calls.SketchRNN = calls.sketchRNN; // as older lessons write it

  root.livegen = Object.assign(root.livegen || {}, calls);
  root.ml5 = root.ml5 || { version: 'livegen 0.1.0' };
  // ml5 1.x is there for what it can do, and gets back what it has not any more.
  for (const name of Object.keys(calls)) if (!root.ml5[name]) root.ml5[name] = calls[name];

  if (typeof module === 'object' && module.exports) module.exports = root.livegen;
})(typeof globalThis === 'object' ? globalThis : self);
