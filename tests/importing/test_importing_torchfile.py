"""Files of torch.save, read without torch, are what torch.load reads."""

import io

import numpy as np
import pytest
import torch

from livegen.importing import torchfile
from livegen.importing.torchfile import Tensor
from livegen.importing.unpickled import Damaged

DRAW = torch.Generator().manual_seed(2)
BASE = torch.randn(6, 5, generator=DRAW)
TENSORS = {
    "plain": BASE, "turned": BASE.T, "a part": BASE[1:4, ::2], "a number": torch.tensor(2.5), "empty": torch.zeros(0, 3),
    "channels last": torch.randn(2, 3, 4, 4, generator=DRAW).to(memory_format=torch.channels_last), "double": BASE.double(),
    "half": BASE.half(), "bfloat": BASE.bfloat16(), "long": torch.arange(9), "byte": torch.arange(9, dtype=torch.uint8),
    "truth": torch.tensor([True, False]), "parameter": torch.nn.Parameter(BASE.clone()),
}  # fmt: skip


@pytest.mark.parametrize("zipped", [True, False])
def test_every_kind_of_tensor_is_read(zipped):
    """Views, orders, types; what shares a storage in the file too."""
    held = io.BytesIO()
    torch.save(TENSORS, held, _use_new_zipfile_serialization=zipped)
    read = torchfile.archive if zipped else torchfile.stream
    found = read(memoryview(held.getvalue()))
    assert list(TENSORS) == list(found)
    for name, wanted in TENSORS.items():
        assert isinstance(found[name], Tensor)
        part = found[name].part()
        assert tuple(wanted.shape) == part.shape
        assert np.array_equal(wanted.detach().float().numpy(), np.asarray(part.read(), np.float32)), name


def test_nothing_is_copied_before_it_is_wanted():
    """A float32 tensor is a view into the file."""
    held = io.BytesIO()
    torch.save({"a": BASE}, held)
    data = held.getvalue()
    assert np.shares_memory(torchfile.archive(memoryview(data))["a"].part().read(), np.frombuffer(data, np.uint8))


def test_a_module_is_refused():
    """A whole pickled network asks for its classes, which are nobody's business."""
    held = io.BytesIO()
    torch.save(torch.nn.Linear(2, 2), held)
    with pytest.raises(Damaged, match=r"torch\.nn\.modules\.linear\.Linear"):
        torchfile.archive(memoryview(held.getvalue()))
