"""Files that mean harm, or are broken: name → bytes. ``marker`` is a path that appears when code of theirs ran."""

import io
import os
import pickle
import pickletools
import struct
import sys
import zipfile
from collections import OrderedDict

import lucid_rig
import numpy as np
import stylegan_rig as rig
import torch

P2, STOP = b"\x80\x02", b"."


class Runs:
    """Pickles into a call."""

    def __init__(self, function, *given):
        self.function, self.given = function, given

    def __reduce__(self):
        return self.function, self.given


def text(word):
    raw = word.encode()
    return b"\x8c" + bytes([len(raw)]) + raw


def called(module, name, *words, protocol=4):
    """A pickle that calls module.name with words."""
    named = text(module) + text(name) + b"\x93" if protocol >= 4 else b"c" + f"{module}\n{name}\n".encode()
    return bytes([0x80, protocol]) + named + b"(" + b"".join(text(word) for word in words) + b"tR" + STOP


def stream_of(value, **more):
    held = io.BytesIO()
    torch.save(value, held, _use_new_zipfile_serialization=False, **more)
    return held.getvalue()


def zipped(files, method=zipfile.ZIP_STORED):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as made:
        for name, data in files.items():
            made.writestr(name, data)
    return held.getvalue()


def archive_of(value):
    held = io.BytesIO()
    torch.save(value, held)
    return held.getvalue()


def with_part(change, **more):
    """A snapshot whose network was changed."""
    made = rig.stylegan2(**more)
    change(made)
    return rig.pickled(made)


def part(net, *names):
    for name in names:
        net = net.state["_modules"][name]
    return net.state


def calls(marker):
    """Pickles that ask for what runs programs, by every way of writing it."""
    command = f"touch {marker}"
    code = f"open({str(marker)!r}, 'w')"
    yield "os.system", called("os", "system", command)
    yield "posix.system", called("posix", "system", command)
    yield "nt.system", called("nt", "system", command)
    yield "subprocess", called("subprocess", "getoutput", command)
    yield "exec", called("builtins", "exec", code)
    yield "eval", called("builtins", "eval", code)
    yield "exec of Python 2", called("__builtin__", "exec", code, protocol=2)
    yield "open", called("builtins", "open", str(marker), "w")
    yield "getattr", called("builtins", "getattr", "os", "system")
    yield "runpy", called("runpy", "run_path", str(marker))
    yield "importlib", called("importlib", "import_module", "os")
    yield "dotted", called("torch", "serialization.os.system", command)
    yield "dotted persistence", called("torch_utils.persistence", "_reconstruct_persistent_obj.__globals__", command)
    yield "dotted collections", called("collections", "OrderedDict.__init__", command)
    yield "torch.load", called("torch", "load", str(marker))
    yield "torch.hub", called("torch.hub", "load", str(marker))
    yield "jit", called("torch.jit", "load", str(marker))
    yield "numpy objects", called("numpy", "load", str(marker))
    yield "a wide name", called("o" + chr(0x455), "system", command)
    yield "reduce by protocol 2", called("os", "system", command, protocol=2)
    yield "newobj", P2 + b"cos\nsystem\n" + b"(" + text(command) + b"t\x81" + STOP
    yield "instance", P2 + b"(" + text(command) + b"ios\nsystem\n" + STOP
    yield "object", P2 + b"(cos\nsystem\n" + text(command) + b"o" + STOP
    yield "extension", P2 + b"\x82\x01)R" + STOP
    yield "persistent id by text", P2 + b"Pos.system\n" + STOP
    yield "persistent id", P2 + b"(" + text("storage") + text("os") + b"tQ" + STOP
    yield "build of a call", P2 + b"ccollections\nOrderedDict\n)R}" + text("__class__") + b"cos\nsystem\nsb" + STOP
    for protocol in (2, 3, 4, 5):
        yield f"a trick in a snapshot, protocol {protocol}", rig.pickled(rig.stylegan2(), protocol, extra=Runs(os.system, command))
    yield "a trick in a state", with_part(lambda net: net.state.update(evil=Runs(os.system, command)))
    yield "a trick in a number", with_part(lambda net: part(net, "synthesis", "b4").update(architecture=Runs(eval, code)))


def inside(marker):
    """Pickles inside of storages, streams and archives."""
    evil = Runs(os.system, f"touch {marker}")
    inner = pickle.dumps(evil, 2)
    rig._fake("torch_stand")
    load = torch.storage._load_from_bytes
    yield "a pickle in a storage", pickle.dumps({"G_ema": Runs(load, inner)}, 4)
    yield "a stream in a storage with a trick", pickle.dumps({"G_ema": Runs(load, stream_of({"a": evil}))}, 4)
    yield "a zip in a storage", pickle.dumps({"G_ema": Runs(load, archive_of(torch.ones(2)))}, 4)
    yield "storages in storages", pickle.dumps({"G_ema": Runs(load, stream_of({"a": Runs(load, inner)}))}, 4)
    yield "a trick in a stream", stream_of({"g_ema": evil})
    yield "a trick in an archive", archive_of({"g_ema": evil})
    yield "an archive of a trick alone", zipped({"a/data.pkl": inner})
    yield "TorchScript", zipped({"a/data.pkl": pickle.dumps({}, 2), "a/code/__torch__.py": "import os"})
    yield "two programs", zipped({"a/data.pkl": pickle.dumps({}, 2), "b/data.pkl": inner})


def bombs(marker):
    """Files that ask for more time or memory than they have bytes."""
    yield "memo bomb", P2 + b"]q\x00" + b"".join(b"(" + b"h" + bytes([i]) + b"h" + bytes([i]) + b"tq" + bytes([i + 1]) for i in range(200)) + STOP
    yield "laughs in a state", P2 + b"(l" + b"(22t22t22t22t" * 5000 + STOP
    yield "memo far away", P2 + b"Nr\xff\xff\xff\x7f" + STOP
    yield "deep", P2 + b"(" * 400_000 + b"t" * 400_000 + STOP
    yield "deep lists", P2 + b"]" * 300_000 + b"a" * 299_999 + STOP
    yield "no end of numbers", P2 + b"N0" * 1_000_000 + STOP
    yield "one list again and again", P2 + b"](" + b"N" * 200_000 + b"eq\x00cbuiltins\nset\nq\x010" + b"h\x01h\x00\x85R0" * 50_000 + STOP
    yield "one storage again and again", P2 + b"ctorch.storage\n_load_from_bytes\nq\x000" + storage() + b"q\x010" + b"h\x00h\x01\x85R0" * 50_000 + STOP
    yield "bytes of a terabyte", P2 + b"\x8e" + struct.pack("<Q", 1 << 40) + STOP
    yield "text of four gigabytes", P2 + b"X\xff\xff\xff\xff" + STOP
    yield "a huge frame", b"\x80\x04\x95" + b"\xff" * 8 + b"N" + STOP
    yield "a long number", P2 + b"\x8b\x00\x00\x01\x00" + b"\xff" * 65536 + STOP
    yield "mostly text", P2 + (b"X" + struct.pack("<I", 900_000) + b"a" * 900_000 + b"0") * 40 + STOP
    yield "keys that are lists", P2 + b"}]]s" + STOP
    yield "stride 0", with_part(lambda net: part(net, "synthesis", "b8", "conv0")["_parameters"].update(weight=torch.nn.Parameter(torch.ones(1).expand(10, 12, 3, 3))))
    yield from views().items()
    packed = zipped({"a/data.pkl": pickle.dumps({}, 2), "a/data/0": b"\0" * (50 << 20)}, zipfile.ZIP_DEFLATED)
    yield "packed zip", packed
    yield "a zip of many", zipped({f"a/data/{i}": b"" for i in range(25_000)})
    yield "a directory of nothing", b"PK\x03\x04" + b"\0" * 200 + b"PK\x05\x06" + b"\xff" * 18
    yield "a network in a network", rig.pickled(looped())
    yield "many layers", rig.pickled(many())
    yield "wide", with_part(lambda net: part(net, "mapping", "fc0")["_parameters"].update(weight=torch.nn.Parameter(torch.ones(5000, 6))))


def storage():
    """The opcode that pushes a good storage's bytes."""
    held = storage_of(torch.zeros(4))
    return b"B" + struct.pack("<I", len(held)) + held


def storage_of(tensor):
    """The stream of a storage, as it stands inside of a pickled tensor."""
    whole = pickletools.genops(pickle.dumps(tensor, 4))
    return next(argument for op, argument, _ in whole if op.name in ("BINBYTES", "SHORT_BINBYTES"))


def views():
    """Tensors whose view does not fit their storage."""
    held = storage_of(torch.zeros(4))

    def of(offset, shape, strides):
        rebuilt = Runs(torch._utils._rebuild_tensor_v2, Runs(torch.storage._load_from_bytes, held), offset, shape, strides, False, OrderedDict())
        return pickle.dumps({"G_ema": rebuilt}, 4)

    return {
        "beyond the end": of(0, (5,), (1,)), "beyond by strides": of(0, (2, 2), (1, 3)), "negative": of(-4, (2,), (1,)),
        "negative stride": of(3, (4,), (-1,)), "a terabyte of a number": of(0, (1 << 20, 1 << 20), (0, 0)),
        "negative side": of(0, (-1, 4), (1, 1)), "no whole numbers": of(0, (2.0,), (1,)), "uneven": of(0, (2, 2), (1,)),
        "many dimensions": of(0, (1,) * 40, (1,) * 40), "far away": of(1 << 62, (1,), (1,)),
    }  # fmt: skip


def looped():
    made = inner = rig.Module("Generator")
    for _ in range(300):
        deeper = rig.Module("Generator")
        inner.state["_modules"]["synthesis"] = deeper
        inner = deeper
    return made


def many():
    leaf = rig.Module("Leaf", {"weight": torch.ones(1)})
    for _ in range(8):
        leaf = rig.Module("Leaf", {}, {}, {f"b{i}": leaf for i in range(12)})
    return leaf


def broken(marker):
    """Files that were cut, or say wrong things."""
    good = rig.pickled(rig.stylegan2())
    for share in (0.05, 0.5, 0.99):
        yield f"cut at {share}", good[: int(len(good) * share)]
    yield "empty", b""
    yield "a word", b"hello"
    yield "noise", np.random.default_rng(1).bytes(5000)
    yield "zeros", bytes(5000)
    yield "an ended pickle", P2 + STOP + bytes(64)
    yield "a web page", b"<!DOCTYPE html><html><body>Sign in to download</body></html>"
    yield "a pointer of git", b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 1\n"
    yield "HDF5", b"\x89HDF\r\n\x1a\n" + bytes(100)
    yield "safetensors", struct.pack("<Q", 2) + b"{}" + bytes(20)
    yield "protocol 9", b"\x80\x09N." + bytes(20)
    yield "nothing on the stack", P2 + b"0000" + STOP + bytes(20)
    yield "no mark", P2 + b"tuse" + STOP + bytes(20)
    yield "no memo", P2 + b"h\x05" + STOP + bytes(20)
    yield "not a number", with_part(lambda net: part(net, "synthesis", "b4")["_parameters"]["const"].data.fill_(float("nan")))
    yield "infinite", with_part(lambda net: part(net, "mapping", "fc0")["_parameters"]["weight"].data[0, 0].fill_(float("inf")))
    yield "another shape", with_part(lambda net: part(net, "synthesis", "b8", "conv1")["_parameters"].update(weight=torch.nn.Parameter(torch.ones(3, 3, 3, 3))))
    yield "no weight", with_part(lambda net: part(net, "synthesis", "b8", "conv1")["_parameters"].pop("weight"))
    yield "no bias", with_part(lambda net: part(net, "synthesis", "b8", "conv0")["_parameters"].pop("bias"))
    yield "no mapping", with_part(lambda net: net.state["_modules"].pop("mapping"))
    yield "an odd name", with_part(lambda net: part(net, "mapping")["_modules"].update({"../../x": rig.Module("X")}))
    yield "a clamp that is none", with_part(lambda net: part(net, "synthesis", "b8", "conv0").update(conv_clamp=float("nan")))
    yield "an architecture that is none", with_part(lambda net: [part(net, "synthesis", b).update(architecture="x\x1b[2J") for b in ("b4", "b8", "b16")])
    yield "an array of objects", pickle.dumps({"G_ema": np.array([{}, []], dtype=object)}, 4)
    archive = archive_of({"g_ema": {"a": torch.zeros(1000)}})
    yield "a cut archive", archive[: len(archive) // 2]
    yield "an archive without its bytes", zipped({"a/data.pkl": entry(archive, "data.pkl")})
    yield "a cut stream", stream_of({"g_ema": torch.zeros(1000)})[:-400]
    yield "a stream that claims more", stream_of(torch.zeros(1000)).replace(struct.pack("<q", 1000), struct.pack("<q", 1 << 40))
    yield "a list of strings", b'["' + b"a" * 1000 + b'"]'
    yield "deep JSON", b"[" * 100_000


def lucid(marker):
    """The same of lucidrains' two layouts."""
    command = f"touch {marker}"

    def styled(change, **more):
        held = lucid_rig.styled(side=8, w=8, **more)
        change(held)
        return archive_of({"GAN": held, "version": "1.9.0"})

    def light(change, **more):
        held = lucid_rig.light(**{"side": 16, "z": 4, "most": 4, **more})
        change(held)
        return archive_of({"GAN": held, "version": "1.1.1"})

    yield "lucid: a version that runs", stream_of({"GAN": lucid_rig.styled(side=8, w=8), "version": Runs(os.system, command)})
    yield "lucid: weights that run", stream_of({"GAN": lucid_rig.light(side=16, z=4) | {"GE.x": Runs(eval, "1")}, "version": "1.1.1"})
    yield "lucid: not a number", styled(lambda held: held["GE.initial_block"].fill_(float("nan")))
    yield "lucid: an infinite mapping", styled(lambda held: held["SE.net.0.weight"].fill_(float("inf")))
    yield "lucid: no block in between", styled(lambda held: [held.pop(name) for name in list(held) if "blocks.0." in name])
    yield "lucid: a block far away", styled(lambda held: held.update({"GE.blocks.999.conv1.weight": torch.ones(1)}))
    yield "lucid: no style", styled(lambda held: held.pop("GE.blocks.1.to_style2.bias"))
    yield "lucid: a style of another length", styled(lambda held: held.update({"GE.blocks.1.to_style1.weight": torch.ones(3, 9)}))
    yield "lucid: a style that is a number", styled(lambda held: held.update({"GE.blocks.0.to_style1.weight": torch.ones(())}))
    yield "lucid: noise of many", styled(lambda held: held.update({"GE.blocks.1.to_noise1.weight": torch.ones(4, 9)}))
    yield "lucid: no beginning", styled(lambda held: held.pop("GE.initial_block"))
    yield "lucid: a beginning of another size", styled(lambda held: held.update({"GE.initial_block": torch.ones(1, 8, 5, 5)}))
    yield "lucid: five colours", styled(lambda held: [held.update({f"GE.blocks.{i}.to_rgb.conv.weight": torch.ones(5, 4, 1, 1)}) for i in (0, 1)])
    yield "lucid: heads that are none", styled(lambda held: held.update({name: each[:100] for name, each in held.items() if name.endswith("to_q.weight")}), attn=(1,))
    yield "lucid: attention cut short", styled(lambda held: held.pop("GE.attns.1.1.fn.fn.2.bias"), attn=(1,))
    yield "lucid: words instead of weights", archive_of({"GAN": {"SE.net.0.weight": "x", "GE.blocks.0.conv1.weight": 3}, "version": "1.9.0"})
    yield "lucid: a mapping of one row", archive_of({"SE.net.0.weight": torch.ones(4), "GE.blocks.0.conv1.weight": torch.ones(2)})
    yield "lucid: a negative spread", light(lambda held: held["GE.layers.0.0.4.running_var"].fill_(-1.0))
    yield "lucid: no statistics", light(lambda held: held.pop("GE.layers.1.0.4.running_mean"))
    yield "lucid: statistics of others", light(lambda held: held.update({"GE.layers.1.0.4.running_var": torch.ones(3)}))
    yield "lucid: many noises", light(lambda held: held.update({"GE.layers.0.0.3.weight": torch.ones(7)}))
    yield "lucid: an odd kernel", light(lambda held: held.update({"GE.layers.0.0.2.1.weight": torch.ones(8, 4, 9, 9)}))
    yield "lucid: a gate without its end", light(lambda held: held.pop("GE.layers.1.1.net.2.weight"), side=128)
    yield "lucid: a gate where none is", light(lambda held: held.update({"GE.layers.0.1.to_k.weight": torch.ones(1, 4, 1, 1)}))
    yield "lucid: two kinds of gate", light(lambda held: held.update({"GE.layers.0.1.dct_weights": torch.ones(1, 4, 8, 8)}), side=128)
    yield "lucid: no end", light(lambda held: held.pop("GE.out_conv.weight"))
    yield "lucid: one layer left out", light(lambda held: [held.pop(name) for name in list(held) if "layers.0." in name])


def entry(archive, name):
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return opened.read(next(each for each in opened.namelist() if each.endswith(name)))


def corpus(marker):
    """Every one of them."""
    sys.setrecursionlimit(max(3000, sys.getrecursionlimit()))
    found = {}
    for some in (calls, inside, bombs, broken, lucid):
        for name, data in some(marker):
            assert name not in found
            # Not so short that its length alone would be why it is refused.
            found[name] = data.ljust(64, b"\0") if data[:1] == b"\x80" else data
    return found
