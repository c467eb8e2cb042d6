// One control for every parameter of the generator that plays now. Nothing here names a
// parameter: gen.params says what there is, its range and its type.

let gen;
const controls = {};

function setup() {
  createCanvas(windowWidth, windowHeight);
  gen = createLivegen({}, buildControls); // called once the parameters are known
  gen.on('param', follow);
}

function draw() {
  image(gen.image, 0, 0, width, height, 0, 0, gen.width, gen.height, COVER);
}

function buildControls(error) {
  if (error) return; // the status line says what is wrong
  const panel = createDiv().class('panel');
  let group = '';
  for (const param of Object.values(gen.params)) {
    if (param.group !== group) createDiv(param.group).class('group').parent(panel);
    group = param.group;
    const row = createDiv().class('row').parent(panel);
    createSpan(param.name.replaceAll('_', ' ')).attribute('title', param.description).parent(row);
    const control = controlFor(param, row);
    if (control) controls[param.name] = control;
    else row.remove();
  }
}

function controlFor(param, row) {
  if (param.type === 'float' || param.type === 'int') return numberControl(param, row);
  if (param.type === 'bool') {
    const box = createCheckbox('', param.value).parent(row);
    box.changed(() => gen.set(param.name, box.checked()));
    return { show: (value) => box.checked(value) };
  }
  if (param.type === 'enum') {
    const menu = createSelect().parent(row);
    for (const choice of param.choices) menu.option(choice);
    menu.selected(param.value);
    menu.changed(() => gen.set(param.name, menu.value()));
    return { show: (value) => menu.selected(value) };
  }
  return null;
}

function numberControl(param, row) {
  const digits = param.type === 'int' ? 0 : 2;
  const shown = createSpan(nf(param.value, 1, digits)).class('number').parent(row);
  const step = param.type === 'int' ? 1 : (param.max - param.min) / 1000;
  const slider = createSlider(param.min, param.max, param.value, step).parent(row);
  slider.attribute('aria-label', param.name);
  slider.input(() => {
    gen.set(param.name, slider.value());
    shown.html(nf(slider.value(), 1, digits));
  });
  return {
    show: (value) => {
      slider.value(value);
      shown.html(nf(value, 1, digits));
    },
  };
}

// Somebody else turned a knob: on the studio page, on a tablet, in TouchDesigner.
function follow(change) {
  if (controls[change.name]) controls[change.name].show(change.value);
}

function windowResized() {
  resizeCanvas(windowWidth, windowHeight);
}
