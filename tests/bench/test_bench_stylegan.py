"""The bench of StyleGAN2 nets: like is compared with like."""

from livegen.bench import stylegan


def test_every_way_paints_the_naive_picture():
    """To the last digits in single precision, and near it in the type that is played."""
    with stylegan.torch_threads(1):
        found = stylegan.net(32, 512, 32, 0.0)
    assert 2e-5 > found["off in float32"]
    for way in {"torch", "openvino"} & set(found):
        assert 0.05 > found[way]["off"]
        assert found[way]["fps"] > 0
