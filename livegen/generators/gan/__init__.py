"""The GAN: pictures grown from a latent, learned from a folder of pictures."""
