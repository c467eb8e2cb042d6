"""Alias-free generators: StyleGAN3, whose pictures move as if they were drawn on something.

Karras et al., Alias-Free Generative Adversarial Networks, https://arxiv.org/abs/2106.12423.
"""
