"""The baseline of the GAN's bench."""

import torch

from livegen.training import textbook


def test_the_baseline_is_the_textbooks():
    """Five layers each at 64 pixels, width 64 as its code has it."""
    make, judge = textbook.dcgan_maker(64), textbook.dcgan_judge(64)
    assert [512, 256, 128, 64, 3] == [each.out_channels for each in make if isinstance(each, torch.nn.ConvTranspose2d)]
    assert [64, 128, 256, 512, 1] == [each.out_channels for each in judge if isinstance(each, torch.nn.Conv2d)]
    assert (2, 3, 64, 64) == make(torch.randn(2, textbook.Z, 1, 1)).shape
    assert (2,) == judge(torch.zeros(2, 3, 64, 64)).shape
