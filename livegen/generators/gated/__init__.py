"""Nets of lucidrains' lightweight-gan: gated layers lead from z to the picture, and small forms open and close large ones.

Liu et al., Towards faster and stabilized GAN training, https://arxiv.org/abs/2101.04775. There is no w.
"""
