"""The VAE: pictures into a latent that can be played, and back."""
