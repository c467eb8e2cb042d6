"""``/stream.mjpg``: the newest frame again and again, for any browser and no script at all."""

from ..errors import LivegenError
from ..frame import Frame
from ..streams.encode import QUALITY, Encoded, Recipe
from ..streams.hub import Hub
from ..streams.seat import PictureSeat, Wants
from .asked import Asked
from .http import longest
from .line import Line

BOUNDARY = b"livegen-frame"
SMALL_BUFFER = 128 << 10
NEXT = b"\r\n--" + BOUNDARY + b"\r\nContent-Type: image/jpeg\r\n\r\n"
"""Goes out right behind a picture: Chrome shows a part when it has read the headers of the next one.
So no part can tell its length, which is optional."""
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace; boundary=" + BOUNDARY + b"\r\n"
    b"Cache-Control: no-store\r\nConnection: close\r\nX-Content-Type-Options: nosniff\r\n" + NEXT
)


async def serve_mjpeg(line: Line, asked: Asked, hub: Hub, stream: int) -> None:
    """Write frames to ``line`` until it is gone; a viewer that does not read is aborted by the hub."""
    line.extend(None)
    line.small_buffer(SMALL_BUFFER)
    fps = asked.option("fps")
    rate = float(min(240, int(fps))) if fps.isascii() and fps.isdigit() and len(fps) < 5 else 0.0
    wants = Wants(recipe=Recipe(quality=QUALITY, longest=longest(asked)), max_fps=rate)

    def post(frame: Frame, recipe: Recipe, encoded: Encoded) -> None:
        if not line.transport.is_closing():
            line.transport.write(b"".join((encoded.payload, NEXT)))

    seat = PictureSeat(wants, post, name="mjpeg", buffered=line.buffered, limits=hub.limits)
    line.watched = True
    line.on_room = lambda: hub.pump(seat)
    line.transport.write(HEAD)
    try:
        hub.seat(stream, seat, line.abort)
        await line.wait_closed()
    except LivegenError:
        line.abort()
    finally:
        hub.unseat(seat)
