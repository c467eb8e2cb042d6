// A sketch in TypeScript that uses the whole surface; it is checked, never run.

import p5 from 'p5';
import livegen, { addon, all, attach, readFrame, type Livegen, type LivegenError, type WithLivegen } from 'p5.livegen';
import type { CharRNN } from 'p5.livegen/livegen.js';

attach(p5);
const same: boolean = livegen === addon;
let gen: Livegen;

new p5((sketch: p5) => {
  sketch.setup = () => {
    sketch.createCanvas(512, 512);
    gen = (sketch as WithLivegen).createLivegen({ generator: 'faces', maxFps: 30 });
    gen.ready.then((ready) => ready.randomize());
    gen.on('frame', (g) => console.log(g.fps)).on('text', (token, g) => console.log(token.length, g.text));
    gen.on('stroke', (stroke) => console.log(stroke.pen === 'down')).off('frame');
    gen.refresh((error: LivegenError | null) => console.log(error?.hint));
  };
  sketch.draw = () => {
    gen.set('z/0', 0.3).set({ truncation: 0.7, look: 'dusk', z: [1, 2] }).norm('hue', 0.5);
    gen.latent.set(3, 1).latent.set(new Float32Array(8)).seed(12).freeze(false).recall('dusk', 4).recall(1).learn('hue').learn().forget('presets/load', 'dusk').forget();
    sketch.image(gen.image, 0, 0, sketch.width, sketch.height);
    const { min, max } = gen.params.hue;
    sketch.circle(0, 0, 80 * (1 - gen.tempo.phase) + gen.tempo.bar + gen.tempo.beat);
    gen.on('beat', ({ beat, bpm, meter }, g) => console.log(beat, bpm, meter, g.tempo.position, g.tempo.tap()));
    console.log(gen.latency === null ? '-' : gen.latency.toFixed(), min, max, all().length, same);
  };
});

const global: Livegen = createLivegen('localhost:9210', { token: 'x' }, (error, g) => console.log(error, g.status));
console.log(global.cues.length, readFrame(new ArrayBuffer(32))?.seq);

const poem = createLivegen({ kind: 'text', pictures: false });
poem.on('text', (token, g, more) => console.log(token, more.p, more.bits, g.strokes.length));
poem.feed('Once ').tell('text/generate', []).tell('text/reset').see(document.createElement('canvas'));
poem.ask('text', { prime: 'a', length: 3 }).then((answer) => console.log(answer.text));
poem.ask('odds', {}, (error, answer) => console.log(error?.hint, answer?.odds));

const rnn: CharRNN = ml5.charRNN('models/woolf', (error, model) => console.log(error?.message, model.info?.title));
rnn.generate({ seed: 'a', length: 20, temperature: 0.5, stateful: true }, (error, result) => console.log(error, result.sample, result.state));
rnn.predict(0.5).then(({ sample, probabilities }) => rnn.feed(sample + probabilities[0].char));
ml5.sketchRNN('cat', () => {}, true).generate({ temperature: 0.65, pixelFactor: 3 }, [[1, 2, 0]], (error, stroke) => console.log(error, stroke.dx, stroke.pen));
ml5.DCGAN('manifest.json', { returnTensors: true }).generate((error, { blob, raw, tensor, image }) => console.log(error, blob.size, raw.length, tensor, image), [1, 2]);
ml5.CVAE('manifest.json').generate('cat', (error, { src, raws, image }) => console.log(error, src, raws.length, image));

// @ts-expect-error there is no such kind
createLivegen({ kind: 'sound' });
// @ts-expect-error the picture is p5's to replace, not the sketch's
gen.image = null;
// @ts-expect-error there is no such event
gen.on('frames', () => {});
// @ts-expect-error a function cannot travel
gen.set('hue', () => 1);
