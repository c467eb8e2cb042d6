// A lesson as it was written for ml5 0.12: a picture for a label, another one every time. Where a
// network has no classes, the stage's cues are the labels.

let cvae;
let menu, page, gallery;

function setup() {
  noCanvas();
  page = createDiv().class('lesson');
  createElement('h1', 'CVAE').parent(page);
  cvae = ml5.CVAE('model/quick_draw/manifest.json', modelReady);
}

function modelReady(error) {
  if (error) return createP(error.message).class('problem').parent(page);
  const row = createDiv().class('row').parent(page);
  menu = createSelect().attribute('aria-label', 'label').parent(row);
  for (const label of cvae.labels) menu.option(label);
  menu.changed(generate);
  if (cvae.labels.length === 0) menu.hide(); // any picture, then
  createButton('generate').parent(row).mousePressed(generate);
  gallery = createDiv().class('gallery').parent(page);
  for (let i = 0; i < 8; i++) generate();
}

function generate() {
  cvae.generate(menu.value(), gotImage);
}

function gotImage(error, result) {
  if (error) return createP(error.message).class('problem').parent(page);
  const picture = createImg(result.src, '');
  gallery.elt.prepend(picture.elt);
  if (gallery.elt.children.length > 12) gallery.elt.lastChild.remove();
}
