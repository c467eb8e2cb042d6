// Show the network something: what the camera sees, or what you paint, becomes the nearest picture
// that it knows. Click "camera" to let it look; else paint on the left half. The slider says how far
// it follows: 0 is its own, 1 is what it is shown.

let gen;
let paper; // what you paint
let camera = null;
let follow;

function setup() {
  createCanvas(windowWidth, windowHeight);
  paper = createGraphics(256, 256);
  paper.background(236, 230, 218);
  gen = createLivegen({ kind: 'image' }, (error) => {
    if (!error) gen.set('follow', follow.value());
  });
  const panel = createDiv().class('panel low');
  const row = createDiv().class('row').parent(panel);
  createSpan('follow').parent(row);
  follow = createSlider(0, 1, 0.9, 0.01).parent(row);
  follow.attribute('aria-label', 'follow');
  follow.input(() => gen.set('follow', follow.value()));
  const buttons = createDiv().class('row').parent(panel);
  createButton('camera').parent(buttons).mousePressed(look);
  createButton('keep').parent(buttons).mousePressed(() => gen.tell('see/keep'));
}

function look() {
  if (camera) return;
  camera = createCapture(VIDEO);
  camera.hide();
}

function draw() {
  background(11, 11, 13);
  const side = min(width / 2, height - 60) - 32;
  const top = (height - 48 - side) / 2;
  const seen = camera || paper;
  if (frameCount % 4 === 0) gen.see(seen.elt || seen.canvas); // small and rarely: it is looked at, not filmed
  image(seen, width / 2 - side - 16, top, side, side, 0, 0, seen.width, seen.height, COVER);
  image(gen.image, width / 2 + 16, top, side, side, 0, 0, gen.width, gen.height, COVER);
}

function mouseDragged() {
  const side = min(width / 2, height - 60) - 32;
  const scale = 256 / side;
  const left = width / 2 - side - 16;
  const top = (height - 48 - side) / 2;
  const far = (mouseX - left) * scale;
  paper.stroke((far * 1.4) % 255, 90, (mouseY * 0.9) % 255);
  paper.strokeWeight(18);
  paper.line(far, (mouseY - top) * scale, (pmouseX - left) * scale, (pmouseY - top) * scale);
}

function keyPressed() {
  if (key === 'Backspace') paper.background(236, 230, 218);
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
