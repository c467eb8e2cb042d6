// One gesture moves three: the picture behind, the text that is written over it, and the hand that
// draws into it. The patch "trio" says how: every one of them listens to /gesture.

let picture;
let poem;
let hand;
let drawing = []; // {x1, y1, x2, y2, born}, in units of a drawing
let pen = { x: 0, y: 0 };
let down = false;

function setup() {
  createCanvas(windowWidth, windowHeight);
  textFont('serif');
  picture = createLivegen({ kind: 'image' });
  poem = createLivegen({ kind: 'text', pictures: false });
  hand = createLivegen({ kind: 'strokes', pictures: false });
  hand.on('stroke', addStroke);
}

function play() {
  const x = constrain(mouseX / width, 0, 1);
  const y = constrain(1 - mouseY / height, 0, 1);
  picture.set('/gesture', [x, y]); // one message, and the patch hands it to all three
}

function mouseMoved() {
  play();
}

function mouseDragged() {
  play();
}

function addStroke(stroke) {
  if (stroke.index === 0) {
    drawing = [];
    pen = { x: 0, y: 0 };
    down = false;
  }
  const next = { x: pen.x + stroke.dx, y: pen.y + stroke.dy };
  if (down) drawing.push({ x1: pen.x, y1: pen.y, x2: next.x, y2: next.y, born: millis() });
  pen = next;
  down = stroke.pen === 'down';
}

function draw() {
  image(picture.image, 0, 0, width, height, 0, 0, picture.width, picture.height, COVER);
  noStroke();
  fill(8, 8, 12, 110); // so that lines and letters stand out
  rect(0, 0, width, height);
  drawDrawing();
  drawPoem();
}

function drawDrawing() {
  const scale = min(width, height) * 0.55;
  const x = width > 900 ? width * 0.68 : width / 2;
  strokeCap(ROUND);
  for (const each of drawing) {
    const fresh = exp((each.born - millis()) / 700);
    stroke(255, 252, 244, 235);
    strokeWeight(3 + 5 * fresh);
    line(x + each.x1 * scale, height * 0.45 + each.y1 * scale, x + each.x2 * scale, height * 0.45 + each.y2 * scale);
  }
}

function drawPoem() {
  noStroke();
  textSize(24);
  textAlign(LEFT, BASELINE);
  const rows = lastRows(poem.text.slice(-600), min(520, width - 80), 8);
  rows.forEach((row, i) => {
    const y = height - 110 - (rows.length - 1 - i) * 36;
    fill(0, 110);
    text(row, 49, y + 1);
    fill(255, 250, 240, 90 + (165 * (i + 1)) / rows.length);
    text(row, 48, y);
  });
}

// The end of a text in rows that are at most so wide.
function lastRows(words, wide, count) {
  const rows = [];
  for (const paragraph of words.split('\n')) {
    let row = '';
    for (const word of paragraph.split(' ')) {
      if (row && textWidth(row + ' ' + word) > wide) {
        rows.push(row);
        row = word;
      } else row = row ? row + ' ' + word : word;
    }
    rows.push(row);
  }
  return rows.slice(-count);
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
