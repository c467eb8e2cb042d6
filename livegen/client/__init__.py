"""A Python client: play a stage and see its frames, from asyncio or from a plain script.

    async with Client("127.0.0.1:9210") as client:
        await client.set({"/livegen/main/params/hue": 0.7})
        async for frame in client.frames():
            show(frame.pixels)

    with BlockingClient("127.0.0.1:9210") as client:
        client.set({"/livegen/main/seed": 12})
        picture = client.frame().pixels

    with BlockingClient("127.0.0.1:9210") as client:
        for token in client.tokens("poem"):
            print(token.text, end="", flush=True)

The newest frame wins: who is slow sees fewer frames, never older ones. Lost connections come back
by themselves.
"""

from .blocking import BlockingClient
from .talk import Client
from .words import ClientStatistics, NotConnected, Seen, Wishes

__all__ = ["BlockingClient", "Client", "ClientStatistics", "NotConnected", "Seen", "Wishes"]
