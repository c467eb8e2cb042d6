// Files on their way to the stage: what lies in a folder, how heavy it is, and its pieces as the wire has them.

/** One piece as the wire has it: magic, id, offset, bytes; little-endian. */
export function packed(id, offset, bytes) {
  const whole = new Uint8Array(16 + bytes.byteLength);
  const head = new DataView(whole.buffer);
  whole.set([76, 71, 66, 49]);
  head.setUint32(4, id, true);
  head.setBigUint64(8, BigInt(offset), true);
  whole.set(new Uint8Array(bytes), 16);
  return whole.buffer;
}

/** The files that lie in a folder, those in its folders not. */
export async function filesIn(folder) {
  const reader = folder.createReader(), entries = [];
  for (;;) {
    const more = await new Promise((found, failed) => reader.readEntries(found, failed));
    if (!more.length) break;
    entries.push(...more);
  }
  const plain = entries.filter((entry) => entry.isFile && !entry.name.startsWith("."));
  return Promise.all(plain.map((entry) => new Promise((found, failed) => entry.file(found, failed))));
}

export const weighed = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`);
