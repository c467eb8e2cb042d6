// The smallest livegen sketch. Click for another picture.

let gen;

function setup() {
  createCanvas(windowWidth, windowHeight);
  gen = createLivegen();
}

function draw() {
  image(gen.image, 0, 0, width, height, 0, 0, gen.width, gen.height, COVER);
}

function mousePressed() {
  gen.randomize();
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
