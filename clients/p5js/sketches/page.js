// Every sketch page loads this one file. It brings p5 (?p5=1 for 1.x, else 2.x), the livegen
// client (or livegen.js, which brings ml5's calls), the sketch beside the page, and the status
// line. On a page of your own, write the first three as plain <script> tags, in this order.
// (The stylesheet's id keeps p5 2.x from adding inline styles, which the stage's pages forbid.)

const major = new URLSearchParams(location.search).get('p5') === '1' ? 1 : 2;
const client = document.currentScript.dataset.client || '/p5.livegen.js';

for (const source of ['/p5/lib/p5-' + major + '.min.js', client, 'sketch.js', '/p5/hud.js']) {
  const script = document.createElement('script');
  script.src = source;
  script.async = false; // one after the other
  document.head.append(script);
}
