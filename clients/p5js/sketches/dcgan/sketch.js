// A lesson as it was written for ml5 0.12: pictures of random vectors, and a walk from one to the
// next. Click a picture to walk from there to another.

let dcgan;
let pictures = []; // {image, vector}
let walk = null; // {from, to, t}
const columns = 4;
const rows = 3;

function setup() {
  createCanvas(windowWidth, windowHeight);
  dcgan = ml5.DCGAN('model/manifest.json', modelReady);
}

function modelReady(error) {
  if (error) return createP(error.message).class('problem');
  for (let i = 0; i < columns * rows; i++) generate(i, randomVector());
}

function randomVector() {
  return Array.from({ length: dcgan.info.latent }, () => randomGaussian());
}

function generate(i, vector, then) {
  dcgan.generate((error, result) => {
    if (!error) pictures[i] = { image: result.image, vector };
    if (then) then();
  }, vector);
}

function draw() {
  background(11, 11, 13);
  const side = size();
  for (let i = 0; i < columns * rows; i++) {
    const [x, y] = place(i, side);
    const seen = pictures[i] && pictures[i].image;
    if (seen) image(seen, x, y, side - 8, side - 8, 0, 0, seen.width, seen.height, COVER);
    if (walk && walk.i === i) drawFrame(x, y, side - 8);
  }
}

function size() {
  return min((width - 48) / columns, (height - 96) / rows);
}

function place(i, side) {
  return [(width - columns * side) / 2 + (i % columns) * side + 4, (height - 48 - rows * side) / 2 + floor(i / columns) * side + 4];
}

function drawFrame(x, y, side) {
  noFill();
  stroke(227, 181, 119);
  strokeWeight(3);
  rect(x - 3, y - 3, side + 6, side + 6);
}

function mousePressed() {
  const side = size();
  for (let i = 0; i < pictures.length; i++) {
    const [x, y] = place(i, side);
    if (pictures[i] && mouseX > x && mouseX < x + side && mouseY > y && mouseY < y + side) startWalk(i);
  }
}

function startWalk(i) {
  const before = walk;
  walk = { i, from: pictures[i].vector, to: randomVector(), t: 0 };
  if (!before) walkOn();
}

// One picture after the other: the next is asked for when this one is there.
function walkOn() {
  walk.t = min(1, walk.t + 0.03);
  const angle = (walk.t * PI) / 2; // round, not through the middle: a vector keeps its length
  const vector = walk.from.map((number, k) => number * cos(angle) + walk.to[k] * sin(angle));
  if (walk.t === 1) walk = { i: walk.i, from: walk.to, to: randomVector(), t: 0 };
  generate(walk.i, vector, walkOn);
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
