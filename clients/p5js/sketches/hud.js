// The status line over a sketch: is the stage there, how many frames a second, how long from a
// control to the picture that shows it. It reads livegen.all(), the gens that play on this page.

(function () {
  'use strict';

  const folder = location.pathname.split('/').filter(Boolean).pop();
  const major = new URLSearchParams(location.search).get('p5') === '1' ? '1' : '2';

  function make(tag, className, text) {
    const element = document.createElement(tag);
    element.className = className;
    element.textContent = text || '';
    return element;
  }

  function link(text, href, on) {
    const element = make('a', on ? 'on' : '', text);
    element.href = href;
    return element;
  }

  const bar = make('div', '');
  bar.id = 'hud';
  const state = make('span', 'state');
  const dot = make('span', 'dot');
  const word = make('span', 'word', 'connecting');
  state.append(dot, word);
  const fps = make('span', 'number fps', '– fps');
  const latency = make('span', 'number latency', '– ms');
  const trouble = make('span', 'trouble');
  const code = make('pre', '');
  code.id = 'code';
  code.hidden = true;
  const codeButton = make('button', '', 'code');
  fps.title = 'pictures drawn in the last second';
  latency.title = 'from a control to the picture that shows it';

  codeButton.addEventListener('click', async function () {
    if (!code.textContent) code.textContent = await (await fetch('sketch.js')).text();
    code.hidden = !code.hidden;
    codeButton.textContent = code.hidden ? 'code' : 'close code';
  });

  // A tap on the line is not a tap on the sketch.
  for (const event of ['mousedown', 'mouseup', 'click', 'pointerdown', 'pointerup', 'touchstart', 'touchend', 'wheel']) {
    for (const element of [bar, code]) element.addEventListener(event, function (e) { e.stopPropagation(); });
  }

  const versions = make('span', 'versions', 'p5');
  versions.append(link('1.x', '?p5=1', major === '1'), link('2.x', '?p5=2', major === '2'));
  bar.append(link('← sketches', '/p5/?p5=' + major), state, fps, latency, make('span', 'gap'), versions, codeButton, trouble);
  document.body.append(code, bar);
  document.title = folder + ' – livegen';

  const SHOWN = 12; // seconds that a passing trouble is shown; a lost stage is shown until it is back
  let newest = null;
  let since = 0;

  function troubleOf(gens) {
    const gen = gens.find(function (each) { return each.error; });
    if (!gen) return '';
    if (gen.error !== newest) since = performance.now();
    newest = gen.error;
    const passed = gen.connected && performance.now() - since > SHOWN * 1000;
    return passed ? '' : newest.message;
  }

  function show() {
    if (!window.livegen || !livegen.all) return; // ml5's calls bring the client when they are first used
    const gens = livegen.all();
    const gen = gens[0];
    const line = livegen.connections()[0];
    if (!line) return;
    word.textContent = gen ? gen.status : line.connected ? 'running' : line.trouble ? 'offline' : 'connecting';
    dot.className = 'dot ' + (line.connected ? 'running' : 'offline');
    fps.hidden = latency.hidden = !gen || !gen.options.pictures;
    fps.textContent = gen ? gen.fps + ' fps' : '';
    latency.textContent = (!gen || gen.latency === null ? '–' : Math.round(gen.latency)) + ' ms';
    trouble.textContent = gens.length ? troubleOf(gens) : line.trouble ? line.trouble.message : '';
  }

  setInterval(show, 250);
})();
