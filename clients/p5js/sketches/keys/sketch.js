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
  const x = keyX(i);
  const y = height - 150;
  noStroke();
  fill(10, 150);
  rect(x - 20, y - 66, 40, 160, 20);
  fill(255, held[i] ? 255 : 190);
  rect(x - 6, min(y, y - push[i] * 22) - 6, 12, abs(push[i]) * 22 + 12, 6);
  fill(255, 220);
  textAlign(CENTER, CENTER);
  textSize(14);
  text(keys[i], x, y + 76);
}

function keyX(i) {
  return width / 2 + (i - 3.5) * min(56, width / 8.5);
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
  const y = height - 150;
  for (let i = 0; i < keys.length; i++) {
    if (abs(mouseX - keyX(i)) < 22 && abs(mouseY - y) < 80) held[i] = mouseY < y ? 1 : -1;
  }
}

function mouseReleased() {
  held.fill(0);
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
