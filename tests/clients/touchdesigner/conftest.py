"""The client's plain modules are imported from where TouchDesigner reads them."""

import sys
from pathlib import Path

TESTS = Path(__file__).parents[2]
sys.path += [str(TESTS.parent / "clients" / "touchdesigner"), str(TESTS / "client")]
