// A lesson as it was written for ml5 0.12: a recurrent network that draws, one step of the pen at a
// time. Draw a beginning with the mouse; it goes on from there. Space: a new drawing.

let model;
let previousPen = 'down';
let x, y; // where the pen is
let strokePath = null; // the step to draw next
let seedStrokes = []; // what was drawn by hand
let personDrawing = false;

function setup() {
  createCanvas(windowWidth, windowHeight);
  background(243, 240, 232);
  model = ml5.sketchRNN('icons', modelReady);
}

function modelReady(error) {
  if (error) showProblem(error);
  else startDrawing();
}

function startDrawing() {
  background(243, 240, 232);
  model.reset();
  seedStrokes = [];
  x = width / 2;
  y = height * 0.4;
  previousPen = 'down';
  strokePath = null;
  model.generate({ pixelFactor: 255 / unit() }, gotStroke);
}

function gotStroke(error, result) {
  if (error) showProblem(error);
  else strokePath = result;
}

function draw() {
  if (personDrawing) {
    stroke(194, 84, 56);
    strokeWeight(unit() / 70);
    line(pmouseX, pmouseY, mouseX, mouseY);
    seedStrokes.push({ dx: mouseX - pmouseX, dy: mouseY - pmouseY, pen: 'down' });
    return;
  }
  if (!strokePath) return;
  stroke(40, 38, 46);
  strokeWeight(unit() / 70);
  if (previousPen === 'down') line(x, y, x + strokePath.dx, y + strokePath.dy);
  x += strokePath.dx;
  y += strokePath.dy;
  previousPen = strokePath.pen;
  const ended = strokePath.pen === 'end';
  strokePath = null;
  if (ended) setTimeout(startDrawing, 1500);
  else model.generate({ pixelFactor: 255 / unit() }, gotStroke);
}

function mousePressed() {
  if (!model.info || mouseY > height - 40) return;
  startDrawing();
  personDrawing = true;
}

function mouseReleased() {
  if (!personDrawing) return;
  personDrawing = false;
  x = mouseX;
  y = mouseY;
  if (seedStrokes.length) seedStrokes[seedStrokes.length - 1].pen = 'up';
  previousPen = 'up';
  model.reset();
  model.generate({ pixelFactor: 255 / unit() }, simplified(seedStrokes), gotStroke);
}

// Fewer and longer steps: a network learned from drawings that were made simpler too.
function simplified(strokes) {
  const found = [];
  for (const step of strokes) {
    const last = found[found.length - 1];
    if (last && dist(0, 0, last.dx, last.dy) < unit() * 0.06) {
      last.dx += step.dx;
      last.dy += step.dy;
      last.pen = step.pen;
    } else found.push({ ...step });
  }
  return found;
}

function showProblem(error) {
  createP(error.message).class('problem');
}

function unit() {
  return min(width, height) * 0.45; // pixels of a whole drawing
}

function keyPressed() {
  if (key === ' ') startDrawing();
}
