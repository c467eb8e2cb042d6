"""The patch: a whole show in one TOML file, as frozen values.

``load`` reads it, ``check`` holds it against the generators it names, ``diff`` says what an edit changed.
"""

from .beats import TempoSpec
from .change import Change, diff
from .checking import check, rows, tuned
from .file import patches
from .maps import MapSpec
from .reading import load, loads
from .show import Brought, GeneratorSpec, Osc, Outputs, Override, Patch, Safety, Wekinator

__all__ = [
    "Brought",
    "Change",
    "GeneratorSpec",
    "MapSpec",
    "Osc",
    "Outputs",
    "Override",
    "Patch",
    "Safety",
    "TempoSpec",
    "Wekinator",
    "check",
    "diff",
    "load",
    "loads",
    "patches",
    "rows",
    "tuned",
]
