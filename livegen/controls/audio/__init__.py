"""Sound in: a device or a file becomes named sources, ``/audio/level`` and its kin, for routes and learned maps."""
