// ml5's calls on a stage that the test plays: node --test tests/clients/p5js

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { plain, settle, stream, World } from './world.mjs';

const POEM = { name: 'poem', kind: 'text', family: 'text', model: 'darwin', title: 'Darwin', author: 'a', latent: 0, size: [512, 512], labels: [] };
const HAND = { name: 'hand', kind: 'strokes', family: 'strokes', model: 'birds', title: 'Birds', author: 'a', latent: 4, size: [512, 512], labels: [] };
const FACES = { name: 'faces', kind: 'image', family: 'vae', model: 'dresses', title: 'Dresses', author: 'a', latent: 3, size: [2, 1], labels: ['red', 'blue'] };
const MAIN = { name: 'main', kind: 'image', family: 'cppn', model: '', title: 'Patterns', author: 'a', latent: 3, size: [2, 1], labels: [] };

/** A stage that says what it was asked. States count up. */
function stage(generators = [MAIN, POEM, HAND, FACES]) {
  let count = 0;
  const heard = [];
  const states = new Set();
  const reply = (ask) => {
    heard.push(ask);
    if (ask.what === 'about') return { generators };
    if (ask.state && !states.has(ask.state)) return { error: { code: 'unknown_state', message: 'not kept', hint: '' } };
    const state = 's' + ++count;
    states.add(state);
    if (ask.what === 'text') return { text: 'x'.repeat(ask.length), state };
    if (ask.what === 'odds') return { sample: 'q', odds: [['q', 0.75], ['u', 0.25]], state };
    // A drawing begins in its middle, with the pen lifted.
    const first = ask.what !== 'strokes' || ask.state || ask.strokes.length ? [] : [[0.5, 0.5, 0]];
    if (ask.what === 'strokes') return { strokes: first.concat(Array.from({ length: 3 }, (_, i) => [0.1 * (i + 1), 0.2, i === 2 ? 1 : 0])), state };
    return { image: '', codec: 'png', width: 2, height: 1, latent: ask.latent || [0, 0, 0] };
  };
  return { heard, states, reply, last: () => heard.at(-1), asked: (what) => heard.filter((ask) => ask.what === what) };
}

async function lesson(generators, options = {}) {
  const world = new World({ ml5: true, p5: 0, ...options });
  const played = stage(generators);
  /** Let questions be asked and answered until nothing moves. */
  world.play = async () => {
    for (let i = 0; i < 12; i++) {
      await settle();
      if (world.socket && !world.socket.readyState) await world.welcome({ streams: [] });
      if (world.socket) await world.answer(played.reply);
    }
  };
  return { world, ml5: world.root.ml5, ...played };
}

function heardBack() {
  const calls = [];
  const callback = (...args) => calls.push(args);
  return { calls, callback };
}

test('a lesson meets its model by callback and by promise', async () => {
  const { world, ml5 } = await lesson();
  const { calls, callback } = heardBack();
  const rnn = ml5.charRNN('models/darwin/', callback);
  await world.play();
  assert.equal(calls.length, 1);
  assert.equal(calls[0][0], undefined);
  assert.equal(calls[0][1], rnn);
  assert.equal(await rnn.ready, rnn);
  assert.equal(rnn.generator, 'poem');
});

test('a page without pictures asks for none', async () => {
  const { world, ml5 } = await lesson();
  ml5.charRNN('x');
  await world.play();
  assert.deepEqual(plain(world.socket.of('hello').at(-1).generators), []);
});

test('charRNN writes after a seed, and says where it stands', async () => {
  const { world, ml5, last } = await lesson();
  const { calls, callback } = heardBack();
  const rnn = ml5.charRNN('darwin');
  rnn.generate({ seed: 'The ', length: 7, temperature: 0.3 }, callback);
  await world.play();
  assert.deepEqual(Object.keys(calls[0][1]), ['sample', 'state']);
  assert.equal(calls[0][1].sample, 'xxxxxxx');
  const { prime, length, temperature, generator, state } = last();
  assert.deepEqual({ prime, length, temperature, generator, state }, { prime: 'The ', length: 7, temperature: 0.3, generator: 'poem', state: '' });
});

test('charRNN without options does as ml5 did', async () => {
  const { world, ml5, last } = await lesson();
  const { calls, callback } = heardBack();
  ml5.charRNN('darwin').generate(callback);
  await world.play();
  assert.equal(calls[0][1].sample.length, 20);
  assert.deepEqual([last().prime, last().temperature], ['a', 0.5]);
});

test('stateful goes on, and not stateful begins anew', async () => {
  const { world, ml5, asked } = await lesson();
  const rnn = ml5.charRNN('darwin');
  const first = rnn.generate({ seed: 'a', length: 3, stateful: true });
  rnn.generate({ length: 3, stateful: true });
  rnn.generate({ seed: 'b', length: 3 });
  await world.play();
  const [one, two, three] = asked('text');
  assert.equal((await first).state.name, two.state);
  assert.deepEqual([one.state, one.prime, two.prime, three.state, three.prime], ['', 'a', '', '', 'b']);
});

test('a long text is asked for in pieces, so that others get their turn', async () => {
  const { world, ml5, asked } = await lesson();
  const done = ml5.charRNN('darwin').generate({ seed: 'a', length: 2300, randomSeed: 7 });
  await world.play();
  assert.equal((await done).sample.length, 2300);
  assert.deepEqual(asked('text').map((ask) => [ask.length, ask.seed]), [[1000, 7], [1000, 1007], [300, 2007]]);
  assert.equal(asked('text')[2].state, 's2');
});

test('feed is read once and whole before the next prediction', async () => {
  const { world, ml5, asked } = await lesson();
  const rnn = ml5.charRNN('darwin');
  rnn.feed('hel');
  rnn.feed('lo');
  const predicted = rnn.predict(0.8);
  rnn.feed('!');
  rnn.predict();
  await world.play();
  assert.deepEqual(plain(await predicted), { sample: 'q', probabilities: [{ char: 'q', probability: 0.75 }, { char: 'u', probability: 0.25 }] });
  assert.deepEqual(asked('odds').map((ask) => [ask.prime, ask.state, ask.temperature]), [['hello', '', 0.8], ['!', 's1', 0.5]]);
});

test('next writes on by what it predicted', async () => {
  const { world, ml5, asked } = await lesson();
  const rnn = ml5.charRNN('darwin');
  for (let i = 0; i < 3; i++) rnn.next(0.9);
  await world.play();
  assert.deepEqual(asked('odds').map((ask) => ask.prime), ['', 'q', 'q']);
  assert.deepEqual(asked('odds').map((ask) => ask.state), ['', 's1', 's2']);
});

test('reset forgets, and a kept state comes back', async () => {
  const { world, ml5, asked } = await lesson();
  const rnn = ml5.charRNN('darwin');
  rnn.feed('one');
  rnn.predict();
  await world.play();
  const kept = rnn.getState();
  rnn.reset();
  rnn.predict();
  rnn.setState(kept);
  rnn.predict();
  await world.play();
  assert.deepEqual(asked('odds').map((ask) => [ask.prime, ask.state]), [['one', ''], ['', ''], ['', 's1']]);
});

test('a state that the stage lost is read in again', async () => {
  const { world, ml5, asked, states } = await lesson();
  const rnn = ml5.charRNN('darwin');
  rnn.generate({ seed: 'once ', length: 4, stateful: true });
  await world.play();
  states.clear(); // the stage was restarted
  const done = rnn.generate({ length: 2, stateful: true });
  await world.play();
  assert.equal((await done).sample, 'xx');
  assert.deepEqual(asked('text').at(-1).prime, 'once xxxx');
});

test('sketchRNN gives one step of the pen at a time, in pixels', async () => {
  const { world, ml5, asked } = await lesson();
  const sketch = ml5.sketchRNN('bird', () => {}, true);
  const steps = [sketch.generate(), sketch.generate({ pixelFactor: 1 }), sketch.generate({ temperature: 0.65 })];
  await world.play();
  const [one, two, three] = plain(await Promise.all(steps));
  assert.deepEqual(Object.keys(one), ['dx', 'dy', 'pen']);
  assert.deepEqual([one, two, three].map((s) => [Math.round(s.dx), Math.round(s.dy), s.pen]), [[9, 17, 'down'], [51, 51, 'down'], [26, 17, 'up']]);
  assert.equal(asked('strokes').length, 1, 'three steps came with one answer');
});

test('a drawing begun by hand is shown to the network, after what it drew itself', async () => {
  const { world, ml5, asked } = await lesson();
  const sketch = ml5.sketchRNN('bird');
  sketch.generate({ pixelFactor: 1 });
  sketch.generate({ pixelFactor: 1 }, [{ dx: 25.5, dy: 51, pen: 'up' }, [51, 0, 0], [0, 51, 0, 0, 1]]);
  await world.play();
  const shown = asked('strokes').at(-1);
  assert.equal(shown.state, '');
  assert.deepEqual(shown.strokes.map((s) => s.map((n) => +n.toFixed(3))), [[0.5, 0.5, 0], [0.1, 0.2, 0], [0.1, 0.2, 1], [0.2, 0, 0], [0, 0.2, 2]]);
});

test('a drawing that is begun by hand begins in its middle, as those that were learned', async () => {
  const { world, ml5, asked } = await lesson();
  ml5.sketchRNN('bird').generate({ pixelFactor: 1 }, [{ dx: 102, dy: 0, pen: 'down' }, { dx: 0, dy: 51, pen: 'up' }]);
  await world.play();
  assert.deepEqual(asked('strokes')[0].strokes.map((s) => s.map((n) => +n.toFixed(3))), [[-0.2, -0.1, 0], [0.4, 0, 0], [0, 0.2, 1]]);
});

test('another temperature is felt at the next step, and everything drawn stays drawn', async () => {
  const { world, ml5, asked } = await lesson();
  const sketch = ml5.sketchRNN('bird');
  for (let i = 0; i < 4; i++) sketch.generate({ temperature: 0.1 }); // three steps, and the first of the next three
  sketch.generate({ temperature: 0.9 });
  await world.play();
  const [, second, third] = asked('strokes');
  assert.deepEqual([second.state, second.strokes], ['s1', []]);
  assert.deepEqual([third.state, third.strokes.length, third.temperature], ['s1', 1, 0.9]);
});

test('a finished drawing stays finished until reset', async () => {
  const { world, ml5, reply } = await lesson();
  const sketch = ml5.sketchRNN('bird');
  const ending = (ask) => (ask.what === 'strokes' ? { strokes: [[0, 0, 2]], state: 'e' } : reply(ask));
  const play = async () => { for (let i = 0; i < 8; i++) { await settle(); if (!world.socket.readyState) await world.welcome({ streams: [] }); await world.answer(ending); } };
  const first = sketch.generate();
  const second = sketch.generate();
  await play();
  assert.deepEqual([(await first).pen, (await second).pen], ['end', 'end']);
  const before = world.socket.of('ask').length;
  sketch.reset();
  sketch.generate();
  await play();
  assert.equal(world.socket.of('ask').length, before + 1);
  assert.deepEqual(world.socket.of('ask').at(-1).strokes.length, 0);
});

test('DCGAN takes as many numbers as the model has', async () => {
  const { world, ml5, last } = await lesson();
  const dcgan = ml5.DCGAN('models/geo/manifest.json', () => {});
  dcgan.generate(() => {}, [1, 2, 3, 4, 5]);
  await world.play();
  assert.deepEqual(last().latent, [1, 2, 3]);
  assert.equal(dcgan.generator, 'faces', 'a trained network rather than patterns');
  assert.match(world.warnings[0], /DCGAN was given 5 numbers; faces has 3/);
});

test('CVAE offers labels and paints one', async () => {
  const { world, ml5, last } = await lesson();
  const cvae = ml5.CVAE('faces');
  await world.play();
  assert.deepEqual(plain(cvae.labels), ['red', 'blue']);
  cvae.generate('blue', () => {}, [0.5]);
  await world.play();
  assert.deepEqual([last().label, last().latent, last().generator], ['blue', [0.5], 'faces']);
});

test('a stage without such a generator says which it has and what to write', async () => {
  const { world, ml5 } = await lesson([MAIN]);
  const { calls, callback } = heardBack();
  const rnn = ml5.charRNN('models/woolf/', callback);
  const generated = heardBack();
  rnn.generate({}, generated.callback);
  await world.play();
  for (const [error, result] of [calls[0], generated.calls[0]]) {
    assert.equal(result, undefined);
    assert.match(error.message, /charRNN needs a text generator, and this stage has main \(image\)\. put one into the patch: \[generators\.text\] kind = "text"/);
  }
  const again = assert.rejects(rnn.generate({}), { code: 'no_generator' });
  await world.play();
  await again;
});

test('no stage at all is a sentence too', async () => {
  const { world, ml5 } = await lesson([MAIN], { health: false });
  const { calls, callback } = heardBack();
  ml5.charRNN('x', callback);
  await settle();
  world.socket.drop();
  await settle();
  assert.match(calls[0][0].message, /nothing answers at localhost:9210\. start the stage with: livegen run/);
});

test('what was asked when the stage went away is answered with the reason, and later questions again', async () => {
  const { world, ml5 } = await lesson();
  const rnn = ml5.charRNN('darwin');
  await world.play();
  const lost = assert.rejects(rnn.generate({ seed: 'a', length: 5 }), /went away\. start it again/);
  await settle();
  world.socket.drop();
  await lost;
  await assert.rejects(rnn.generate({ seed: 'a' }), /went away/);
  await world.pass(6000);
  await world.play();
  const again = rnn.generate({ seed: 'a', length: 5 });
  await world.play();
  assert.equal((await again).sample, 'xxxxx');
});

test('an ml5 that is there keeps its own, and gets what it has not any more', () => {
  const own = { handPose: () => 'hand', charRNN: 'mine' };
  const world = new World({ ml5: own, p5: 0 });
  assert.equal(world.root.ml5.charRNN, 'mine');
  assert.equal(world.root.ml5.handPose(), 'hand');
  assert.equal(typeof world.root.ml5.CVAE, 'function');
});

test('few questions are under way at once', async () => {
  const world = new World({ p5: 0 });
  const answers = [];
  for (let i = 0; i < 9; i++) world.livegen.ask({ what: 'text' }).then((answer) => answers.push(answer.text));
  await world.welcome({ streams: [] });
  assert.equal(world.socket.of('ask').length, 6);
  await world.answer((ask) => ({ text: String(ask.id) }));
  assert.equal(world.socket.of('ask').length, 9);
  await world.answer((ask) => ({ text: String(ask.id) }));
  assert.equal(answers.length, 9);
});

test('a gen asks its own generator, with a callback or a promise', async () => {
  const world = new World();
  const gen = world.sketch.createLivegen({ generator: 'poem' });
  await world.welcome({ streams: [stream(0, 'poem', 512, 512, 'text')] });
  const { calls, callback } = heardBack();
  gen.ask('text', { prime: 'a' }, callback);
  const promised = assert.rejects(gen.ask('text', { prime: 'b' }), { code: 'busy', message: 'too much. wait' });
  await settle();
  await world.answer((ask) => (ask.prime === 'a' ? { text: ask.generator } : { error: { code: 'busy', message: 'too much', hint: 'wait' } }));
  assert.equal(calls[0][1].text, 'poem');
  await promised;
});
