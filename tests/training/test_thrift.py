"""Memory that is freed goes back to the system."""

import subprocess
import sys

import pytest

from livegen.training import thrift

CODE = """
import os
from livegen.training.thrift import give_back
def held():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
import numpy as np
if {first}:
    assert give_back()
np.ones(3 << 20)  # glibc learns that such sizes come and go, and keeps them from now on
kept = [np.ones(3 << 17), np.ones(1 << 19)]  # 3 and 4 MB, one behind the other
before = held()
del kept[0]
print(before - held())
"""


def freed(first):
    return int(subprocess.run([sys.executable, "-c", CODE.format(first=first)], check=True, capture_output=True).stdout)


@pytest.mark.skipif(sys.platform != "linux" or not thrift.give_back(), reason="only glibc keeps what is freed, and can be told")
def test_a_hole_in_the_middle_is_given_back():
    """Which glibc by itself keeps for later."""
    assert freed(True) > 2.5 * 2**20 > freed(False)
