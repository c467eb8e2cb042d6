// The picture as a texture in WEBGL: a vase that breathes. Drag to turn it, double-click for
// another picture. gen.image is one p5.Image for life, so the graphics card keeps one texture.

let gen;
const rings = 28;
const sides = 56;

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
  ambientLight(110);
  directionalLight(190, 185, 175, 0.5, 0.6, -1);
  translate(0, -25);
  scale(min(width, height) / 610);
  rotateX(-0.3);
  const t = millis() / 1000;
  rotateY(t * 0.2);
  texture(gen.image);
  for (let i = 0; i < rings; i++) drawBand(i / rings, (i + 1) / rings, t);
}

// One band of the vase, from height v0 to v1 (0 top, 1 bottom).
function drawBand(v0, v1, t) {
  beginShape(TRIANGLE_STRIP);
  for (let j = 0; j <= sides; j++) {
    corner(j / sides, v0, t);
    corner(j / sides, v1, t);
  }
  endShape();
}

function corner(u, v, t) {
  const angle = u * TWO_PI;
  const r = radius(angle, v, t);
  const slope = (radius(angle, v + 0.01, t) - r) / 0.01 / 440; // tilts the light on the curves
  normal(cos(angle), -slope, sin(angle));
  vertex(cos(angle) * r, (v - 0.5) * 440, sin(angle) * r, u * 2, v);
}

function radius(angle, v, t) {
  return 150 + sin(v * 7 - t * 0.9) * 38 + sin(angle * 3 + v * 5 + t * 0.6) * 16;
}

function doubleClicked() {
  gen.randomize();
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
