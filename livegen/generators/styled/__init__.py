"""The style-modulated generator: a mapping z -> w and a synthesis w -> picture.

One core for the GAN, for the decoder of the VAE and for imported networks. ``shape`` needs no torch.
The mathematics are those of Karras et al., Analyzing and Improving the Image Quality of StyleGAN,
https://arxiv.org/abs/1912.04958.
"""
