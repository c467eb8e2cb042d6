// Begin a drawing with the mouse or a finger. When you stop, the machine goes on with it; and when
// nobody draws, it draws by itself. Enter: go on now. Backspace: begin anew.

let gen;
let pen = { x: 0, y: 0 }; // where the drawing has come to, in units of a drawing
let lines = []; // {x1, y1, x2, y2, mine}, in the same units
let shelf = []; // finished drawings
let down = false; // whether the machine's pen is on the paper
let held = null; // a step of mine that is not sent: only the next point says whether the pen stays down
let finished = false;
let mine = false; // whether the drawing on the page was begun by me

function setup() {
  createCanvas(windowWidth, windowHeight);
  gen = createLivegen({ kind: 'strokes', pictures: false });
}

// One step of the machine's pen: where it goes, and whether it is down after that.
function livegenStroke(stroke) {
  if (mine && mouseIsPressed) return; // what it had drawn before it saw my line
  if (stroke.index === 0 || finished) newDrawing();
  if (down) addLine(pen.x + stroke.dx, pen.y + stroke.dy, false);
  else movePen(pen.x + stroke.dx, pen.y + stroke.dy);
  down = stroke.pen === 'down';
  finished = stroke.pen === 'end';
}

function addLine(x, y, mine) {
  lines.push({ x1: pen.x, y1: pen.y, x2: x, y2: y, mine, born: millis() });
  movePen(x, y);
}

function movePen(x, y) {
  pen = { x, y };
}

function newDrawing() {
  if (lines.length > 3) shelf.push(lines);
  if (shelf.length > 12) shelf.shift();
  lines = [];
  pen = { x: 0, y: 0 };
  down = finished = mine = false;
}

// ---- my hand

function mousePressed() {
  if (!mine || finished) newDrawing();
  mine = true;
  putDown((mouseX - width / 2) / unit(), (mouseY - height / 2) / unit(), false);
}

function mouseDragged() {
  const x = (mouseX - width / 2) / unit();
  const y = (mouseY - height / 2) / unit();
  if (mine && dist(x, y, pen.x, pen.y) > 0.06) putDown(x, y, true);
}

function mouseReleased() {
  if (held) send(1); // 1: the pen is up after this step
}

function putDown(x, y, inked) {
  if (held) send(0);
  held = [x - pen.x, y - pen.y];
  if (inked) addLine(x, y, true);
  else movePen(x, y);
}

function send(up) {
  gen.tell('stroke/feed', [held[0], held[1], up]);
  held = null;
  down = false;
}

function keyPressed() {
  if (key === 'Enter') gen.tell('stroke/complete');
  if (key === 'Backspace') {
    gen.tell('stroke/next');
    newDrawing();
  }
}

// ---- what is seen

function draw() {
  background(243, 240, 232);
  shelf.forEach((drawing, i) => drawLines(drawing, 70 + i * (width - 140) / 11, height - 110, 70, 110));
  drawLines(lines, width / 2, height / 2, unit(), 255);
  noStroke();
  fill(194, 84, 56);
  circle(width / 2 + pen.x * unit(), height / 2 + pen.y * unit(), 10);
}

function drawLines(drawing, x, y, scale, alpha) {
  strokeCap(ROUND);
  strokeWeight(max(1.5, scale / 80));
  for (const each of drawing) {
    const fresh = exp((each.born - millis()) / 1200);
    if (each.mine) stroke(194, 84, 56, alpha);
    else stroke(40 + 154 * fresh, 38 + 46 * fresh, 46 + 10 * fresh, alpha);
    line(x + each.x1 * scale, y + each.y1 * scale, x + each.x2 * scale, y + each.y2 * scale);
  }
}

function unit() {
  return min(width, height) * 0.5;
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
