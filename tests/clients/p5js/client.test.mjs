// The client's logic, without a browser: node --test tests/clients/p5js

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { bytes, golden, packet, plain, settle, stream, World } from './world.mjs';

const TREE = {
  FULL_PATH: '/livegen/main',
  CONTENTS: {
    params: {
      FULL_PATH: '/livegen/main/params',
      CONTENTS: {
        hue: { FULL_PATH: '/livegen/main/params/hue', TYPE: 'f', VALUE: [0.3], RANGE: [{ MIN: 0, MAX: 2 }], DEFAULT_VALUE: [0.5], TAGS: ['colour'], UNIT: ['turns'], DESCRIPTION: 'Colour', CONTENTS: {} },
        look: { FULL_PATH: '/livegen/main/params/look', TYPE: 's', VALUE: ['dusk'], RANGE: [{ VALS: ['dusk', 'reef'] }] },
        mirror: { FULL_PATH: '/livegen/main/params/mirror', TYPE: 'T', VALUE: [true] },
      },
    },
    z: { FULL_PATH: '/livegen/main/z', TYPE: 'ffffffff', ACCESS: 2 },
    presets: { CONTENTS: { entries: { FULL_PATH: '/livegen/main/presets/entries', TYPE: 's', VALUE: ['dusk, reef'] } } },
  },
};

async function playing(options = {}, ...args) {
  const world = new World({ tree: TREE, ...options });
  const gen = world.sketch.createLivegen(...args);
  await world.welcome();
  return { world, gen, socket: world.socket };
}

// The bytes ------------------------------------------------------------------------------------

test('the golden frame reads as the golden table says', () => {
  const { livegen } = new World();
  const told = JSON.parse(golden('frame_v1.json'));
  const frame = livegen.readFrame(bytes(golden('frame_v1.bin')));
  const { magic, headerSize, ...header } = told.header;
  for (const [name, value] of Object.entries(header)) assert.equal(frame[name], value, name);
  assert.deepEqual(Array.from(frame.payload), told.payload);
});

test('an OSC packet and a torn header are no frames', () => {
  const { livegen } = new World();
  assert.equal(livegen.readFrame(bytes(Buffer.from('/livegen/main/params/hue\0\0\0\0,f\0\0'))), null);
  assert.equal(livegen.readFrame(bytes(golden('frame_v1.bin').subarray(0, 31))), null);
  const wrong = new Uint8Array(bytes(golden('frame_v1.bin')));
  wrong[26] = 255;
  wrong[27] = 255;
  assert.equal(livegen.readFrame(wrong.buffer), null, 'a header longer than the message');
});

test('strokes are five floats each', () => {
  const { livegen } = new World();
  const payload = new Float32Array([1, 2, 1, 0, 0, -3, 4, 0, 1, 0, 0, 0, 0, 0, 1]);
  const strokes = livegen.readStrokes(livegen.readFrame(packet({ kind: 3, payload })));
  assert.deepEqual(plain(strokes), [{ dx: 1, dy: 2, pen: 'down' }, { dx: -3, dy: 4, pen: 'up' }, { dx: 0, dy: 0, pen: 'end' }]);
});

test('a raw picture is handed on with red first, whatever order it came in', async () => {
  const { world, socket } = await playing();
  const payload = new Uint8Array([1, 2, 3, 4]);
  socket.picture({ codec: 0, width: 1, height: 1, payload });
  await world.decoded();
  socket.picture({ codec: 0, flags: 2, width: 1, height: 1, payload, seq: 2 });
  await world.decoded();
  const seen = world.bitmaps.map((bitmap) => Array.from(bitmap.what.data));
  assert.deepEqual(seen, [[1, 2, 3, 4], [3, 2, 1, 4]]);
});

// The addresses --------------------------------------------------------------------------------

test('short names become whole addresses and whole addresses stay', () => {
  const { livegen } = new World();
  const table = {
    hue: '/livegen/main/params/hue', 'hue/normalized': '/livegen/main/params/hue/normalized',
    z: '/livegen/main/z', 'z/0': '/livegen/main/z/0', 'z/from': '/livegen/main/z/from', xy: '/livegen/main/xy',
    seed: '/livegen/main/seed', randomize: '/livegen/main/randomize', zoom: '/livegen/main/params/zoom',
    'presets/load': '/livegen/main/presets/load', 'explore/next': '/livegen/main/explore/next', 'params/xy': '/livegen/main/params/xy',
    '/livegen/panic/black': '/livegen/panic/black',
  };
  for (const [name, address] of Object.entries(table)) assert.equal(livegen.expand('main', name), address);
});

test('the stage is found from whatever a sketch says', () => {
  const { livegen } = new World();
  const page = new URL('http://192.168.1.5:9210/p5/?token=abc');
  const table = [
    [undefined, page, 'ws://192.168.1.5:9210/ws', 'abc'],
    [undefined, new URL('file:///home/me/index.html'), 'ws://127.0.0.1:9210/ws', ''],
    [9300, page, 'ws://192.168.1.5:9300/ws', ''],
    ['localhost:9300', page, 'ws://localhost:9300/ws', ''],
    ['http://localhost:9300/', page, 'ws://localhost:9300/ws', ''],
    ['https://show.example/', page, 'wss://show.example/ws', ''],
    ['ws://localhost:9300/other?token=t', page, 'ws://localhost:9300/other', 't'],
    [undefined, new URL('https://show.example/p5/'), 'wss://show.example/ws', ''],
  ];
  for (const [url, where, socket, token] of table) {
    const place = livegen.readUrl(url, where);
    assert.deepEqual([place.socket, place.token], [socket, token]);
  }
});

test('parameters are read from the OSCQuery tree', async () => {
  const { world, gen, socket } = await playing();
  socket.picture({});
  await world.decoded();
  await gen.ready;
  assert.deepEqual(['http://localhost:9210/livegen/main'], world.fetched);
  assert.deepEqual(Object.keys(gen.params), ['hue', 'look', 'mirror']);
  assert.deepEqual(plain(gen.params.hue), {
    name: 'hue', address: '/livegen/main/params/hue', type: 'float', value: 0.3, min: 0, max: 2, default: 0.5,
    choices: [], unit: 'turns', group: 'colour', description: 'Colour',
  });
  assert.equal(gen.params.look.type, 'enum');
  assert.deepEqual(plain(gen.params.look.choices), ['dusk', 'reef']);
  assert.equal(gen.params.mirror.type, 'bool');
  assert.equal(gen.latent.size, 8);
  assert.deepEqual(plain(gen.cues), ['dusk', 'reef']);
});

// p5 -------------------------------------------------------------------------------------------

for (const version of [1, 2]) {
  test(`p5 ${version}.x gets createLivegen, and remove() hangs up`, async () => {
    const { world, gen, socket } = await playing({ p5: version });
    assert.equal(gen.connected, true);
    world.sketch.remove();
    assert.equal(socket.closedWith, 1000);
    assert.equal(gen.status, 'closed');
    assert.equal(world.livegen.all().length, 0);
    await world.pass(60000);
    assert.equal(world.sockets.length, 1, 'nothing reconnects');
  });

  test(`p5 ${version}.x: the sketch's own livegenFrame and livegenText are called`, async () => {
    const { world, gen, socket } = await playing({ p5: version });
    const calls = [];
    world.root.livegenFrame = (g) => calls.push(['frame', g === gen]);
    world.root.livegenText = (token, g) => calls.push([token, g === gen]);
    socket.picture({});
    await world.decoded();
    socket.say({ type: 'text', stream: 0, seq: 1, delta: 'a', index: 0, done: false });
    assert.deepEqual(calls, [['frame', true], ['a', true]]);
  });
}

test('in instance mode of p5 1.x the callbacks are looked up on the sketch', async () => {
  const { world, socket } = await playing();
  let seen = 0;
  world.sketch._isGlobal = false;
  world.root.livegenFrame = () => assert.fail('the page has nothing to say in instance mode');
  world.sketch.livegenFrame = () => { seen += 1; };
  socket.picture({});
  await world.decoded();
  assert.equal(seen, 1);
});

test('createLivegen returns at once, and what it returns can be awaited by mistake', async () => {
  const world = new World({ tree: TREE });
  const gen = world.sketch.createLivegen();
  assert.equal(gen.then, undefined, 'a thenable would never end');
  assert.equal(await gen, gen);
  assert.equal(gen.status, 'connecting');
});

test('one image for life: every picture is drawn into it and marked as new', async () => {
  const { world, gen, socket } = await playing();
  for (let seq = 1; seq <= 5; seq++) {
    socket.picture({ seq });
    await world.decoded();
  }
  assert.equal(world.images.length, 1);
  assert.equal(gen.image.modified, 5);
  assert.ok(world.bitmaps.every((bitmap) => bitmap.closed), 'decoded pictures are given back');
  assert.deepEqual([gen.canvas, gen.width, gen.height], [gen.image.canvas, 512, 512]);
});

test('the picture keeps its size while the stage steps its own down, and follows a new shape', async () => {
  const { world, gen, socket } = await playing();
  socket.picture({ width: 256, height: 256 });
  await world.decoded();
  assert.deepEqual([gen.width, gen.height], [512, 512]);
  socket.picture({ width: 960, height: 270, seq: 2 });
  await world.decoded();
  assert.deepEqual([gen.width, gen.height], [960, 270]);
});

test('a row order from below is turned while drawing', async () => {
  const { world, gen, socket } = await playing();
  socket.picture({ flags: 1 });
  await world.decoded();
  assert.deepEqual(gen.image.drawingContext.transform, [1, 0, 0, -1, 0, 512]);
});

test('ready comes with the first picture and the parameters, to the callback too', async () => {
  const world = new World({ tree: TREE });
  const calls = [];
  const gen = world.sketch.createLivegen({}, (error, g) => calls.push([error, g === gen, Object.keys(g.params).length]));
  await world.welcome();
  assert.deepEqual(calls, []);
  world.socket.picture({});
  await world.decoded();
  assert.deepEqual(calls, [[null, true, 3]]);
  assert.equal(await gen.ready, gen);
});

// Controls out ---------------------------------------------------------------------------------

test('hello says what the golden conversation says', async () => {
  const world = new World();
  world.sketch.createLivegen({ generator: 'main', codec: ['jpeg', 'raw'] });
  world.socket.open();
  const [expected] = JSON.parse(golden('session_v1.json')).client;
  assert.deepEqual(Object.keys(expected).sort(), Object.keys(world.socket.sent[0]).sort());
  assert.deepEqual({ ...expected, name: 'test' }, world.socket.sent[0]);
});

test('everything set within one animation frame is one message, and the newest wins', async () => {
  const { world, gen, socket } = await playing();
  for (let i = 0; i < 50; i++) gen.set('hue', i / 50);
  gen.set({ speed: 0.2, 'z/0': 1 });
  gen.norm('hue', 0.5);
  assert.deepEqual(socket.of('set'), []);
  await world.frame();
  const root = '/livegen/main/';
  assert.deepEqual(socket.of('set'), [{
    type: 'set', seq: 1,
    values: { [root + 'params/hue']: 0.98, [root + 'params/speed']: 0.2, [root + 'z/0']: 1, [root + 'params/hue/normalized']: 0.5 },
  }]);
  await world.frame();
  assert.equal(socket.of('set').length, 1, 'nothing new, nothing sent');
});

test('what is set last is last in the message', async () => {
  const { world, gen, socket } = await playing();
  gen.set('hue', 0.1).recall('dusk', 4).set('hue', 0.9);
  await world.frame();
  assert.deepEqual(Object.entries(socket.of('set')[0].values), [['/livegen/main/presets/load', ['dusk', 4]], ['/livegen/main/params/hue', 0.9]]);
});

test('the whole latent replaces what single numbers were waiting', async () => {
  const { world, gen, socket } = await playing();
  gen.latent.set(3, 0.5).latent.set(new Float32Array([1, 2])).latent.set(0, 9);
  await world.frame();
  assert.deepEqual(socket.of('set')[0].values, { '/livegen/main/z': [1, 2], '/livegen/main/z/0': 9 });
});

test('learn and forget name the whole address, once the generator is known', async () => {
  const world = new World({ tree: TREE });
  const gen = world.sketch.createLivegen();
  gen.learn('hue').learn('presets/load', 'dusk').learn().forget('z/3').forget();
  await world.welcome();
  await settle();
  const sent = world.socket.of('set').flatMap(({ values }) => Object.entries(values));
  assert.deepEqual(sent, [
    ['/livegen/learn/start', ['/livegen/main/params/hue']], ['/livegen/learn/start', ['/livegen/main/presets/load', 'dusk']],
    ['/livegen/learn/start', []], ['/livegen/learn/forget', ['/livegen/main/z/3']], ['/livegen/learn/forget', ['*']],
  ]);
});

test('randomize, reset, freeze, seed and recall by number say what the stage understands', async () => {
  const { world, gen, socket } = await playing();
  gen.randomize().reset().freeze().seed(12).recall(1);
  await world.frame();
  assert.deepEqual(socket.of('set')[0].values, {
    '/livegen/main/randomize': true, '/livegen/main/reset': true, '/livegen/main/freeze': true,
    '/livegen/main/seed': 12, '/livegen/main/presets/load': ['reef'],
  });
  assert.equal(gen.frozen, true);
});

test('a value that is no number is refused in words and not sent', async () => {
  const { world, gen, socket } = await playing();
  gen.set('hue', NaN).set('hue', NaN).set('z', [1, Infinity]);
  await world.frame();
  assert.deepEqual(socket.of('set'), []);
  assert.equal(world.warnings.length, 2, 'each mistake once');
  assert.match(world.warnings[0], /gen\.set\('hue', …\) was given NaN\. give a finite number/);
});

test('what is set before the stage answers is sent once it does', async () => {
  const world = new World({ tree: TREE });
  const gen = world.sketch.createLivegen();
  gen.set('hue', 0.2);
  await world.frame();
  gen.set('hue', 0.4);
  await world.welcome({ streams: [stream(0, 'faces')] });
  assert.deepEqual(world.socket.of('set').map((message) => message.values), [{ '/livegen/faces/params/hue': 0.4 }]);
});

test('latency is the time from a set to the picture that contains it', async () => {
  const { world, gen, socket } = await playing();
  assert.equal(gen.latency, null);
  gen.set('hue', 1);
  await world.frame(16); // the wait for the animation frame counts too
  socket.picture({ applied: 0 });
  await world.decoded();
  assert.equal(gen.latency, null);
  world.now += 24;
  socket.picture({ applied: 1, seq: 2 });
  await world.decoded();
  assert.equal(gen.latency, 40);
  world.now += 500;
  socket.picture({ applied: 1, seq: 3 });
  await world.decoded();
  assert.equal(gen.latency, 40, 'only the first picture that contains it counts');
});

// Pictures in ----------------------------------------------------------------------------------

test('a picture is acknowledged after it was drawn, not before', async () => {
  const { world, gen, socket } = await playing();
  socket.picture({ seq: 7 });
  await settle();
  assert.deepEqual(socket.of('ack'), []);
  gen.on('frame', () => assert.deepEqual(socket.of('ack'), []));
  await world.decoded();
  assert.deepEqual(socket.of('ack'), [{ type: 'ack', seq: 7, stream: 0 }]);
});

test('one decode at a time; what waits gives way to what is newer, and is counted', async () => {
  const { world, gen, socket } = await playing();
  for (const seq of [1, 2, 3]) socket.picture({ seq });
  await settle();
  assert.equal(world.bitmaps.length, 1);
  assert.equal(gen.dropped, 1);
  await world.decoded();
  await world.decoded();
  assert.equal(world.bitmaps.length, 2, 'the second was never decoded');
  assert.deepEqual(socket.of('ack').map((ack) => ack.seq), [2, 1, 3]);
});

test('a picture that cannot be decoded is said once, acknowledged, and the next one is drawn', async () => {
  const { world, gen, socket } = await playing();
  for (const seq of [1, 2]) {
    socket.picture({ seq });
    await settle();
    world.bitmaps.at(-1).fail(new Error('no JPEG'));
    await settle();
  }
  assert.equal(world.warnings.length, 1);
  assert.equal(gen.error.code, 'bad_picture');
  socket.picture({ seq: 3 });
  await world.decoded();
  assert.equal(gen.image.modified, 1);
  assert.deepEqual(socket.of('ack').map((ack) => ack.seq), [1, 2, 3]);
});

test("a sketch's own mistake in a callback is shown once and stops no picture", async () => {
  const { world, gen, socket } = await playing();
  gen.on('frame', () => { throw new Error('mine'); });
  for (const seq of [1, 2, 3]) {
    socket.picture({ seq });
    await world.decoded();
  }
  await world.pass(1);
  assert.deepEqual(world.thrown.map((error) => error.message), ['mine']);
  assert.equal(gen.image.modified, 3);
});

test('a hidden page pauses the stage and resumes it', async () => {
  const { world, socket } = await playing();
  await world.hide(true);
  await world.hide(false);
  assert.deepEqual(socket.sent.slice(-2), [{ type: 'pause' }, { type: 'resume' }]);
});

test('a page that is hidden when the stage answers pauses it then', async () => {
  const world = new World();
  world.document.hidden = true;
  world.sketch.createLivegen();
  await world.welcome();
  assert.deepEqual(world.socket.sent.at(-1), { type: 'pause' });
});

test('text gathers token by token, after what was said before we came', async () => {
  const world = new World();
  const gen = world.sketch.createLivegen({ generator: 'poet' });
  await world.welcome({ streams: [stream(4, 'poet', 0, 0, 'text')], text: { poet: 'Once ' } });
  assert.equal(await gen.ready, gen, 'a text is ready without a picture');
  const tokens = [];
  gen.on('text', (token) => tokens.push(token));
  world.socket.say({ type: 'text', stream: 4, seq: 1, delta: 'up', index: 5, done: false });
  world.socket.say({ type: 'text', stream: 9, seq: 1, delta: 'not mine', index: 5, done: false });
  assert.equal(gen.text, 'Once up');
  assert.deepEqual(tokens, ['up']);
});

test("others' changes show in gen.params and as an event", async () => {
  const { world, gen, socket } = await playing();
  const changes = [];
  gen.on('param', (change) => changes.push([change.name, change.value]));
  assert.deepEqual(socket.of('listen'), [{ type: 'listen', pattern: '/livegen/main/*' }]);
  socket.say({ type: 'param', values: { '/livegen/main/params/hue': 0.9, '/livegen/main/freeze': true, '/livegen/panic/black': true }, time: 1 });
  assert.equal(gen.params.hue.value, 0.9);
  assert.equal(gen.frozen, true);
  assert.deepEqual(changes, [['hue', 0.9], ['freeze', true]]);
  gen.off('param');
  socket.say({ type: 'param', values: { '/livegen/main/params/hue': 0.1 }, time: 1 });
  assert.equal(changes.length, 2);
});

test('status and cues follow what the stage says', async () => {
  const { gen, socket } = await playing();
  socket.say({ type: 'status', state: 'running', fps: 29.9, latency_ms: { p50: 30, p95: 40 }, cues: ['dusk', { name: 'reef', on: 'main' }, { name: 'gone', on: 'sea' }] });
  assert.equal(gen.status, 'running');
  assert.equal(gen.stage.fps, 29.9);
  assert.deepEqual(plain(gen.cues), ['dusk', 'reef']);
});

test('every message of the golden conversation can be heard', async () => {
  const { world, socket } = await playing();
  for (const message of JSON.parse(golden('session_v1.json')).server) socket.say(message);
  socket.onmessage({ data: 'not JSON' });
  socket.say({ type: 'something new' });
  await settle();
  assert.deepEqual(world.thrown, []);
});

// The line -------------------------------------------------------------------------------------

test('several gens share one socket, and one hello speaks for all', async () => {
  const world = new World({ tree: TREE });
  const faces = world.sketch.createLivegen({ generator: 'faces', maxFps: 15 });
  const waves = world.sketch.createLivegen({ generator: 'waves', maxSize: 256 });
  await world.welcome({ streams: [stream(0, 'faces'), stream(1, 'waves')] });
  assert.equal(world.sockets.length, 1);
  const [hello] = world.socket.of('hello');
  assert.deepEqual([hello.generators, hello.maxFps, hello.maxSize], [['faces', 'waves'], 60, 1024]);
  faces.set('hue', 0.1);
  waves.set('hue', 0.2);
  await world.frame();
  assert.deepEqual(world.socket.of('set')[0].values, { '/livegen/faces/params/hue': 0.1, '/livegen/waves/params/hue': 0.2 });
  world.socket.picture({ id: 1 });
  await world.decoded();
  assert.deepEqual([faces.image.modified, waves.image.modified], [0, 1]);
});

test('two gens of one generator both draw, and the picture is acknowledged once', async () => {
  const world = new World({ tree: TREE });
  const gens = [world.sketch.createLivegen(), world.sketch.createLivegen()];
  await world.welcome();
  world.socket.picture({});
  await world.decoded();
  assert.deepEqual(gens.map((gen) => gen.image.modified), [1, 1]);
  assert.equal(world.socket.of('ack').length, 1);
});

test('a gen that joins later is asked for by a new hello', async () => {
  const world = new World({ tree: TREE });
  world.sketch.createLivegen({ generator: 'faces' });
  await world.welcome({ streams: [stream(0, 'faces'), stream(1, 'waves')] });
  world.sketch.createLivegen({ generator: 'waves' });
  assert.deepEqual(world.socket.of('hello').map((hello) => hello.generators), [['faces'], ['faces', 'waves']]);
});

test('a gen that leaves is not painted for any more, and what it held is acknowledged', async () => {
  const world = new World({ tree: TREE });
  const streams = [stream(0, 'faces'), stream(1, 'waves')];
  world.sketch.createLivegen({ generator: 'faces' });
  const waves = world.sketch.createLivegen({ generator: 'waves' });
  await world.welcome({ streams });
  world.socket.picture({ id: 1, seq: 1 });
  world.socket.picture({ id: 1, seq: 2 });
  await settle();
  waves.remove();
  await world.decoded();
  assert.deepEqual(world.socket.of('ack').map((ack) => ack.seq).sort(), [1, 2]);
  assert.deepEqual(world.socket.of('hello').at(-1).generators, ['faces']);
  assert.equal(waves.image.modified, 0);
});

test('a gen without a name takes the first stream and asks for no other', async () => {
  const world = new World({ tree: TREE });
  const gen = world.sketch.createLivegen();
  const streams = [stream(0, 'sky'), stream(1, 'sea')];
  await world.welcome({ streams });
  await world.welcome({ streams });
  assert.deepEqual(world.socket.of('hello').map((hello) => hello.generators), [undefined, ['sky']]);
  assert.equal(gen.name, 'sky');
  assert.equal(gen.connected, true);
});

test('a stage that plays another patch gives its first generator', async () => {
  const { world, gen, socket } = await playing();
  assert.equal(gen.name, 'main');
  socket.drop();
  await world.pass(1000);
  const streams = [stream(0, 'sky')];
  await world.welcome({ streams });
  await world.welcome({ streams });
  assert.equal(gen.name, 'sky');
  assert.equal(gen.connected, true);
});

test('a generator that the stage lacks is named, with those it has', async () => {
  const world = new World({ tree: TREE });
  const gen = world.sketch.createLivegen({ generator: 'fases' });
  await world.welcome({ streams: [stream(0, 'faces')] });
  await assert.rejects(gen.ready, /no generator fases. it has: faces/);
  assert.equal(gen.connected, false);
});

test('a lost stage is said once, awaited ever more patiently, and found again', async () => {
  const { world, gen, socket } = await playing();
  world.health = false;
  gen.set('hue', 0.1);
  socket.drop();
  await settle();
  assert.equal(gen.status, 'offline');
  assert.equal(world.warnings.length, 1);
  assert.match(world.warnings[0], /the stage at localhost:9210 went away.*livegen run.*reconnects/);
  for (let i = 0; i < 6; i++) {
    await world.pass(10000);
    world.socket.drop();
    await settle();
  }
  assert.equal(world.sockets.length, 7, 'one try at a time');
  assert.equal(world.warnings.length, 1, 'said once');
  await world.pass(6000);
  assert.equal(world.sockets.length, 7 + 1, 'within six seconds however long it was away');
  gen.set('hue', 0.7);
  await world.welcome();
  assert.equal(gen.connected, true);
  assert.equal(gen.error, null);
  assert.deepEqual(world.socket.of('set')[0].values, { '/livegen/main/params/hue': 0.7 });
});

test('a lost stage is explained even when something else was wrong before', async () => {
  const { world, gen, socket } = await playing();
  gen.set('hue', NaN);
  socket.drop();
  await settle();
  assert.match(world.warnings.at(-1), /went away/);
});

test('acknowledgements never go to a later connection', async () => {
  const { world, socket } = await playing();
  socket.picture({ seq: 5 });
  await settle();
  socket.drop();
  await world.pass(1000);
  await world.welcome();
  await world.decoded();
  assert.deepEqual(world.socket.of('ack'), []);
});

test('a missing token is said in words, ready is rejected, and nobody knocks again', async () => {
  const world = new World({ tree: TREE });
  const gen = world.sketch.createLivegen();
  world.socket.open();
  world.socket.say({ type: 'error', code: 'token', message: 'ws 1 did not give the token', hint: '' });
  world.socket.drop(1008, 'token needed');
  await settle();
  await assert.rejects(gen.ready, /token needed.*\{ token: '…' \}/);
  await world.pass(60000);
  assert.equal(world.sockets.length, 1);
  assert.equal(world.warnings.length, 1);
});

test('the token of the page and of the options goes into the hello and the tree', async () => {
  const { world, socket } = await playing({ page: 'http://localhost:9210/p5/hello/?token=s3' });
  assert.equal(socket.of('hello')[0].token, 's3');
  assert.deepEqual(world.fetched, ['http://localhost:9210/livegen/main?token=s3']);
});

test('a tree that cannot be read leaves the pictures alone', async () => {
  const { world, gen, socket } = await playing({ treeStatus: 403 });
  socket.picture({});
  await world.decoded();
  assert.equal(await gen.ready, gen);
  assert.match(world.warnings[0], /list of parameters.*HTTP 403/);
  assert.deepEqual(plain(gen.params), {});
});

test('the stage’s own errors are heard, each once on the console', async () => {
  const { world, gen, socket } = await playing();
  const heard = [];
  gen.on('error', (error) => heard.push(error.code));
  const said = { type: 'error', code: 'unknown_param', message: 'there is no /livegen/main/params/huw', hint: 'did you mean hue?', seq: 1 };
  socket.say(said);
  socket.say(said);
  assert.deepEqual(heard, ['unknown_param', 'unknown_param']);
  assert.deepEqual(world.warnings, ['livegen: there is no /livegen/main/params/huw. did you mean hue?']);
});

test('what is wrong is said with its fix', () => {
  const { livegen } = new World();
  const https = new URL('https://editor.p5js.org/me/sketches/1');
  const http = new URL('http://localhost:9210/p5/');
  const file = new URL('file:///home/me/sketch/index.html');
  const at = (url, page) => livegen.readUrl(url, page);
  const table = [
    [{ place: at(9210, http), page: http, code: 1006 }, 'no_server', /livegen run/],
    [{ place: at(9300, http), page: http, code: 1006, reached: true }, 'no_socket', /port of livegen \(usually 9210\)/],
    [{ place: at('192.168.0.9:9210', https), page: https, code: 1006, threw: 'SecurityError' }, 'mixed_content', /http:\/\/192.168.0.9:9210\/p5\//],
    [{ place: at('localhost:9210', https), page: https, code: 1006 }, 'local_network', /local network access/],
    [{ place: at('localhost:9210', https), page: https, code: 1006, reached: true }, 'no_socket', /--allow-origin https:\/\/editor.p5js.org/],
    [{ place: at('localhost:9210', http), page: http, code: 1008, reason: 'token needed' }, 'refused', /token: '…'/],
    [{ place: at(undefined, file), page: file, code: 1006, reached: true }, 'file_page', /http.server 8000, then livegen run --allow-origin http:\/\/localhost:8000/],
    [{ place: at('localhost:9210', http), page: http, code: 1006, knew: true }, 'lost', /reconnects by itself/],
  ];
  for (const [facts, code, fix] of table) {
    const error = livegen.diagnose(facts);
    assert.equal(error.code, code);
    assert.match(error.message, fix);
  }
});

test('the module face hands out the same things', async () => {
  const face = await import('../../../clients/p5js/p5.livegen.mjs');
  assert.equal(face.default, face.addon);
  assert.equal(face.expand('main', 'hue'), '/livegen/main/params/hue');
  assert.equal(face.version, JSON.parse(golden('../../clients/p5js/package.json')).version);
});

// Text and strokes ---------------------------------------------------------------------------

const TRIO = [stream(0, 'image'), stream(1, 'poem', 512, 512, 'text'), stream(2, 'hand', 512, 512, 'strokes')];

test('a gen of a kind is the first generator of that kind', async () => {
  const world = new World({ tree: TREE });
  const poem = world.sketch.createLivegen({ kind: 'text', pictures: false });
  const hand = world.sketch.createLivegen({ kind: 'strokes', pictures: false });
  await world.welcome({ streams: TRIO });
  await world.welcome({ streams: TRIO }); // asked again, for no pictures this time
  assert.deepEqual([poem.name, hand.name], ['poem', 'hand']);
  assert.deepEqual(plain(world.socket.of('hello').at(-1).generators), []);
  await poem.ready; // without any picture
});

test('a patch without that kind says what it has', async () => {
  const world = new World({ tree: TREE });
  const poem = world.sketch.createLivegen({ kind: 'text' });
  const main = world.sketch.createLivegen();
  await world.welcome();
  await assert.rejects(poem.ready, { code: 'no_generator' });
  assert.match(poem.error.message, /no text generator\. it has: main \(image\)\. A patch that has one: livegen run trio/);
  assert.ok(main.connected);
  assert.equal(world.socket.of('hello').length, 1, 'nobody asks again and again');
});

test('text comes with its surprise, and begins anew when the generator does', async () => {
  const world = new World({ tree: TREE });
  const heard = [];
  const poem = world.sketch.createLivegen({ kind: 'text', pictures: false });
  poem.on('text', (token, gen, more) => heard.push([token, more.bits]));
  await world.welcome({ streams: TRIO.slice(1, 2), text: { poem: 'Once ' } });
  world.socket.say({ type: 'text', stream: 1, seq: 1, delta: 'upon', index: 5, bits: 2.5, p: 0.1 });
  assert.equal(poem.text, 'Once upon');
  world.socket.say({ type: 'text', stream: 1, seq: 2, delta: 'A', index: 0, bits: 0.5, p: 0.9 });
  assert.equal(poem.text, 'A');
  assert.deepEqual(heard, [['upon', 2.5], ['A', 0.5]]);
});

test('the drawing so far is there for who comes late, and a new one begins empty', async () => {
  const world = new World({ tree: TREE });
  const hand = world.sketch.createLivegen({ kind: 'strokes', pictures: false });
  await world.welcome({ streams: TRIO.slice(2), strokes: { hand: [[0.1, 0.2, 'down']] } });
  world.socket.say({ type: 'stroke', stream: 2, seq: 4, dx: 0.3, dy: 0, pen: 'up', index: 1 });
  assert.deepEqual(plain(hand.strokes), [{ dx: 0.1, dy: 0.2, pen: 'down' }, { dx: 0.3, dy: 0, pen: 'up' }]);
  world.socket.say({ type: 'stroke', stream: 2, seq: 5, dx: 0, dy: 1, pen: 'end', index: 0 });
  assert.deepEqual(plain(hand.strokes), [{ dx: 0, dy: 1, pen: 'end' }]);
});

test('what is told is told in order and never merged, also before the connection is there', async () => {
  const world = new World({ tree: TREE });
  const poem = world.sketch.createLivegen({ kind: 'text', pictures: false });
  poem.feed('a').feed('b');
  await world.welcome({ streams: TRIO.slice(1, 2) });
  poem.tell('text/reset');
  const told = world.socket.of('set').map((message) => plain(message.values));
  assert.deepEqual(told, [{ '/livegen/poem/text/feed': 'a' }, { '/livegen/poem/text/feed': 'b' }, { '/livegen/poem/text/reset': true }]);
});

// Showing it pictures --------------------------------------------------------------------------

test('what it is shown leaves small, as a frame that the stage can read', async () => {
  const { world, gen, socket } = await playing();
  gen.see({ elt: { videoWidth: 1280, videoHeight: 720 } });
  await settle();
  const { kind, codec, width, height, stream: id, seq, payload } = world.livegen.readFrame(socket.shown[0]);
  assert.deepEqual({ kind, codec, width, height, id, seq, payload: Array.from(payload) }, { kind: 1, codec: 1, width: 256, height: 144, id: 0, seq: 1, payload: [0xff, 0xd8, 7] });
});

test('showing is calm: not more often than is useful, not into a clogged line, not before a camera begins', async () => {
  const { world, gen, socket } = await playing({}, { showFps: 10 });
  const canvas = { width: 64, height: 64 };
  gen.see({ elt: { videoWidth: 0, videoHeight: 0, width: 0, height: 0 } });
  for (let i = 0; i < 30; i++) { // half a second of animation frames
    gen.see(canvas);
    await world.frame(17);
  }
  assert.equal(socket.shown.length, 5);
  socket.bufferedAmount = 1e6;
  await world.frame(200);
  gen.see(canvas);
  await settle();
  assert.equal(socket.shown.length, 5);
});

// The clock ------------------------------------------------------------------------------------

const TEMPO = (values) => Object.fromEntries(Object.entries(values).map(([name, value]) => [`/livegen/tempo/${name}`, value]));

test('the clock is heard once it is asked for, and goes on between two beats', async () => {
  const { world, gen, socket } = await playing();
  assert.equal(socket.of('listen').length, 1, 'who does not ask is told nothing');
  assert.equal(gen.tempo.running, false);
  assert.deepEqual(plain(socket.of('listen')[1]), { type: 'listen', pattern: '/livegen/tempo/*' });
  assert.ok(socket.of('get')[0].addresses.includes('/livegen/tempo/bpm'));
  socket.say({ type: 'values', values: TEMPO({ bpm: 120, meter: 4, running: true, lead: 0, position: 17.0 }) });
  await world.pass(250);
  assert.deepEqual([gen.tempo.position, gen.tempo.phase, gen.tempo.beat, gen.tempo.bar], [17.5, 0.5, 2, 0.375]);
  socket.say({ type: 'param', values: TEMPO({ running: false, position: 17.75 }) });
  await world.pass(5000);
  assert.equal(gen.tempo.position, 17.75);
});

test('a beat is told when it sounds, not when the stage paints ahead for it', async () => {
  const { world, gen, socket } = await playing();
  const beats = [];
  gen.on('beat', ({ beat, bpm }, g) => beats.push([beat, bpm, g === gen, Math.round(g.tempo.position * 100) / 100]));
  socket.say({ type: 'values', values: TEMPO({ bpm: 60, meter: 3, running: true, lead: 0.1, position: 5.9 }) });
  await world.pass(100);
  socket.say({ type: 'param', values: TEMPO({ beat: 1, position: 6.0 }) });
  await world.pass(50);
  assert.deepEqual(beats, []);
  await world.pass(50);
  assert.deepEqual(beats, [[1, 60, true, 6]]);
});

test('a function livegenBeat is enough, a tap leaves at once, and a new connection hears the clock again', async () => {
  const world = new World({ tree: TREE });
  let seen = 0;
  world.root.livegenBeat = () => { seen += 1; };
  const gen = world.sketch.createLivegen();
  await settle();
  await world.welcome();
  world.socket.say({ type: 'values', values: TEMPO({ bpm: 60, running: true }) });
  world.socket.say({ type: 'param', values: TEMPO({ beat: 2 }) });
  await world.pass(1);
  assert.equal(seen, 1);
  gen.tempo.tap();
  assert.deepEqual(plain(world.socket.of('set').at(-1).values), { '/livegen/tempo/tap': true });
  const before = world.sockets.length;
  world.socket.drop();
  await world.pass(10000);
  await world.welcome();
  assert.equal(world.sockets.length, before + 1);
  assert.equal(world.socket.of('listen').at(-1).pattern, '/livegen/tempo/*');
});
