// Sound plays the latent: eight bands of the microphone, from bass to treble, push the first
// eight numbers of z, and every attack flashes. Click to let the browser listen. Nothing is recorded.
// The ear also says /audio/level, /audio/bass, /audio/onset … to a patch that routes them, as "sound" does.

let gen;
let ear;

function setup() {
  createCanvas(windowWidth, windowHeight);
  textFont('sans-serif');
  gen = createLivegen({ kind: 'image' });
  ear = new LivegenEar(gen);
}

function draw() {
  image(gen.image, 0, 0, width, height, 0, 0, gen.width, gen.height, COVER);
  if (!ear.running) {
    drawInvitation(ear.error ? ear.error.message : 'click, and make a sound');
    return;
  }
  for (let i = 0; i < 8; i++) gen.latent.set(i, band(i) * 3 * (i % 2 ? -1 : 1));
  drawBands();
}

function band(i) {
  return ear.values['bands/' + i] || 0;
}

function drawBands() {
  noStroke();
  fill(255, 90 * ear.hit);
  rect(0, 0, width, height);
  const gap = min(56, width / 8.5);
  for (let i = 0; i < 8; i++) {
    const x = width / 2 + (i - 3.5) * gap;
    fill(10, 150);
    rect(x - 20, height - 216, 40, 160, 20);
    fill(255, 220);
    const tall = 12 + band(i) * 120;
    rect(x - 6, height - 70 - tall, 12, tall, 6);
  }
}

function drawInvitation(words) {
  textSize(20);
  const wide = min(width - 32, textWidth(words) + 80);
  textAlign(CENTER, CENTER);
  noStroke();
  fill(0, 140);
  rect(width / 2 - wide / 2, height / 2 - 28, wide, 56, 28);
  fill(255);
  text(words, width / 2, height / 2);
}

function mousePressed() {
  if (!ear.running) ear.start().catch(() => {}); // what went wrong stands in ear.error
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
