// Your hand plays: where it is, how far it is open, how fast it moves. The patch says what that does: routes from
// /hand/x, /hand/pinch, /hand/open …  A tracker is not part of this page: put ml5.min.js beside a copy of it. Without
// one the mouse is the hand, and pressing it is a pinch.

let gen;
let body;
let video = null;
let hands = [];

function setup() {
  createCanvas(windowWidth, windowHeight);
  textFont('sans-serif');
  gen = createLivegen({ kind: 'image' });
  body = new LivegenBody(gen);
  if (window.ml5) track();
}

function track() {
  video = createCapture(VIDEO);
  video.size(640, 480);
  video.hide();
  // Models of your own place: {runtime: 'tfjs', detectorModelUrl: 'models/…', landmarkModelUrl: 'models/…'}
  const tracker = ml5.handPose({ flipped: true, maxHands: 2 }, () => tracker.detectStart(video, seen));
}

function seen(found) {
  hands = found;
  body.hands(found, video.width, video.height);
}

function draw() {
  image(gen.image, 0, 0, width, height, 0, 0, gen.width, gen.height, COVER);
  drawHands();
  drawValues();
}

function drawHands() {
  noFill();
  stroke(255, 210);
  strokeWeight(2);
  if (!video) {
    const closed = body.values['/hand/pinch'];
    if (closed !== undefined) circle(mouseX, mouseY, 60 - 40 * closed);
    return;
  }
  for (const hand of hands) {
    for (const point of hand.keypoints) circle((point.x / video.width) * width, (point.y / video.height) * height, 10);
  }
}

function drawValues() {
  noStroke();
  textSize(13);
  textAlign(LEFT, CENTER);
  ['x', 'y', 'pinch', 'open', 'speed'].forEach((name, i) => {
    const y = height - 190 + i * 24;
    fill(10, 150);
    rect(24, y - 10, 190, 20, 10);
    fill(255, 235);
    text(name, 36, y);
    rect(90, y - 3, 110 * (body.values['/hand/' + name] || 0), 6, 3);
  });
}

// The mouse in place of a hand.
function playHand() {
  if (!video) body.point(mouseX / width, 1 - mouseY / height, mouseIsPressed ? 1 : 0);
}

function mouseMoved() {
  playHand();
}

function mouseDragged() {
  playHand();
}

function mousePressed() {
  playHand();
}

function mouseReleased() {
  playHand();
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
