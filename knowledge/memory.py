"""Handing memory back to the system."""

import ctypes
import sys


def give_back() -> None:
    """Return freed pages to the system, where the C library keeps them (glibc); else do nothing.

    After something large was read once, a process would hold on to them until it ends.
    """
    if not sys.platform.startswith("linux"):
        return
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError):  # another C library
        return
