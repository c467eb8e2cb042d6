// A text that writes itself. Every character comes with how likely it was: what the network took
// for granted is pale, what surprised itself glows. Click for another text.

let gen;
let lines = [[]]; // of letters: {letter, bits, born}
let scroll = 0;
const size = 27;
const leading = 42;

function setup() {
  createCanvas(windowWidth, windowHeight);
  textFont('serif');
  textAlign(LEFT, BASELINE);
  gen = createLivegen({ kind: 'text', pictures: false }, begin);
}

function begin() {
  for (const letter of gen.text) write({ letter, bits: 0, born: -9999 }); // what was written before we came
}

// Called for every piece of text. more.p is its probability, from 0 to 1.
function livegenText(token, gen, more) {
  if (more.index === 0) lines = [[]]; // it begins anew
  const bits = -Math.log2(Math.max(more.p, 1e-6)); // 0: certain, 7: as good as guessed
  for (const letter of token) write({ letter, bits, born: millis() });
}

function write(mark) {
  const line = lines[lines.length - 1];
  if (mark.letter !== '\n') line.push(mark);
  if (mark.letter === '\n') lines.push([]);
  else if (widthOf(line) > column()) lines.push(line.splice(wordStart(line)));
  if (lines.length > 60) {
    lines.shift();
    scroll -= 1;
  }
}

// Where the last word of a line begins, so that it can move down whole.
function wordStart(line) {
  const space = line.map((mark) => mark.letter).lastIndexOf(' ');
  return space < 0 ? line.length - 1 : space + 1;
}

function draw() {
  background(11, 11, 13);
  textSize(size);
  const rows = floor((height - 150) / leading);
  scroll = lerp(scroll, max(0, lines.length - rows), 0.08);
  for (let i = max(0, floor(scroll) - 1); i < lines.length; i++) drawLine(lines[i], 90 + (i - scroll) * leading);
}

function drawLine(line, y) {
  let x = (width - column()) / 2;
  const far = constrain(y / 200, 0, 1); // fades out at the top
  for (const mark of line) {
    const fresh = exp((mark.born - millis()) / 900);
    const heat = constrain(mark.bits / 7, 0, 1);
    fill(lerp(150, 255, max(heat, fresh)), lerp(146, 140, heat) + 90 * fresh, lerp(138, 76, heat) + 80 * fresh, 255 * far);
    text(mark.letter, x, y - 6 * fresh * heat);
    x += letterWidth(mark.letter);
  }
}

const widths = {};

function letterWidth(letter) {
  if (!widths[letter]) {
    textSize(size);
    widths[letter] = drawingContext.measureText(letter).width; // textWidth() of p5 2.x leaves spaces out
  }
  return widths[letter];
}

function widthOf(line) {
  return line.reduce((sum, mark) => sum + letterWidth(mark.letter), 0);
}

function column() {
  return min(760, width - 64);
}

function mousePressed() {
  gen.randomize();
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
