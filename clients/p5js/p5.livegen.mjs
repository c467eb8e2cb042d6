// For bundlers and <script type="module">. There, hand it your p5: attach(p5), once, before the sketch.

import './p5.livegen.js';

const { addon, all, attach, diagnose, expand, readFrame, readParams, readStrokes, readUrl, version } = globalThis.livegen;

export { addon, all, attach, diagnose, expand, readFrame, readParams, readStrokes, readUrl, version };
export default addon; // p5 2.x: p5.registerAddon(livegen)
