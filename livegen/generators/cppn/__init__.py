"""The compositional pattern network: pictures from coordinates, without any training."""
