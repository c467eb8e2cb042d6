/*! p5.livegen 0.1.0, MIT licence. Plays a livegen stage from p5.js 1.x and 2.x. */

// One file, so that one <script> after p5 is all a sketch needs. Read it from top to bottom:
// the bytes, the addresses, what goes wrong, the line to the stage, the gen, and p5 at the end.

(function (root) {
  'use strict';

  // ------------------------------------------------------------------------------- the bytes

  const HEADER_SIZE = 32;
  const IMAGE = 1;
  const LATENT = 2;
  const STROKES = 3;
  const BOTTOM_UP = 1; // flag: row 0 is at the bottom
  const BGRA = 2; // flag: blue comes first
  const RAW = 0;
  const JPEG = 1;
  const MIME = { 1: 'image/jpeg', 2: 'image/png', 3: 'image/webp' };
  const PENS = ['down', 'up', 'end'];

  /** One binary message as a frame, or null when it is something else (an OSC packet). */
  function readFrame(buffer) {
    if (buffer.byteLength < HEADER_SIZE) return null;
    const view = new DataView(buffer);
    if (view.getUint32(0) !== 0x4c474631) return null; // 'LGF1'
    const start = view.getUint16(26, true);
    if (start < HEADER_SIZE || start > buffer.byteLength) return null;
    return {
      kind: view.getUint8(4),
      codec: view.getUint8(5),
      flags: view.getUint8(6),
      channels: view.getUint8(7),
      width: view.getUint16(8, true),
      height: view.getUint16(10, true),
      seq: view.getUint32(12, true),
      time: view.getFloat64(16, true),
      stream: view.getUint16(24, true),
      applied: view.getUint32(28, true),
      payload: new Uint8Array(buffer, start),
    };
  }

  /** A picture as a binary message to a stream of the stage: the same frame, the other way round. */
  function writeFrame(stream, seq, width, height, jpeg) {
    const buffer = new ArrayBuffer(HEADER_SIZE + jpeg.byteLength);
    const view = new DataView(buffer);
    view.setUint32(0, 0x4c474631);
    view.setUint8(4, IMAGE);
    view.setUint8(5, JPEG);
    view.setUint8(7, 3);
    view.setUint16(8, width, true);
    view.setUint16(10, height, true);
    view.setUint32(12, seq, true);
    view.setUint16(24, stream, true);
    view.setUint16(26, HEADER_SIZE, true);
    new Uint8Array(buffer, HEADER_SIZE).set(new Uint8Array(jpeg));
    return buffer;
  }

  /** The floats of a latent or stroke frame, wherever they begin in the message. */
  function readFloats(frame) {
    const bytes = frame.payload.slice(0, frame.payload.byteLength & ~3);
    return new Float32Array(bytes.buffer);
  }

  /** Strokes as {dx, dy, pen}; five numbers each: dx, dy and one of three pen states. */
  function readStrokes(frame) {
    const floats = readFloats(frame);
    const strokes = [];
    for (let i = 0; i + 4 < floats.length; i += 5) {
      const pens = Array.from(floats.subarray(i + 2, i + 5));
      strokes.push({ dx: floats[i], dy: floats[i + 1], pen: PENS[pens.indexOf(Math.max(...pens))] });
    }
    return strokes;
  }

  /** A raw picture as RGBA bytes that ImageData takes. */
  function readPixels(frame) {
    const size = frame.width * frame.height * 4;
    if (frame.channels !== 4 || frame.payload.byteLength < size) throw new Error('a raw picture came short');
    const pixels = new Uint8ClampedArray(frame.payload.slice(0, size).buffer);
    if (frame.flags & BGRA) {
      for (let i = 0; i < size; i += 4) [pixels[i], pixels[i + 2]] = [pixels[i + 2], pixels[i]];
    }
    return pixels;
  }

  /** Decoded off the main thread, whatever the codec. Whoever draws it closes it. */
  function decode(frame) {
    if (frame.codec === RAW) {
      return root.createImageBitmap(new root.ImageData(readPixels(frame), frame.width, frame.height));
    }
    return root.createImageBitmap(new Blob([frame.payload], { type: MIME[frame.codec] }));
  }

  // --------------------------------------------------------------------------- the addresses

  const PORT = 9210;
  const OWN = /^(z|xy|seed|tour|randomize|reset|freeze)$|^(z|params|presets|explore|text|stroke|see|map)\//;

  /** 'hue' and 'z/0' in full: '/livegen/main/params/hue', '/livegen/main/z/0'. */
  function expand(instance, name) {
    if (name[0] === '/') return name;
    return '/livegen/' + instance + (OWN.test(name) ? '/' : '/params/') + name;
  }

  /**
   * Where the stage is, out of whatever a sketch says: nothing (the page's own host), 9210,
   * 'localhost:9210', 'http://…', 'ws://…/ws'. Gives {socket, http, host, token}.
   */
  function readUrl(url, page) {
    let text = String(url === undefined || url === null ? '' : url).trim();
    const served = page && /^https?:$/.test(page.protocol);
    if (!text) text = served ? page.protocol + '//' + page.host : '127.0.0.1:' + PORT;
    if (/^\d+$/.test(text)) text = (served ? page.hostname : '127.0.0.1') + ':' + text;
    if (!/^[a-z]+:\/\//i.test(text)) text = 'ws://' + text.replace(/^\/\//, '');
    const parsed = new URL(text.replace(/^http/i, 'ws'));
    const secure = parsed.protocol === 'wss:';
    const path = parsed.pathname === '/' ? '/ws' : parsed.pathname;
    const own = served && page.host === parsed.host;
    const token = parsed.searchParams.get('token') || (own && new URL(page.href).searchParams.get('token')) || '';
    return {
      socket: parsed.protocol + '//' + parsed.host + path,
      http: (secure ? 'https://' : 'http://') + parsed.host,
      host: parsed.host,
      token: token,
    };
  }

  /** A value that may travel: finite numbers, booleans, strings, and lists of them; else undefined. */
  function clean(value) {
    if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
    if (typeof value === 'boolean' || typeof value === 'string') return value;
    if (Array.isArray(value) || ArrayBuffer.isView(value)) {
      const list = Array.from(value, clean);
      return list.includes(undefined) ? undefined : list;
    }
    return undefined;
  }

  const TYPES = { f: 'float', d: 'float', i: 'int', h: 'int', T: 'bool', F: 'bool', s: 'string', I: 'trigger' };

  /** An OSCQuery container's children as {name: {value, min, max, default, type, …}}; 'mix/seed' for deeper ones. */
  function readParams(node, above) {
    const found = {};
    const children = (node && node.CONTENTS) || {};
    for (const key of Object.keys(children)) {
      if (key === 'normalized') continue;
      const name = (above || '') + key;
      if (children[key].TYPE) found[name] = readParam(name, children[key]);
      Object.assign(found, readParams(children[key], name + '/'));
    }
    return found;
  }

  function readParam(name, node) {
    const type = node.TYPE;
    const range = (node.RANGE && node.RANGE[0]) || {};
    const value = node.VALUE && node.VALUE[0];
    return {
      name: name,
      address: node.FULL_PATH,
      type: range.VALS && type === 's' ? 'enum' : type.length > 1 ? 'vector' : TYPES[type] || 'string',
      value: type.length > 1 ? node.VALUE || readNumbers(node.CONTENTS) : value,
      min: range.MIN,
      max: range.MAX,
      default: node.DEFAULT_VALUE ? node.DEFAULT_VALUE[0] : value,
      choices: range.VALS || [],
      unit: (node.UNIT && node.UNIT[0]) || '',
      group: (node.TAGS && node.TAGS[0]) || '',
      description: node.DESCRIPTION || '',
    };
  }

  /** The numbers of a long vector, which stand in nodes below it. */
  function readNumbers(children) {
    return Object.keys(children || {}).map(function (key) { return children[key].VALUE && children[key].VALUE[0]; });
  }

  function readNames(text) {
    return String(text).split(',').map(function (name) { return name.trim(); }).filter(Boolean);
  }

  function cueNames(cues, generator) {
    const own = cues.filter(function (cue) { return !cue.on || !generator || cue.on === generator; });
    return own.map(function (cue) { return typeof cue === 'string' ? cue : cue.name; });
  }

  // ------------------------------------------------------------------------- what goes wrong

  const LOOPBACK = /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\])$/i;
  const PRIVATE = /^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|\[f[cde]|.*\.local$)/i;

  function hostname(host) {
    return host.replace(/:\d+$/, '');
  }

  /**
   * Why there is no connection, in words that name the fix. `facts`: page (a Location), place
   * (from readUrl), code and reason of the close, threw (the socket could not even be made),
   * reached (whether anything answers at that port), knew (whether there was a stage before).
   */
  function diagnose(facts) {
    const place = facts.place;
    const name = hostname(place.host);
    const page = facts.page;
    const studio = place.http + '/p5/';
    const local = LOOPBACK.test(name) || PRIVATE.test(name);
    if (facts.code === 1008 || facts.code >= 4000) {
      return problem('refused', 'the stage at ' + place.host + ' refused this page: ' + (facts.reason || 'no reason given'),
        /token/i.test(facts.reason || '') || !facts.reason ? "give the token: createLivegen('" + place.host + "', { token: '…' })"
          : 'open the sketch from the stage itself: ' + studio);
    }
    if (page && page.protocol === 'https:' && place.http.startsWith('http:') && (facts.threw || !LOOPBACK.test(name))) {
      return problem('mixed_content', 'a page on https may not open ws://' + place.host,
        'open the sketch from the stage itself: ' + studio);
    }
    if (facts.threw) return problem('bad_url', 'cannot open ' + place.socket + ': ' + facts.threw, "write it like 'localhost:9210'");
    if (facts.reached && page && page.protocol === 'file:') {
      return problem('file_page', 'the stage at ' + place.host + ' does not know pages that are opened as files',
        'put the sketch on a server: python -m http.server 8000, then livegen run --allow-origin http://localhost:8000');
    }
    if (facts.reached) {
      return problem('no_socket', 'something answers at ' + place.host + ' but opens no WebSocket for this page',
        'is this the port of livegen (usually ' + PORT + ')? A page from elsewhere needs: livegen run --allow-origin '
          + (page ? page.origin : '…') + '; beyond this computer it needs the token');
    }
    if (page && local && /^https?:$/.test(page.protocol) && !LOOPBACK.test(page.hostname) && !PRIVATE.test(page.hostname)) {
      return problem('local_network', 'the browser keeps this public page from ' + place.host + ', or no stage runs there',
        'allow "local network access" for this site, or open the sketch from the stage itself: ' + studio);
    }
    if (facts.knew) {
      return problem('lost', 'the stage at ' + place.host + ' went away', 'start it again with: livegen run. This sketch reconnects by itself');
    }
    return problem('no_server', 'nothing answers at ' + place.host,
      'start the stage with: livegen run. If it runs on another port, say so: createLivegen(' + "'localhost:" + PORT + "')");
  }

  function problem(code, message, hint) {
    const error = new Error(message + (hint ? '. ' + hint : ''));
    error.name = 'LivegenError';
    error.code = code;
    error.hint = hint || '';
    return error;
  }

  /** Whether anything at all answers there; tells a stopped stage from a refusing one. */
  function reach(place) {
    if (!root.fetch || !root.AbortController) return Promise.resolve(false);
    const patience = new AbortController();
    const timer = setTimeout(function () { patience.abort(); }, 2000);
    return root.fetch(place.http + '/health', { mode: 'no-cors', cache: 'no-store', signal: patience.signal })
      .then(function () { return true; }, function () { return false; })
      .finally(function () { clearTimeout(timer); });
  }

  // ------------------------------------------------------------------- the line to the stage

  const FIRST_WAIT = 500; // ms until the first try to reconnect
  const LONGEST_WAIT = 5000;
  const REMEMBERED = 240; // sent messages whose time is kept for the latency figure
  const lines = new Map();
  const MOST_BUFFERED = 64 * 1024; // bytes
  const MOST_ASKED = 6; // questions under way at once
  let lastId = 0;

  /** One WebSocket to one stage, shared by every gen that plays there. */
  class Line {
    constructor(place, token) {
      this.place = place;
      this.token = token;
      this.gens = new Set();
      this.guests = new Set(); // who asks, and wants no pictures
      this.connected = this._paused = false;
      this.welcome = null;
      this.seq = 0;
      this.sentAt = new Map();
      this.trouble = null; // why there is no connection, once that is known
      this._asked = new Map(); // id → what was asked and is not answered
      this._wait = FIRST_WAIT;
      this._said = new Set();
      this._knew = this._explained = false;
      this._closed = false;
      const line = this;
      this._onVisibility = function () { line._visibility(); };
      this._onOnline = function () { if (!line.connected) line._retry(0); };
      if (root.document) root.document.addEventListener('visibilitychange', this._onVisibility);
      if (root.addEventListener) root.addEventListener('online', this._onOnline);
      this._open();
    }

    join(gen) {
      this.gens.add(gen);
      if (!this._hello) return; // the socket is still opening: one hello will speak for all
      if (this.connected && this._has(gen)) gen._welcomed(this.welcome);
      else this._greet(); // a new hello replaces the one before
    }

    leave(gen) {
      this.gens.delete(gen);
      this.guests.delete(gen);
      if (this.gens.size + this.guests.size === 0) this.close();
      else if (this.connected) this._greet(); // the stage need not paint for it any more
    }

    /**
     * Ask once and be answered once, beside the stream: {what: 'text', prime: 'The ', length: 100}.
     * Waits for the connection; asked again when it breaks. Rejects with a LivegenError.
     */
    ask(question) {
      const line = this;
      return new Promise(function (resolve, reject) {
        if (line.trouble || line._closed) {
          reject(line.trouble || problem('closed', 'this sketch has left the stage'));
          return;
        }
        lastId = (lastId + 1) % 0xffffffff;
        const message = Object.assign({}, question, { type: 'ask', id: lastId });
        line._asked.set(message.id, { message: message, sent: false, resolve: resolve, reject: reject });
        line._sendAsked();
      });
    }

    /** Send what was asked, a few at a time: the stage refuses who asks too much at once. */
    _sendAsked() {
      if (!this.connected) return;
      Array.from(this._asked.values()).slice(0, MOST_ASKED).forEach(function (asked) {
        if (!asked.sent) asked.sent = this.send(asked.message);
      }, this);
    }

    _answered(message) {
      const asked = this._asked.get(message.id);
      if (!asked) return;
      this._asked.delete(message.id);
      if (message.error) asked.reject(problem(message.error.code, message.error.message, message.error.hint));
      else asked.resolve(message);
      this._sendAsked();
    }

    _giveUp(error) {
      this.trouble = error;
      this._asked.forEach(function (asked) { asked.reject(error); });
      this._asked.clear();
    }

    close() {
      this._closed = true;
      this._giveUp(problem('closed', 'this sketch has left the stage'));
      lines.forEach(function (line, key) { if (line === this) lines.delete(key); }, this);
      clearTimeout(this._timer);
      if (root.document) root.document.removeEventListener('visibilitychange', this._onVisibility);
      if (root.removeEventListener) root.removeEventListener('online', this._onOnline);
      this._hangUp();
    }

    send(message) {
      if (!this._socket || this._socket.readyState !== 1) return false;
      this._socket.send(JSON.stringify(message));
      return true;
    }

    sendBytes(buffer) {
      if (this._socket && this._socket.readyState === 1) this._socket.send(buffer);
    }

    /** Whether what was sent has left; what a slow network holds back would be old when it arrives. */
    hasRoom() {
      return Boolean(this._socket) && !(this._socket.bufferedAmount > MOST_BUFFERED);
    }

    ack(frame) {
      frame.owed -= 1;
      if (frame.owed <= 0 && frame.line === this._socket) this.send({ type: 'ack', seq: frame.seq, stream: frame.stream });
    }

    /** Send what the gens have gathered, as one message, at the next animation frame. */
    flushSoon() {
      if (this._flushing) return;
      this._flushing = true;
      this._askedAt = root.performance.now();
      const line = this;
      const flush = function () { line._flushing = false; line._flush(); };
      const seen = root.requestAnimationFrame && !(root.document && root.document.hidden);
      if (seen) root.requestAnimationFrame(flush);
      else setTimeout(flush, 16);
    }

    _flush() {
      if (!this.connected) return; // the newest values wait for the welcome
      const values = {};
      this.gens.forEach(function (gen) { gen._collect(values); });
      if (Object.keys(values).length === 0) return;
      this.seq = (this.seq + 1) >>> 0;
      this.sentAt.set(this.seq, this._askedAt);
      if (this.sentAt.size > REMEMBERED) this.sentAt.delete(this.sentAt.keys().next().value);
      this.send({ type: 'set', seq: this.seq, values: values });
    }

    _open() {
      this._hello = null;
      let socket;
      try {
        socket = new root.WebSocket(this.place.socket);
      } catch (refusal) {
        const error = diagnose({ place: this.place, page: root.location, threw: refusal.message });
        this._giveUp(error);
        this._fail(error, true);
        return;
      }
      socket.binaryType = 'arraybuffer';
      this._socket = socket;
      const line = this;
      socket.onopen = function () { line._greet(); };
      socket.onmessage = function (event) {
        if (typeof event.data === 'string') line._hear(event.data);
        else line._see(event.data);
      };
      socket.onclose = function (event) { line._lost(event); };
    }

    _greet() {
      const gens = Array.from(this.gens);
      const most = function (key) { return Math.max(1, ...gens.map(function (gen) { return gen.options[key]; })); };
      const hello = {
        type: 'hello', client: 'p5', version: 1, ack: true, origin: 'top-left',
        codec: gens.length ? gens[0].options.codec : ['jpeg'],
        maxFps: most('maxFps'), maxSize: most('maxSize'),
      };
      const seen = gens.filter(function (gen) { return gen.options.pictures && !gen._missing; });
      const names = seen.map(function (gen) { return gen.name; });
      if (names.every(Boolean)) hello.generators = Array.from(new Set(names));
      const qualities = gens.map(function (gen) { return gen.options.quality; }).filter(Boolean);
      if (qualities.length) hello.quality = Math.max(...qualities);
      if (this.token) hello.token = this.token;
      if (root.document && root.document.title) hello.name = root.document.title.slice(0, 60);
      this._hello = hello;
      this.send(hello);
    }

    _has(gen) {
      gen._choose(this.welcome.streams);
      return !gen.options.pictures || !this._hello.generators || this._hello.generators.includes(gen.name);
    }

    _hear(text) {
      let message;
      try {
        message = JSON.parse(text);
      } catch (notJson) {
        return;
      }
      if (message.type === 'welcome') this._welcomed(message);
      else if (message.type === 'answer') this._answered(message);
      else if (message.type === 'error') this._refused(message);
      else this.gens.forEach(function (gen) { gen._hear(message); });
    }

    _welcomed(message) {
      const names = (message.streams || []).map(function (stream) { return stream.name; });
      const gens = Array.from(this.gens);
      const lost = gens.filter(function (gen) { return gen.name && !gen.options.generator && !names.includes(gen.name); });
      lost.forEach(function (gen) { gen.name = ''; }); // another patch plays now: take its first generator
      if (this._hello.generators && lost.length) {
        this._greet();
        return;
      }
      gens.forEach(function (gen) { gen._choose(message.streams || []); });
      const seen = gens.filter(function (gen) { return gen.options.pictures && !gen._missing; });
      const wanted = new Set(seen.map(function (gen) { return gen.name; }));
      if (!this._hello.generators && names.length > wanted.size) {
        this._greet(); // ask again by name, so that the stage does not encode what nobody draws
        return;
      }
      this.welcome = message;
      const before = this.connected;
      this.connected = this._knew = true;
      this.trouble = null;
      this._wait = FIRST_WAIT;
      this._explained = false;
      this._said.clear();
      this.sentAt.clear();
      gens.forEach(function (gen) { gen._welcomed(message); });
      if (!before) this._asked.forEach(function (asked) { asked.sent = false; });
      this._sendAsked();
      this._visibility();
      this._askedAt = root.performance.now();
      this._flush();
    }

    _refused(message) {
      // The end of the connection and the missing stream say these again, in the sketch's words.
      if (message.code === 'token' || message.code === 'unknown_stream') return;
      this._fail(problem(message.code || 'error', message.message || 'the stage reports an error', message.hint));
    }

    _see(buffer) {
      const frame = readFrame(buffer);
      if (!frame) return;
      frame.line = this._socket;
      const gens = Array.from(this.gens).filter(function (gen) { return gen._stream && gen._stream.id === frame.stream; });
      frame.owed = Math.max(1, gens.length);
      if (gens.length === 0) this.ack(frame);
      gens.forEach(function (gen) { gen._take(frame); });
    }

    /** A hidden tab draws nothing: ask the stage to stop sending, and say when it shows again. */
    _visibility() {
      const hidden = Boolean(root.document && root.document.hidden);
      if (!this.connected) {
        if (!hidden) this._retry(0);
        return;
      }
      if (hidden !== this._paused) this.send({ type: hidden ? 'pause' : 'resume' });
      this._paused = hidden;
    }

    _hangUp() {
      const socket = this._socket;
      this._socket = null;
      this.connected = this._paused = false;
      if (!socket) return;
      socket.onopen = socket.onmessage = socket.onclose = null;
      if (socket.readyState < 2) socket.close(1000);
    }

    _lost(event) {
      this._hangUp();
      this.gens.forEach(function (gen) { gen._lost(); });
      const line = this;
      const facts = { place: this.place, page: root.location, code: event.code, reason: event.reason, knew: this._knew };
      const known = event.code === 1008 || event.code >= 4000;
      if (!this._explained) {
        this._explained = true;
        (known ? Promise.resolve(false) : reach(this.place)).then(function (reached) {
          if (line.connected || line._closed) return;
          facts.reached = reached && !facts.knew;
          const error = diagnose(facts);
          line._giveUp(error);
          line._fail(error);
        });
      }
      if (known) return; // asking again would be refused again
      this._retry(this._wait * (0.8 + 0.4 * Math.random()));
      this._wait = Math.min(LONGEST_WAIT, this._wait * 1.7);
    }

    _retry(wait) {
      clearTimeout(this._timer);
      const line = this;
      this._timer = setTimeout(function () {
        if (!line._closed && !line._socket) line._open();
      }, wait);
    }

    /** Tell every gen, and the console once: the same sentence 60 times a second helps nobody. */
    _fail(error, final) {
      if (!this._said.has(error.code + error.message)) {
        if (this._said.size < 50) this._said.add(error.code + error.message);
        root.console.warn('livegen: ' + error.message);
      }
      this.gens.forEach(function (gen) { gen._failed(error, final); });
    }
  }

  function lineTo(place, token) {
    const key = place.socket + ' ' + token;
    if (!lines.has(key)) lines.set(key, new Line(place, token));
    return lines.get(key);
  }

  // --------------------------------------------------------------------------------- the gen

  const DEFAULTS = { codec: ['jpeg', 'webp', 'png', 'raw'], maxFps: 60, maxSize: 1024, width: 512, height: 512, pictures: true, showFps: 15 };
  const SHOWN_SIZE = 256; // pixels of the longer side of what see() sends
  const MOST_UNTOLD = 256; // tell()s that wait for the connection
  const LONGEST_TEXT = 10000;
  const MOST_STROKES = 2000;
  const CALLBACKS = { frame: 'livegenFrame', text: 'livegenText', stroke: 'livegenStroke', status: 'livegenStatus', beat: 'livegenBeat' };
  const TEMPO = '/livegen/tempo/';

  /** z, the position in the generator's space: gen.latent.set(3, 0.5) or gen.latent.set([…]). */
  class Latent {
    constructor(gen) {
      this._gen = gen;
      this.size = 0; // known once the stage has said so
      this.values = null; // Float32Array, when the stage sends the latent along
    }

    set(index, value) {
      if (typeof index === 'number') this._gen.set('z/' + index, value);
      else {
        this._gen._forget('z/');
        this._gen.set('z', index);
      }
      return this._gen;
    }
  }

  /** The stage's clock: gen.tempo.phase is 0 on the beat and goes to 1; gen.on('beat', …). Heard once somebody asks. */
  class Tempo {
    constructor(gen) {
      this._gen = gen;
      this._at = 0; // when the position was heard
      this._position = 0;
      this._lead = 0;
      this.bpm = 120;
      this.meter = 4;
      this.running = false; // until the stage has said so
    }

    /** Beats since the stage's clock began, now. The stage is ahead so that its pictures are in time; this is the sound's time. */
    get position() {
      const beats = this.running ? (root.performance.now() - this._at) * this.bpm / 60000 : 0;
      return this._position + beats - this._lead * this.bpm / 60;
    }

    /** How far through the beat, 0 to 1. */
    get phase() { const at = this.position; return at - Math.floor(at); }

    /** How far through the bar, 0 to 1. */
    get bar() { const at = this.position / this.meter; return at - Math.floor(at); }

    /** Which beat of the bar, from 1. */
    get beat() { const at = Math.floor(this.position); return at - Math.floor(at / this.meter) * this.meter + 1; }

    tap() { this._gen.tell(TEMPO + 'tap'); }

    _take(values) {
      const gen = this._gen, tempo = this;
      for (const name of ['bpm', 'meter', 'running']) if (values[TEMPO + name] !== undefined) this[name] = values[TEMPO + name];
      if (values[TEMPO + 'lead'] !== undefined) this._lead = values[TEMPO + 'lead'];
      if (values[TEMPO + 'position'] !== undefined) {
        this._position = values[TEMPO + 'position'];
        this._at = root.performance.now();
      }
      const beat = values[TEMPO + 'beat'];
      if (beat === undefined || !this.running) return;
      setTimeout(function () { if (!gen._removed) gen._emit('beat', { beat: beat, bpm: tempo.bpm, meter: tempo.meter }); }, 1000 * this._lead);
    }
  }

  /** One generator of a stage, as a sketch plays it. Made by createLivegen(). */
  class Livegen {
    constructor(sketch, url, options, callback) {
      this.options = Object.assign({}, DEFAULTS, options);
      this.name = this.options.generator || ''; // else the stage's first one, known at the welcome
      this.image = sketch.createImage(this.options.width, this.options.height); // the only one, for life
      this.latent = new Latent(this);
      this.connected = false;
      this.status = 'connecting';
      this.error = null;
      this.latency = null; // ms from set() to the picture that shows it; null until measured
      this.dropped = 0; // pictures that came but were not drawn, because a newer one was there
      this.params = {};
      this.cues = [];
      this.text = '';
      this.strokes = []; // the drawing so far, as {dx, dy, pen}, for a strokes generator
      this.stage = {}; // the newest status message: fps, render_ms, viewers, worker, …
      this.frozen = false;
      this._sketch = sketch;
      this._handlers = new Map();
      this._broken = new Set();
      this._pending = new Map();
      this._drawnAt = [];
      this._answered = 0;
      this._untold = [];
      this._showing = false;
      this._showAt = this._shown = 0;
      const gen = this;
      this.ready = new Promise(function (resolve, reject) { gen._resolve = resolve; gen._reject = reject; });
      // The rejection belongs to whoever awaits gen.ready; a sketch that does not must stay quiet.
      this.ready.then(function () { if (callback) callback(null, gen); }, function (error) { if (callback) callback(error, gen); });
      const place = readUrl(url, root.location);
      this._place = place;
      this._line = lineTo(place, this.options.token || place.token);
      this._line.join(this);
    }

    // image(gen, 0, 0) works in 2D because p5 draws whatever has a canvas, a width and a height.
    get canvas() { return this.image.canvas; }
    get width() { return this.image.width; }
    get height() { return this.image.height; }

    /** The stage's clock. */
    get tempo() {
      if (!this._tempo) {
        this._tempo = new Tempo(this);
        this._followTempo();
      }
      return this._tempo;
    }

    _followTempo() {
      if (!this._tempo || !this.connected) return;
      this._line.send({ type: 'listen', pattern: TEMPO + '*' });
      this._line.send({ type: 'get', addresses: ['bpm', 'meter', 'running', 'lead', 'position'].map(function (name) { return TEMPO + name; }) });
    }

    /** Pictures drawn in the last second. */
    get fps() {
      const now = root.performance.now();
      while (this._drawnAt.length && this._drawnAt[0] < now - 1000) this._drawnAt.shift();
      return this._drawnAt.length;
    }

    /** set('hue', 0.3), set({ hue: 0.3, 'z/0': 1 }), set('/livegen/main/xy', [0.2, 0.8]). */
    set(name, value) {
      if (typeof name === 'object' && name !== null) {
        for (const key of Object.keys(name)) this.set(key, name[key]);
        return this;
      }
      const sendable = clean(value);
      if (sendable === undefined) {
        this._line._fail(problem('bad_value', "gen.set('" + name + "', …) was given " + String(value), 'give a finite number, a boolean, a text or a list of them'));
        return this;
      }
      this._pending.delete(name); // set again means newest, also in the order of sending
      this._pending.set(name, sendable);
      this._note(name, sendable);
      this._line.flushSoon();
      return this;
    }

    /**
     * What happens rather than stands: tell('text/feed', 'hello'), tell('stroke/feed', [dx, dy, pen, …]). In order,
     * at once, and every one counts, where set() sends the newest value only.
     */
    tell(name, value) {
      const sendable = value === undefined ? true : clean(value);
      if (sendable === undefined) return this.set(name, value); // which says what is wrong
      this._untold.push([name, sendable]);
      if (this._untold.length > MOST_UNTOLD) this._untold.shift();
      this._tellAll();
      return this;
    }

    _tellAll() {
      while (this.connected && this._untold.length) {
        const [name, value] = this._untold.shift();
        const told = typeof value === 'function' ? value(this) : value;
        this._line.send({ type: 'set', values: { [expand(this.name, name)]: told } });
      }
    }

    /**
     * Show it a picture: a canvas, a p5.Graphics or p5.Image, a capture, a video, an <img>. Call it as often as you
     * like: it leaves small, at most `showFps` times a second, and the newest counts. A generator that can look goes
     * to it as far as its parameter `follow` says.
     */
    see(picture) {
      const source = picture.elt || picture.canvas || picture;
      const now = root.performance.now();
      if (!this.connected || this._showing || now < this._showAt || !this._line.hasRoom()) return this;
      const wide = source.videoWidth || source.naturalWidth || source.width;
      const high = source.videoHeight || source.naturalHeight || source.height;
      if (!wide || !high) return this; // a camera that has not begun
      this._showAt = now + 1000 / this.options.showFps - 4; // animation frames do not come to the millisecond
      this._showing = true;
      this._show(source, wide, high);
      return this;
    }

    _show(source, wide, high) {
      const scale = Math.min(1, SHOWN_SIZE / Math.max(wide, high));
      const canvas = this._glass || (this._glass = root.document.createElement('canvas'));
      canvas.width = Math.max(1, Math.round(wide * scale));
      canvas.height = Math.max(1, Math.round(high * scale));
      const context = canvas.getContext('2d');
      context.fillRect(0, 0, canvas.width, canvas.height); // what is transparent shows as black
      context.drawImage(source, 0, 0, canvas.width, canvas.height);
      const gen = this;
      const done = function () { gen._showing = false; };
      canvas.toBlob(function (blob) {
        if (!blob) return done();
        return blob.arrayBuffer().then(function (bytes) {
          gen._shown = (gen._shown + 1) >>> 0;
          if (gen._stream) gen._line.sendBytes(writeFrame(gen._stream.id, gen._shown, canvas.width, canvas.height, bytes));
        }).then(done, done);
      }, 'image/jpeg', 0.85);
    }

    /** Text that a text generator reads on, as if it had written it itself. */
    feed(text) { return this.tell('text/feed', String(text)); }

    /** The same with 0..1 over the parameter's whole range. */
    norm(name, share) { return this.set(name + '/normalized', share); }

    randomize() { return this.set('randomize', true); }
    reset() { return this.set('reset', true); }
    freeze(on) { return this.set('freeze', on === undefined ? true : Boolean(on)); }
    seed(number) { return this.set('seed', number); }

    /** Go to a cue by name or by its place in gen.cues, gliding for some seconds. */
    recall(cue, seconds) {
      const name = typeof cue === 'number' ? this.cues[cue] : cue;
      if (name === undefined) return this;
      return this.set('presets/load', seconds === undefined ? [name] : [name, seconds]);
    }

    /**
     * Bind the next control that moves, MIDI or OSC: learn('hue'), learn('presets/load', 'dusk') for a cue, learn() for
     * the parameter that is touched next. The stage keeps what it learned; forget('hue') unbinds.
     */
    learn(name, cue) {
      return this._order('start', name === undefined ? [] : [name], cue === undefined ? [] : [cue]);
    }

    forget(name, cue) {
      return this._order('forget', [name === undefined ? '*' : name], cue === undefined ? [] : [cue]);
    }

    _order(word, names, rest) {
      // Before the stage has answered nobody knows what the generator is called.
      this._untold.push(['/livegen/learn/' + word, function (gen) {
        return names.map(function (name) { return name === '*' ? name : expand(gen.name, name); }).concat(rest);
      }]);
      this._tellAll();
      return this;
    }

    on(event, handler) {
      if (event === 'beat') void this.tempo;
      if (!this._handlers.has(event)) this._handlers.set(event, new Set());
      this._handlers.get(event).add(handler);
      return this;
    }

    off(event, handler) {
      if (handler === undefined) this._handlers.delete(event);
      else if (this._handlers.has(event)) this._handlers.get(event).delete(handler);
      return this;
    }

    /** Read gen.params anew. Error-first callback or Promise. */
    refresh(callback) {
      const gen = this;
      const asked = this._readTree();
      if (callback) asked.then(function (params) { callback(null, params); }, function (error) { callback(error, gen.params); });
      return callback ? undefined : asked;
    }

    /**
     * Ask this generator for something of its own, beside what plays: gen.ask('text', { prime: 'The ', length: 100 }),
     * 'odds', 'strokes', 'image'. Error-first callback or Promise of the answer.
     */
    ask(what, question, callback) {
      const asked = this._line.ask(Object.assign({ generator: this.name }, question, { what: what }));
      if (callback) asked.then(function (answer) { callback(null, answer); }, function (error) { callback(error); });
      return callback ? undefined : asked;
    }

    /** Leave the stage. p5 does this by itself when the sketch is removed. */
    remove() {
      this._removed = true;
      this.connected = false;
      this.status = 'closed';
      if (this._waiting) this._line.ack(this._waiting);
      this._waiting = null;
      this._line.leave(this);
      all.delete(this);
    }

    // What the line tells it --------------------------------------------------------------

    /** Which generator it is, if nobody named one: the first, or the first of the kind that is wanted. */
    _choose(streams) {
      const kind = this.options.kind;
      const found = streams.find(function (stream) { return !kind || stream.kind === kind; });
      this._missing = !this.name && streams.length > 0 && !found;
      if (!this.name && !this._missing) this.name = found ? found.name : 'main';
    }

    _welcomed(welcome) {
      const name = this.name;
      const streams = welcome.streams || [];
      this._stream = streams.find(function (stream) { return stream.name === name; }) || null;
      if (!this._stream) {
        const names = streams.map(function (stream) { return stream.name + ' (' + stream.kind + ')'; }).join(', ');
        const wanted = this._missing ? this.options.kind + ' generator' : 'generator ' + name;
        const hint = (names ? 'it has: ' + names : '') + (this._missing ? '. A patch that has one: livegen run trio' : '');
        this._failed(problem('no_generator', 'this stage has no ' + wanted, hint), true);
        root.console.warn('livegen: ' + this.error.message);
        return;
      }
      this.connected = true;
      this.error = null;
      this._answered = 0;
      this._setText(welcome.text);
      const drawn = welcome.strokes && welcome.strokes[name];
      if (drawn) this.strokes = drawn.map(function (step) { return { dx: step[0], dy: step[1], pen: step[2] }; });
      if (this._stream.width) this._fit(this._stream.width, this._stream.height);
      this._line.send({ type: 'listen', pattern: '/livegen/' + name + '/*' });
      this._setStatus({ state: 'loading' });
      if (this._tempo) this._followTempo();
      else if (sketchCallback(this._sketch, CALLBACKS.beat)) void this.tempo;
      const gen = this;
      this._params = this._readTree().catch(function (error) { gen._line._fail(error); });
      if (this._stream.kind !== 'image' || !this.options.pictures) this._becomeReady();
      this._tellAll();
    }

    _becomeReady() {
      const gen = this;
      if (this._isReady) return;
      this._isReady = true;
      this._params.then(function () { gen._resolve(gen); });
    }

    _lost() {
      this.connected = false;
      this._waiting = null;
      this._setStatus({ state: 'offline' });
    }

    _failed(error, final) {
      this.error = error;
      if (final || error.code === 'refused') this._reject(error);
      this._emit('error', error);
    }

    _hear(message) {
      const mine = this._stream && (message.stream === undefined || message.stream === this._stream.id);
      if (!mine) return;
      if (message.type === 'status') this._setStatus(message);
      else if (message.type === 'text') this._addText(message);
      else if (message.type === 'stroke') this._addStroke(message);
      else if (message.type === 'param' || message.type === 'values') this._addValues(message.values || {});
    }

    _setStatus(message) {
      if (message.fps !== undefined) this.stage = message;
      if (message.cues) this.cues = cueNames(message.cues, this.name);
      if (message.state) this.status = message.state;
      this._emit('status', message);
    }

    _setText(texts) {
      const tail = texts && (texts[this.name] !== undefined ? texts[this.name] : texts[this._stream.id]);
      if (tail !== undefined) this.text = String(tail);
    }

    _addText(message) {
      const token = message.delta || '';
      if (message.index === 0) this.text = ''; // it begins anew
      this.text = (this.text + token).slice(-LONGEST_TEXT);
      this._emit('text', token, message);
    }

    _addStroke(message) {
      if (message.index === 0) this.strokes = [];
      this.strokes.push({ dx: message.dx, dy: message.dy, pen: message.pen });
      if (this.strokes.length > MOST_STROKES) this.strokes.shift();
      this._emit('stroke', message);
    }

    _addValues(values) {
      const start = '/livegen/' + this.name + '/';
      if (this._tempo) this._tempo._take(values);
      for (const address of Object.keys(values)) {
        if (!address.startsWith(start)) continue;
        const name = address.slice(start.length).replace(/^params\//, '');
        this._note(name, values[address]);
        this._emit('param', { name: name, address: address, value: values[address] });
      }
    }

    /** Keep gen.params true to what was just said, by us or by others. */
    _note(name, value) {
      if (this.params[name]) this.params[name].value = value;
      if (name === 'freeze') this.frozen = Boolean(value);
    }

    _forget(start) {
      for (const name of Array.from(this._pending.keys())) if (name.startsWith(start)) this._pending.delete(name);
    }

    /** Move what waits into `values`, under full addresses. */
    _collect(values) {
      if (!this._stream) return;
      const name = this.name;
      this._pending.forEach(function (value, key) {
        const address = expand(name, key);
        delete values[address];
        values[address] = value;
      });
      this._pending.clear();
    }

    _readTree() {
      const gen = this;
      const start = '/livegen/' + this.name;
      const query = this._line.token ? '?token=' + encodeURIComponent(this._line.token) : '';
      return root.fetch(this._place.http + start + query, { headers: { Accept: 'application/json' }, cache: 'no-store' })
        .then(function (response) {
          if (!response.ok) throw new Error('HTTP ' + response.status);
          return response.json();
        })
        .then(function (tree) {
          const parts = tree.CONTENTS || {};
          gen.params = readParams(parts.params);
          gen.latent.size = parts.z ? (parts.z.TYPE || '').replace(/[^f]/g, '').length : 0;
          const entries = parts.presets && parts.presets.CONTENTS && parts.presets.CONTENTS.entries;
          if (entries && entries.VALUE && entries.VALUE[0]) gen.cues = readNames(entries.VALUE[0]);
          return gen.params;
        })
        .catch(function (cause) {
          throw problem('no_params', 'the list of parameters could not be read from ' + gen._place.http + start + ' (' + cause.message + ')',
            'gen.set() still works; gen.params stays empty');
        });
    }

    // Pictures ----------------------------------------------------------------------------

    _take(frame) {
      if (frame.kind === LATENT) this.latent.values = readFloats(frame);
      if (frame.kind === STROKES) readStrokes(frame).forEach(function (stroke) { this._emit('stroke', stroke); }, this);
      if (frame.kind !== IMAGE) {
        this._line.ack(frame);
        return;
      }
      if (this._waiting) {
        this.dropped += 1;
        this._line.ack(this._waiting);
      }
      this._waiting = frame;
      if (!this._decoding) this._decode();
    }

    /** One decode at a time; what is newest when it ends is decoded next. */
    async _decode() {
      this._decoding = true;
      while (this._waiting) {
        const frame = this._waiting;
        this._waiting = null;
        try {
          const bitmap = await decode(frame);
          if (!this._removed) this._draw(frame, bitmap);
          bitmap.close();
        } catch (cause) {
          this.dropped += 1;
          this._line._fail(problem('bad_picture', 'a picture could not be decoded (' + cause.message + ')', 'the next one is awaited'));
        }
        this._line.ack(frame);
      }
      this._decoding = false;
    }

    _draw(frame, bitmap) {
      this._follow(frame);
      const context = this.image.drawingContext;
      context.save();
      context.setTransform(1, 0, 0, frame.flags & BOTTOM_UP ? -1 : 1, 0, frame.flags & BOTTOM_UP ? this.height : 0);
      context.globalCompositeOperation = 'copy'; // transparent pictures replace, they do not pile up
      context.drawImage(bitmap, 0, 0, this.width, this.height);
      context.restore();
      this.image.setModified(true); // WEBGL uploads the one texture again
      this._drawnAt.push(root.performance.now());
      if (this._drawnAt.length > 240) this._drawnAt.shift();
      this._measure(frame.applied);
      if (this.status === 'loading') this._setStatus({ state: 'running' });
      this._emit('frame');
      this._becomeReady();
    }

    /** Keep the announced size while the stage steps its own size down and up; follow a new shape. */
    _follow(frame) {
      const bigger = frame.width > this.width || frame.height > this.height;
      const reshaped = Math.abs(frame.width * this.height - frame.height * this.width) > this.width + this.height;
      if (bigger || reshaped) this._resize(frame.width, frame.height);
    }

    _fit(width, height) {
      const scale = Math.min(1, this.options.maxSize / Math.max(width, height));
      this._resize(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
    }

    _resize(width, height) {
      if (width === this.width && height === this.height) return;
      const image = this.image;
      const kept = root.document && this._isReady ? root.document.createElement('canvas') : null;
      if (kept) {
        kept.width = image.canvas.width;
        kept.height = image.canvas.height;
        kept.getContext('2d').drawImage(image.canvas, 0, 0);
      }
      image.width = image.canvas.width = width;
      image.height = image.canvas.height = height;
      if (kept) image.drawingContext.drawImage(kept, 0, 0, width, height);
    }

    /** Milliseconds from a set() to the first drawn picture that contains it, lightly smoothed. */
    _measure(applied) {
      if (applied === this._answered) return;
      this._answered = applied;
      const sent = this._line.sentAt.get(applied);
      if (sent === undefined) return;
      const took = root.performance.now() - sent;
      this.latency = this.latency === null ? took : this.latency + 0.2 * (took - this.latency);
    }

    _emit(event, what, more) {
      const gen = this;
      const args = event === 'frame' ? [this] : more ? [what, this, more] : [what, this];
      const call = function (handler) {
        try {
          handler.apply(null, args);
        } catch (thrown) {
          // The sketch's own mistake: shown once with its stack, and the pictures go on.
          if (gen._broken.has(event)) return;
          gen._broken.add(event);
          setTimeout(function () { throw thrown; }, 0);
        }
      };
      (this._handlers.get(event) || []).forEach(call);
      const callback = CALLBACKS[event] && sketchCallback(this._sketch, CALLBACKS[event]);
      if (callback) call(callback);
    }
  }

  /** The stages that this page talks to: [{host, connected, trouble}]. */
  function connections() {
    return Array.from(lines.values()).map(function (line) {
      return { host: line.place.host, connected: line.connected, trouble: line.trouble };
    });
  }

  /** Ask a stage without a gen and without pictures. `url` and `token` as in createLivegen(). */
  function ask(question, url, token) {
    const place = readUrl(url, root.location);
    const line = lineTo(place, token || place.token);
    if (line.guests.size === 0) line.guests.add(ask);
    return line.ask(question);
  }

  // ---------------------------------------------------------------------------------- and p5

  const all = new Set(); // the gens that play now
  const owned = new WeakMap(); // sketch → its gens
  const attached = new WeakSet();

  /** The function livegenFrame, livegenText, … that a sketch may have written, or null. */
  function sketchCallback(sketch, name) {
    if (sketch._customActions) return sketch._customActions[name] || null; // p5 2.x
    const home = sketch._isGlobal ? root : sketch;
    return typeof home[name] === 'function' ? home[name] : null;
  }

  /** createLivegen(url?, options?, callback?): the gen, at once. `this` is the sketch. */
  function createLivegen() {
    const args = Array.from(arguments);
    const callback = typeof args[args.length - 1] === 'function' ? args.pop() : null;
    const options = typeof args[args.length - 1] === 'object' ? args.pop() : {};
    const gen = new Livegen(this, args[0], options || {}, callback);
    if (!owned.has(this)) owned.set(this, new Set());
    owned.get(this).add(gen);
    all.add(gen);
    return gen;
  }

  function removeLivegens() {
    (owned.get(this) || []).forEach(function (gen) { gen.remove(); });
    owned.delete(this);
  }

  /** For p5 2.x: p5.registerAddon(livegen.addon). */
  function addon(p5, fn, lifecycles) {
    fn.createLivegen = createLivegen;
    lifecycles.remove = removeLivegens;
  }

  /** Gives p5, of either major version, its createLivegen(). Done by itself after <script>. */
  function attach(p5) {
    if (attached.has(p5)) return;
    attached.add(p5);
    if (p5.registerAddon) p5.registerAddon(addon);
    else {
      p5.prototype.createLivegen = createLivegen;
      p5.prototype.registerMethod('remove', removeLivegens);
    }
  }

  const livegen = {
    version: '0.1.0',
    addon: addon,
    attach: attach,
    all: function () { return Array.from(all); },
    ask: ask,
    connections: connections,
    readFrame: readFrame,
    writeFrame: writeFrame,
    readParams: readParams,
    readStrokes: readStrokes,
    readUrl: readUrl,
    expand: expand,
    diagnose: diagnose,
  };

  if (typeof module === 'object' && module.exports) module.exports = livegen;
  root.livegen = Object.assign(root.livegen || {}, livegen); // livegen.js may have come before
  if (root.p5 && root.p5.prototype) attach(root.p5);
})(typeof globalThis === 'object' ? globalThis : self);
