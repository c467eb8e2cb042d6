// Thumbnails of cues. The stage paints them beside the show: a new one may take a moment.

import { headers } from "./tree.js";

const TRIES = 5;

/** Fill `image` with the picture of the cue `name` of the generator `stream`, as soon as it is painted. */
export async function thumbnail(image, name, stream, token, tries = 0) {
  try {
    const answer = await fetch(`/thumbs/${encodeURIComponent(name)}.jpg?stream=${encodeURIComponent(stream)}`, { headers: headers(token), cache: "no-cache" });
    if (answer.status === 202 || answer.status === 204) throw new Error("not painted yet");
    if (!answer.ok) throw new Error(`the stage answered ${answer.status}`);
    const address = URL.createObjectURL(await answer.blob());
    image.onload = () => {
      image.hidden = false;
      URL.revokeObjectURL(address);
    };
    image.src = address;
  } catch {
    if (tries < TRIES && image.isConnected) setTimeout(() => thumbnail(image, name, stream, token, tries + 1), 1000 * 2 ** tries);
  }
}
