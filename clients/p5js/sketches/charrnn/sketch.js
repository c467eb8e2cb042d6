// A lesson as it was written for ml5 0.12: a recurrent network continues your text. Only the script
// tag is another; the network is the stage's. Every key asks for a new continuation.

let rnn;
let seed, lengthSlider, temperatureSlider, status;
let given, written; // your words, and what follows them
let asked = 0;

function setup() {
  noCanvas();
  rnn = ml5.charRNN('models/shakespeare/', modelReady);

  const page = createDiv().class('lesson');
  createElement('h1', 'charRNN').parent(page);
  status = createP('loading the model').class('quiet').parent(page);
  seed = createElement('textarea', 'The night ').parent(page);
  seed.attribute('aria-label', 'seed').input(generate);
  lengthSlider = labelled(page, 'length', createSlider(10, 800, 200, 10));
  temperatureSlider = labelled(page, 'temperature', createSlider(0.05, 1.5, 0.5, 0.05));
  createButton('again').parent(page).mousePressed(generate);
  const output = createP('').class('output').parent(page);
  given = createElement('mark', '').parent(output);
  written = createSpan('').parent(output);
}

function labelled(page, name, slider) {
  const row = createDiv().class('row').parent(page);
  createSpan(name).parent(row);
  const shown = createSpan(slider.value()).class('number').parent(row);
  slider.attribute('aria-label', name).parent(row);
  slider.input(() => shown.html(slider.value()));
  slider.changed(generate);
  return slider;
}

function modelReady(error) {
  if (error) return status.html(error.message);
  status.html('written by ' + rnn.info.title);
  generate();
}

function generate() {
  const data = { seed: seed.value(), temperature: temperatureSlider.value(), length: lengthSlider.value() };
  const number = ++asked;
  rnn.generate(data, (error, result) => {
    if (number !== asked) return; // you typed on meanwhile
    if (error) return status.html(error.message);
    given.elt.textContent = data.seed;
    written.elt.textContent = result.sample;
  });
}
