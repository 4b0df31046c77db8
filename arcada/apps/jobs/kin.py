"""A child that never outlives its parent: what nobody waits for any more must not go on working."""

import ctypes
import os
import signal
from typing import Final

_DIE_WITH_PARENT: Final = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>
# Loaded before any fork: a child that may open nothing finds it there.
_libc = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int) -> None:
    """In a fresh child: be killed when the process that forked it ends, also when that happened already.

    Where the system has no such thing the child only notices at once, not later.
    """
    prctl = getattr(_libc, "prctl", None)
    if prctl is not None:
        prctl(_DIE_WITH_PARENT, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
