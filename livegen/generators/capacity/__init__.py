"""Nets of lucidrains' stylegan2-pytorch, whose sizes come from one number, the network capacity.

It has StyleGAN2's styles (https://arxiv.org/abs/1912.04958) and is another network all the same: features are
doubled by straight lines before a convolution, colours are blurred, and the noise is one picture for all layers.
"""
