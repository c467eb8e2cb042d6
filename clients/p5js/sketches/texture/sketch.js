// The picture as a texture in WEBGL: a vase that breathes. Drag to turn it, click for another
// picture. gen.image is one p5.Image for life, so the graphics card keeps one texture.

let gen;
const rings = 36;
const sides = 72;

function setup() {
  createCanvas(windowWidth, windowHeight, WEBGL);
  noStroke();
  textureMode(NORMAL);
  textureWrap(MIRROR, CLAMP);
  gen = createLivegen();
}

function draw() {
  background(11, 11, 13);
  orbitControl();
  const t = millis() / 1000;
  rotateX(-0.35);
  rotateY(t * 0.2);
  scale(min(width, height) / 640);
  texture(gen.image);
  for (let i = 0; i < rings; i++) drawRing(i / rings, (i + 1) / rings, t);
}

// One band of the vase, from height v0 to v1 (0 top, 1 bottom).
function drawRing(v0, v1, t) {
  beginShape(TRIANGLE_STRIP);
  for (let j = 0; j <= sides; j++) {
    const u = j / sides;
    point3(u, v0, t);
    point3(u, v1, t);
  }
  endShape();
}

function point3(u, v, t) {
  const angle = u * TWO_PI;
  const breath = sin(v * 7 - t * 0.9) * 38 + sin(angle * 3 + v * 5 + t * 0.6) * 16;
  const radius = 150 + breath;
  vertex(cos(angle) * radius, (v - 0.5) * 440, sin(angle) * radius, u * 2, v);
}

function doubleClicked() {
  gen.randomize();
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
