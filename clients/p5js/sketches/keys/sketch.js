// The keyboard plays the latent: each key pushes one number of z, and lets it swing back.
// On a phone, touch the bars.

let gen;
const keys = 'asdfghjk';
const push = [0, 0, 0, 0, 0, 0, 0, 0]; // where each number of z stands now
const held = [0, 0, 0, 0, 0, 0, 0, 0]; // how hard each key is pressed: -1, 0 or 1

function setup() {
  createCanvas(windowWidth, windowHeight);
  textFont('sans-serif');
  gen = createLivegen();
}

function draw() {
  image(gen.image, 0, 0, width, height, 0, 0, gen.width, gen.height, COVER);
  for (let i = 0; i < keys.length; i++) {
    const before = push[i];
    push[i] = lerp(push[i], held[i] * 2.5, 0.08);
    if (abs(push[i] - before) > 0.001) gen.latent.set(i, push[i]);
    drawBar(i);
  }
}

function drawBar(i) {
  const w = min(90, width / 9);
  const x = width / 2 + (i - 3.5) * w;
  const y = height - 110;
  noStroke();
  fill(0, 120);
  rect(x - w * 0.42, y - 60, w * 0.84, 120, 10);
  fill(255, held[i] ? 255 : 170);
  rect(x - w * 0.42, y, w * 0.84, -push[i] * 22, 3);
  fill(255, 220);
  textAlign(CENTER, CENTER);
  textSize(15);
  text(keys[i], x, y + 45);
}

function keyPressed() {
  const i = keys.indexOf(key.toLowerCase());
  if (i >= 0) held[i] = keyIsDown(SHIFT) ? -1 : 1; // with shift, the other way
  if (key === ' ') gen.randomize();
}

function keyReleased() {
  const i = keys.indexOf(key.toLowerCase());
  if (i >= 0) held[i] = 0;
}

function mousePressed() {
  const i = round((mouseX - width / 2) / min(90, width / 9) + 3.5);
  if (i >= 0 && i < keys.length && mouseY > height - 190) held[i] = mouseY < height - 110 ? 1 : -1;
}

function mouseReleased() {
  held.fill(0);
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
