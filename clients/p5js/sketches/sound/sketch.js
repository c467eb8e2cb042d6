// Sound plays the latent: eight bands of the microphone, from bass to treble, push the first
// eight numbers of z. Click to let the browser listen. Nothing is recorded or sent, only z.

let gen;
let ear = null;
let spectrum;
const bands = [0, 0, 0, 0, 0, 0, 0, 0];

function setup() {
  createCanvas(windowWidth, windowHeight);
  textFont('sans-serif');
  gen = createLivegen();
}

function draw() {
  image(gen.image, 0, 0, width, height, 0, 0, gen.width, gen.height, COVER);
  if (ear) playBands();
  else drawInvitation('click, and make a sound');
}

function playBands() {
  ear.getByteFrequencyData(spectrum);
  for (let i = 0; i < bands.length; i++) {
    bands[i] = lerp(bands[i], loudness(i), 0.25); // quick enough to dance, slow enough not to flicker
    gen.latent.set(i, bands[i] * 3 * (i % 2 ? -1 : 1));
  }
  drawBands();
}

// Band i from 0 to 1. Each band is wider than the one below it, as in the ear.
function loudness(i) {
  const from = floor(2 ** (i + 1));
  const to = floor(2 ** (i + 2));
  let sum = 0;
  for (let k = from; k < to; k++) sum += spectrum[k];
  return sum / (to - from) / 255;
}

function drawBands() {
  noStroke();
  const gap = min(56, width / 8.5);
  for (let i = 0; i < bands.length; i++) {
    const x = width / 2 + (i - 3.5) * gap;
    fill(10, 150);
    rect(x - 20, height - 216, 40, 160, 20);
    fill(255, 220);
    const tall = 12 + bands[i] * 120;
    rect(x - 6, height - 70 - tall, 12, tall, 6);
  }
}

function drawInvitation(words) {
  textAlign(CENTER, CENTER);
  textSize(20);
  noStroke();
  fill(0, 140);
  rect(width / 2 - 150, height / 2 - 28, 300, 56, 28);
  fill(255);
  text(words, width / 2, height / 2);
}

async function mousePressed() {
  if (ear) return;
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const audio = new AudioContext();
  ear = audio.createAnalyser();
  ear.fftSize = 1024;
  spectrum = new Uint8Array(ear.frequencyBinCount);
  audio.createMediaStreamSource(stream).connect(ear);
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
