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
