// A walk through what a network has learned. Each slider is a direction of its latent; drag across
// the picture to walk along the first two. Space: somewhere else.

let gen;
let sliders = []; // one for each direction: {name, slider}
let here = [0, 0]; // where the mouse has walked to

function setup() {
  createCanvas(windowWidth, windowHeight);
  gen = createLivegen({ kind: 'image' }, buildSliders); // called once its parameters are known
}

function draw() {
  background(11, 11, 13);
  const side = min(width, height - 48);
  image(gen.image, (width - side) / 2, (height - 48 - side) / 2, side, side, 0, 0, gen.width, gen.height, CONTAIN);
  drawCompass();
}

function buildSliders(error) {
  if (error) return; // the status line says what is wrong
  const panel = createDiv().class('panel');
  for (const direction of directions()) {
    const row = createDiv().class('row').parent(panel);
    createSpan(direction.name.replaceAll('_', ' ')).attribute('title', direction.about).parent(row);
    const slider = createSlider(-3, 3, 0, 0.01).parent(row);
    slider.attribute('aria-label', direction.name);
    slider.input(() => gen.set(direction.address, slider.value()));
    sliders.push({ ...direction, slider });
  }
}

// Directions that have a name of their own, else the first numbers of the latent.
function directions() {
  const named = Object.values(gen.params).filter((param) => param.group === 'directions');
  if (named.length) return named.map((param) => ({ name: param.name.replace('direction/', ''), address: param.name, about: param.description }));
  return Array.from({ length: min(8, gen.latent.size) }, (_, i) => ({ name: 'latent ' + (i + 1), address: 'z/' + i, about: '' }));
}

function mouseDragged(event) {
  if (event && event.target && event.target.tagName !== 'CANVAS') return; // that was a slider
  here[0] = constrain(here[0] + (mouseX - pmouseX) / 120, -3, 3);
  here[1] = constrain(here[1] - (mouseY - pmouseY) / 120, -3, 3);
  for (let i = 0; i < min(2, sliders.length); i++) {
    gen.set(sliders[i].address, here[i]);
    sliders[i].slider.value(here[i]);
  }
}

function drawCompass() {
  const x = width - 80;
  noFill();
  stroke(255, 90);
  circle(x, 80, 90);
  fill(227, 181, 119);
  noStroke();
  circle(x + here[0] * 15, 80 - here[1] * 15, 10);
}

function keyPressed() {
  if (key === ' ') gen.randomize();
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
