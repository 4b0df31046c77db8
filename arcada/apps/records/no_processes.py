"""In a limited child: no further process, no other program, no socket, whatever a file makes of the reader (UP-11).

RLIMIT_NPROC counts all processes of a user and does not bind root, so the kernel is told per process: a seccomp
filter that answers the calls in question with an error. Threads stay possible.
"""

import ctypes
import errno
import os
import platform
import struct
from typing import Final

_NO_NEW_PRIVILEGES, _SET_SECCOMP, _MODE_FILTER = 38, 22, 2
_LOAD, _JUMP_EQUAL, _JUMP_BITS, _RETURN = 0x20, 0x15, 0x45, 0x06
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_AT_NUMBER, _AT_ARCH, _AT_FIRST_ARGUMENT = 0, 4, 16
_CLONE_THREAD: Final = 0x00010000
_X32_BIT: Final = 0x40000000

# Machine → (its AUDIT_ARCH, clone, clone3, the calls that are refused outright).
_MACHINES: Final[dict[str, tuple[int, int, int, tuple[int, ...]]]] = {
    # fork, vfork, execve, execveat, socket, connect, ptrace, io_uring_setup
    "x86_64": (0xC000003E, 56, 435, (57, 58, 59, 322, 41, 42, 101, 425)),
    "aarch64": (0xC00000B7, 220, 435, (221, 281, 198, 203, 117, 425)),
}

_libc = ctypes.CDLL(None, use_errno=True)


def forbid_processes() -> bool:
    """From here on fork, exec and socket fail in this process; False where this kernel or machine can't."""
    machine = _MACHINES.get(_MACHINE)
    prctl = getattr(_libc, "prctl", None)
    if machine is None or prctl is None:
        return False
    program = _program(*machine)
    held = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(held))
    if prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        return False
    return bool(prctl(_SET_SECCOMP, _MODE_FILTER, ctypes.c_char_p(header), 0, 0) == 0)


def _program(arch: int, clone: int, clone3: int, refused: tuple[int, ...]) -> bytes:
    """The filter as an array of struct sock_filter { u16 code; u8 jt; u8 jf; u32 k; }."""
    lines = [
        (_LOAD, 0, 0, _AT_ARCH),
        (_JUMP_EQUAL, 1, 0, arch),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _AT_NUMBER),
        # The same calls under other numbers.
        (_JUMP_BITS, 0, 1, _X32_BIT),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
    ]
    for number in refused:
        lines += [(_JUMP_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ERROR | errno.EPERM)]
    # clone3 hides its flags behind a pointer; without it libc goes back to clone, whose flags can be read.
    lines += [(_JUMP_EQUAL, 0, 1, clone3), (_RETURN, 0, 0, _ERROR | errno.ENOSYS)]
    lines += [
        (_JUMP_EQUAL, 0, 3, clone),
        (_LOAD, 0, 0, _AT_FIRST_ARGUMENT),
        (_JUMP_BITS, 1, 0, _CLONE_THREAD),
        (_RETURN, 0, 0, _ERROR | errno.EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


# Asked once, before any child: a child may open nothing.
_MACHINE: Final = platform.machine() if os.name == "posix" and platform.system() == "Linux" else ""
