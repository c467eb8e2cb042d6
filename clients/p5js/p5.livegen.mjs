// For bundlers and <script type="module">. There, hand it your p5: attach(p5), once, before the sketch.

import './p5.livegen.js';

const { addon, all, ask, attach, connections, diagnose, expand, readFrame, readParams, readStrokes, readUrl, version, writeFrame } = globalThis.livegen;

export { addon, all, ask, attach, connections, diagnose, expand, readFrame, readParams, readStrokes, readUrl, version, writeFrame };
export default addon; // p5 2.x: p5.registerAddon(livegen)
