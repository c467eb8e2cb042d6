"""Training: data, one readable loop per family, the run folder, measures."""

import os

# Before torch wakes: a training that shares its cores waits in its sleep and not by spinning. On two busy
# cores that is four times as fast.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
