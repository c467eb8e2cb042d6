"""The client's plain modules are imported from where TouchDesigner reads them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "clients" / "touchdesigner"))
