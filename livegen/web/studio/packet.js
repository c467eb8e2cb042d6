// The 32 bytes in front of every binary frame, little-endian, frozen as LGF1.

const LGF1 = 0x3146474c;
const MIME = ["", "image/jpeg", "image/png", "image/webp"];
export const IMAGE = 1;

/** The header of a frame, or null for bytes that are none. */
export function readHeader(buffer) {
  if (buffer.byteLength < 32) return null;
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== LGF1) return null;
  return {
    kind: view.getUint8(4),
    mime: MIME[view.getUint8(5)] ?? "",
    width: view.getUint16(8, true),
    height: view.getUint16(10, true),
    seq: view.getUint32(12, true),
    stream: view.getUint16(24, true),
    size: view.getUint16(26, true),
    applied: view.getUint32(28, true),
  };
}

/** A JPEG to show to a generator: the same header the other way. */
export function showing(jpeg, width, height, stream) {
  const buffer = new ArrayBuffer(32 + jpeg.byteLength);
  const view = new DataView(buffer);
  view.setUint32(0, LGF1, true);
  view.setUint8(4, IMAGE);
  view.setUint8(5, MIME.indexOf("image/jpeg"));
  view.setUint8(7, 3);
  view.setUint16(8, width, true);
  view.setUint16(10, height, true);
  view.setUint16(24, stream, true);
  view.setUint16(26, 32, true);
  new Uint8Array(buffer, 32).set(new Uint8Array(jpeg));
  return buffer;
}
