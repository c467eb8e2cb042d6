// The list of sketches: keeps the chosen p5 version in the links and says how the stage is.

const major = new URLSearchParams(location.search).get('p5') === '1' ? '1' : '2';

for (const link of document.querySelectorAll('.switch a')) link.classList.toggle('on', link.search === '?p5=' + major);
for (const link of document.querySelectorAll('.cards a')) link.search = '?p5=' + major;

for (const tags of document.querySelectorAll('.tags')) {
  tags.textContent = tags.textContent.replace('p5-2', 'p5-' + major).replace(/src="\//g, 'src="' + location.origin + '/');
}

async function look() {
  const dot = document.querySelector('#stage .dot');
  const word = document.querySelector('#stage .word');
  try {
    const health = await (await fetch('/health', { cache: 'no-store' })).json();
    dot.className = 'dot running';
    word.textContent = 'stage ' + health.state + (health.fps ? ', ' + Math.round(health.fps) + ' fps' : '');
  } catch (gone) {
    dot.className = 'dot offline';
    word.textContent = 'the stage does not answer: livegen run';
  }
}

look();
setInterval(look, 2000);
