// You begin, the machine goes on: type, and it reads every letter as if it had written it itself.
// While you type it waits. On a phone, touch the page for a beginning.

let gen;
let letters = []; // {letter, mine}
let begun = 0; // where in them I began to type
let waiting = null; // until when the machine is quiet, in milliseconds
const beginnings = ['Once upon a time ', 'My dear, ', 'The night ', 'I have often thought that ', 'Listen: '];

function setup() {
  createCanvas(windowWidth, windowHeight);
  textFont('serif');
  textAlign(LEFT, BASELINE);
  gen = createLivegen({ kind: 'text', pictures: false });
}

function livegenText(token) {
  // What it had written before it heard me stands before my words.
  const at = waiting === null ? letters.length : begun;
  const marks = Array.from(token, (letter) => ({ letter, mine: false }));
  letters.splice(at, 0, ...marks);
  begun = at + marks.length;
}

function keyTyped() {
  say(key === 'Enter' ? '\n' : key);
  return false; // space must not scroll the page
}

function say(words) {
  if (waiting === null) {
    begun = letters.length;
    gen.tell('text/stop');
  }
  waiting = millis() + 1200;
  gen.feed(words);
  for (const letter of words) letters.push({ letter, mine: true });
}

function draw() {
  if (waiting !== null && millis() > waiting) {
    gen.tell('text/generate', []); // without a number it goes on and on
    waiting = null;
  }
  background(11, 11, 13);
  textSize(30);
  const last = drawLetters(); // where the text ends
  fill(227, 181, 119, 255 * (0.5 + 0.5 * cos(millis() / 250)));
  rect(last.x + 2, last.y - 22, 2, 28);
  if (letters.length === 0) {
    fill(141, 138, 131);
    text('type the beginning', margin(), 120);
  }
  if (waiting === null) letters = letters.slice(-1200);
}

function drawLetters() {
  const rows = wrapped();
  const top = min(120, height - 130 - rows.length * 46); // the end stays in sight
  noStroke();
  let x = margin();
  rows.forEach((row, i) => {
    x = margin();
    for (const mark of row) {
      if (mark.mine) fill(227, 181, 119);
      else fill(220, 217, 210);
      text(mark.letter, x, top + i * 46);
      x += wide(mark.letter);
    }
  });
  return { x, y: top + (rows.length - 1) * 46 };
}

// The letters in rows that fit the page, broken between words.
function wrapped() {
  const rows = [[]];
  let x = 0;
  let words = [];
  const flush = () => {
    const room = words.reduce((sum, mark) => sum + wide(mark.letter), 0);
    if (x + room > width - 2 * margin() && x > 0) {
      rows.push([]);
      x = 0;
    }
    rows[rows.length - 1].push(...words);
    x += room;
    words = [];
  };
  for (const mark of letters.slice(-700)) {
    if (mark.letter !== '\n') words.push(mark);
    if (mark.letter === ' ' || mark.letter === '\n') flush();
    if (mark.letter === '\n') {
      rows.push([]);
      x = 0;
    }
  }
  flush();
  return rows;
}

// textWidth() of p5 2.x leaves spaces out.
function wide(letter) {
  return drawingContext.measureText(letter).width;
}

function margin() {
  return max(32, (width - 820) / 2);
}

function touchStarted() {
  say('\n' + random(beginnings));
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
