"""Training with several processes at once, each with its own share of every batch, on one machine.

Gradients are averaged before every step of every optimiser (Goyal and others, "Accurate, Large Minibatch SGD",
2017, https://arxiv.org/abs/1706.02677), so a loop need not know of it: n processes look at n times the batch.
Only the first process writes. Tried with processes on a CPU; never yet on several GPUs.
"""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import distributed
from torch.optim.optimizer import Optimizer, register_optimizer_step_pre_hook

RANK, WORLD, LOCAL = "RANK", "WORLD_SIZE", "LOCAL_RANK"
PROGRAM: list[str] = []
"""What the other processes run instead of ``-m livegen``: for tests."""
PATIENCE = 60.0
"""Seconds that the others get to end by themselves."""


def rank() -> int:
    """Which of the processes this is, 0 for the one that writes, and for one that is alone."""
    return int(os.environ.get(RANK, "0")) if alone_no_more() else 0


def alone_no_more() -> bool:
    """Whether this is one of several processes."""
    return int(os.environ.get(WORLD, "1")) > 1


@contextlib.contextmanager
def together(device: str) -> Iterator[None]:
    """Join the other processes, and average every gradient with them from here on."""
    if not alone_no_more():
        yield
        return
    on_gpu = device.startswith("cuda")
    if on_gpu:
        torch.cuda.set_device(int(os.environ.get(LOCAL, "0")))
    distributed.init_process_group("nccl" if on_gpu else "gloo")
    hook = register_optimizer_step_pre_hook(average_gradients)
    try:
        yield
    finally:
        hook.remove()
        distributed.destroy_process_group()


def average_gradients(optimizer: Optimizer, arguments: tuple[Any, ...], words: dict[Any, Any]) -> None:
    """Before a step: every gradient becomes the mean over the processes, in one exchange."""
    gradients = [p.grad for group in optimizer.param_groups for p in group["params"] if p.grad is not None]
    if not gradients:
        return
    flat = torch.cat([gradient.flatten().float() for gradient in gradients])
    distributed.all_reduce(flat)
    flat /= distributed.get_world_size()
    begin = 0
    for gradient in gradients:
        gradient.copy_(flat[begin : begin + gradient.numel()].view_as(gradient))
        begin += gradient.numel()


def agreed(seconds: float, stopping: bool) -> tuple[float, bool]:
    """The first process's clock, and whether any of them wants to end: all do the same number of steps."""
    if not alone_no_more() or not distributed.is_initialized():
        return seconds, stopping
    device = "cuda" if distributed.get_backend() == "nccl" else "cpu"
    said = torch.tensor([seconds if rank() == 0 else 0.0, float(stopping)], dtype=torch.float64, device=device)
    distributed.all_reduce(said)
    return float(said[0]), bool(said[1] > 0)


def anywhere(whether: bool) -> bool:
    """Whether it is so in any of the processes."""
    return agreed(0.0, whether)[1]


@contextlib.contextmanager
def company(count: int, command: Sequence[str]) -> Iterator[None]:
    """Start ``count - 1`` more processes with ``livegen`` and ``command``; this one is the first of them.

    They are ended when this one leaves, whatever happened.
    """
    if count <= 1:
        yield
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    shared = {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), WORLD: str(count)}
    os.environ.update({**shared, RANK: "0", LOCAL: "0"})
    line = [sys.executable, *(PROGRAM or ["-m", "livegen"]), *command]
    others = [
        subprocess.Popen(line, env={**os.environ, RANK: str(i), LOCAL: str(i)}, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        for i in range(1, count)
    ]  # fmt: skip
    try:
        yield
        for other in others:
            other.wait(PATIENCE)
    finally:
        for other in others:
            other.kill()
            other.wait()
        for name in (*shared, RANK, LOCAL):
            os.environ.pop(name, None)
