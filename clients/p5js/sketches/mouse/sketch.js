// The mouse, or a finger, plays the xy plane: the stage's cues lie on it, and what you see is a
// blend of those nearby.

let gen;
let trail = [];

function setup() {
  createCanvas(windowWidth, windowHeight);
  gen = createLivegen();
}

function draw() {
  image(gen.image, 0, 0, width, height, 0, 0, gen.width, gen.height, COVER);
  drawTrail();
  drawCross();
}

function play() {
  // x runs to the right and y upwards, both from 0 to 1.
  const x = constrain(mouseX / width, 0, 1);
  const y = constrain(1 - mouseY / height, 0, 1);
  gen.set('xy', [x, y]);
  trail.push({ x: mouseX, y: mouseY });
  if (trail.length > 40) trail.shift();
}

function mouseMoved() {
  play();
}

function mouseDragged() {
  play();
}

function drawTrail() {
  noStroke();
  for (let i = 0; i < trail.length; i++) {
    const age = i / trail.length;
    fill(255, 200 * age * age);
    circle(trail[i].x, trail[i].y, 2 + 10 * age);
  }
  if (frameCount % 2 === 0) trail.shift();
}

function drawCross() {
  stroke(255, 70);
  strokeWeight(1);
  line(mouseX, 0, mouseX, height);
  line(0, mouseY, width, mouseY);
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
