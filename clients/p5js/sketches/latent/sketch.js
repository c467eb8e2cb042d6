// A style network played from the inside. Over the picture: up and down is truncation, left and right
// turns the features of one layer, the wheel chooses which. Each bar is a layer: drag to mix another
// picture into it, coarse layers left, fine ones right. Double-click: another picture to mix in.

let gen;
let shares = []; // how much of the other picture each layer takes, 0 to 1
let layer = 0; // the one that is bent
const bars = { high: 110, below: 56 };

function setup() {
  createCanvas(windowWidth, windowHeight);
  gen = createLivegen({ kind: 'image' }, readParams);
  gen.on('param', readParams); // somebody else may play them too
}

function readParams() {
  const { 'mix/layers': mix, 'bend/layer': bend } = gen.params;
  if (mix) shares = Array.from(mix.value);
  if (bend) layer = bend.value;
}

function draw() {
  background(11, 11, 13);
  image(gen.image, 0, 0, width, height, 0, 0, gen.width, gen.height, COVER);
  noStroke();
  for (let i = 0; i < shares.length; i++) {
    const wide = width / shares.length;
    fill(11, 11, 13, 140);
    rect(i * wide + 3, above(), wide - 6, bars.high, 6);
    fill(227, 181, 119, 230);
    rect(i * wide + 3, above() + bars.high * (1 - shares[i]), wide - 6, bars.high * shares[i], 6);
    if (i === layer) circle((i + 0.5) * wide, above() - 12, 8); // this one is bent
  }
  if (gen.connected && !shares.length && gen.fps) text('This wants a style network: livegen run imported', 20, 30);
}

function above() {
  return height - bars.below - bars.high;
}

function mouseMoved() {
  if (mouseY < above()) play();
}

function mouseDragged() {
  if (mouseY < above() - 20) return play();
  const i = constrain(floor((mouseX / width) * shares.length), 0, shares.length - 1);
  if (i < 0) return;
  shares[i] = constrain(1 - (mouseY - above()) / bars.high, 0, 1);
  gen.set('mix/layers', shares);
}

function play() {
  if (!shares.length) return;
  gen.set('truncation', map(mouseY, 0, above(), 1.5, 0, true));
  gen.set('bend/turn', map(mouseX, 0, width, -0.2, 0.2, true));
}

function mouseWheel(event) {
  const bend = gen.params['bend/layer'];
  if (!bend) return;
  layer = constrain(layer + Math.sign(event.delta), bend.min, bend.max);
  gen.set('bend/layer', layer);
  return false;
}

function doubleClicked() {
  if (shares.length) gen.set('mix/seed', floor(random(10000)));
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
