// A browser's worth of stand-ins for the client file: p5 of either major version, a socket that the
// test answers, a clock that moves by hand. The client itself is the real file.

import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const CLIENT = new URL('../../../clients/p5js/p5.livegen.js', import.meta.url);
const FACADE = new URL('../../../clients/p5js/livegen.js', import.meta.url);
const GOLDEN = new URL('../../golden/', import.meta.url);
const SOURCE = readFileSync(CLIENT, 'utf8');
const FACADE_SOURCE = readFileSync(FACADE, 'utf8');

export function golden(name) {
  return readFileSync(new URL(name, GOLDEN));
}

export function bytes(buffer) {
  return buffer.buffer.slice(buffer.byteOffset, buffer.byteOffset + buffer.byteLength);
}

/** Objects of the other realm as objects of this one. */
export function plain(value) {
  return JSON.parse(JSON.stringify(value));
}

/** Let every promise that can go on go on. */
export async function settle() {
  for (let i = 0; i < 6; i++) await new Promise((resolve) => setImmediate(resolve));
}

export class World {
  constructor({ p5 = 1, page = 'http://localhost:9210/p5/hello/', tree = {}, treeStatus = 200, health = true, ml5 = false } = {}) {
    const world = this;
    Object.assign(this, { sockets: [], warnings: [], images: [], bitmaps: [], fetched: [], thrown: [], now: 0, tree, treeStatus, health });
    this._timers = [];
    this._replied = new Set();
    this._frames = [];
    this._listeners = {};
    this.document = {
      hidden: false, title: 'test',
      addEventListener: (event, f) => { world._listeners[event] = f; },
      removeEventListener: (event) => { delete world._listeners[event]; },
      createElement: () => fakeCanvas(1, 1),
    };
    const root = {
      URL, AbortController, Blob, DataView, ArrayBuffer, Uint8Array,
      document: this.document,
      location: new URL(page),
      console: { warn: (text) => world.warnings.push(text), info: () => {} },
      atob,
      performance: { now: () => world.now },
      requestAnimationFrame: (f) => world._frames.push(f),
      setTimeout: (f, wait) => world._timers.push({ f, due: world.now + wait, id: world._timers.length + 1 }),
      clearTimeout: (id) => { world._timers = world._timers.filter((timer) => timer.id !== id); },
      addEventListener: () => {}, removeEventListener: () => {},
      ImageData: class { constructor(data, width, height) { Object.assign(this, { data, width, height }); } },
      createImageBitmap: (what) => world._decode(what),
      fetch: (url, options) => world._fetch(url, options),
      WebSocket: class { constructor(url) { return world._socket(url); } },
    };
    this.root = vm.createContext(root);
    if (p5) root.p5 = p5 === 1 ? fakeP5v1(this) : fakeP5v2(this);
    vm.runInContext(SOURCE, this.root, { filename: 'p5.livegen.js' });
    if (ml5) {
      if (ml5 !== true) this.root.ml5 = ml5;
      vm.runInContext(FACADE_SOURCE, this.root, { filename: 'livegen.js' });
    }
    this.livegen = this.root.livegen;
    this.sketch = p5 ? new root.p5() : null;
  }

  /** Time passes; timers that are due fire in their order. */
  async pass(ms) {
    this.now += ms;
    const due = this._timers.filter((timer) => timer.due <= this.now);
    this._timers = this._timers.filter((timer) => timer.due > this.now);
    for (const timer of due) {
      try { timer.f(); } catch (error) { this.thrown.push(error); }
    }
    await settle();
  }

  /** The browser draws: one animation frame. */
  async frame(ms = 16) {
    this.now += ms;
    const frames = this._frames;
    this._frames = [];
    for (const f of frames) f();
    await settle();
  }

  async hide(hidden) {
    this.document.hidden = hidden;
    this._listeners.visibilitychange();
    await settle();
  }

  get socket() { return this.sockets.at(-1); }

  /** Be the stage that answers: `reply` makes an answer of each question that came and is not answered. */
  async answer(reply) {
    for (const message of this.socket.of('ask')) {
      if (this._replied.has(message.id)) continue;
      this._replied.add(message.id);
      this.socket.say({ type: 'answer', id: message.id, ...reply(plain(message)) });
    }
    await settle();
  }

  /** Answer the newest socket's hello. */
  async welcome({ streams = [stream(0, 'main')], ...more } = {}) {
    this.socket.open();
    this.socket.say({ type: 'welcome', server: 'livegen 0.1.0', epoch: 'a', streams, time: 0, text: {}, ...more });
    await settle();
  }

  _socket(url) {
    const socket = {
      url, sent: [], readyState: 0, binaryType: 'blob',
      bufferedAmount: 0,
      shown: [],
      send(what) { if (typeof what === 'string') this.sent.push(JSON.parse(what)); else this.shown.push(what); },
      close(code) { this.readyState = 3; this.closedWith = code; },
      open() { if (this.readyState === 0) { this.readyState = 1; this.onopen(); } },
      say(message) { this.onmessage({ data: JSON.stringify(message) }); },
      picture(fields) { this.onmessage({ data: packet(fields) }); },
      drop(code = 1006, reason = '') { this.readyState = 3; if (this.onclose) this.onclose({ code, reason }); },
      of(type) { return this.sent.filter((message) => message.type === type); },
    };
    this.sockets.push(socket);
    return socket;
  }

  _fetch(url, options) {
    this.fetched.push(url);
    if (url.endsWith('/health')) return this.health ? Promise.resolve({ ok: true }) : Promise.reject(new Error('refused'));
    if (this.treeStatus !== 200) return Promise.resolve({ ok: false, status: this.treeStatus });
    return Promise.resolve({ ok: true, json: () => Promise.resolve(this.tree) });
  }

  _decode(what) {
    const bitmap = { what, closed: false, close() { this.closed = true; } };
    this.bitmaps.push(bitmap);
    return new Promise((resolve, reject) => { Object.assign(bitmap, { finish: () => resolve(bitmap), fail: reject }); });
  }

  /** Let the decoder finish what it has begun. */
  async decoded() {
    for (const bitmap of this.bitmaps) bitmap.finish();
    await settle();
  }
}

export function stream(id, name, width = 512, height = 512, kind = 'image') {
  return { id, name, kind, width, height, fps: 30 };
}

/** A binary frame with a one-byte payload unless told otherwise. */
export function packet({ kind = 1, codec = 1, flags = 0, channels = 4, width = 512, height = 512, seq = 1, id = 0, applied = 0, payload = new Uint8Array([1]) }) {
  const buffer = new ArrayBuffer(32 + payload.byteLength);
  const view = new DataView(buffer);
  new Uint8Array(buffer).set([0x4c, 0x47, 0x46, 0x31, kind, codec, flags, channels]);
  view.setUint16(8, width, true);
  view.setUint16(10, height, true);
  view.setUint32(12, seq, true);
  view.setFloat64(16, 1.5, true);
  view.setUint16(24, id, true);
  view.setUint16(26, 32, true);
  view.setUint32(28, applied, true);
  new Uint8Array(buffer, 32).set(new Uint8Array(payload.buffer, payload.byteOffset, payload.byteLength));
  return buffer;
}

function fakeCanvas(width, height) {
  const drawn = [];
  const context = {
    drawn, fillRect() {}, save() {}, restore() {}, setTransform(...m) { this.transform = m; },
    drawImage(...args) { drawn.push(args); },
  };
  const blob = { arrayBuffer: () => Promise.resolve(new Uint8Array([0xff, 0xd8, 7]).buffer) };
  return { width, height, getContext: () => context, toBlob: (take) => take(blob) };
}

function fakeImage(world, width, height) {
  const canvas = fakeCanvas(width, height);
  const image = { width, height, canvas, drawingContext: canvas.getContext('2d'), modified: 0, setModified(on) { if (on) this.modified += 1; } };
  world.images.push(image);
  return image;
}

function fakeP5v1(world) {
  function P5() { this._isGlobal = true; }
  P5.prototype.createImage = (width, height) => fakeImage(world, width, height);
  P5.prototype._removers = [];
  P5.prototype.registerMethod = function (name, f) { if (name === 'remove') this._removers.push(f); };
  P5.prototype.remove = function () { this._removers.forEach((f) => f.call(this)); };
  return P5;
}

function fakeP5v2(world) {
  const hooks = [];
  function P5() {
    const actions = {};
    this._isGlobal = true;
    this._customActions = new Proxy(actions, { get: (target, name) => (typeof world.root[name] === 'function' ? world.root[name] : undefined) });
  }
  P5.prototype.createImage = (width, height) => fakeImage(world, width, height);
  P5.registerAddon = (addon) => {
    const lifecycles = {};
    addon(P5, P5.prototype, lifecycles);
    if (lifecycles.remove) hooks.push(lifecycles.remove);
  };
  P5.prototype.remove = function () { hooks.forEach((f) => f.call(this)); };
  return P5;
}
