"""Compile all kernels into the kernel cache, once, so that no scan waits for it."""

import argparse
import time

from arcada.config.env import read_env, use_kernel_cache


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quiet", action="store_true", help="say nothing when all went well")


def run(options: argparse.Namespace) -> int:
    use_kernel_cache(read_env())
    from arcada.core import kernels  # numba reads the cache folder when it is imported

    began = time.monotonic()
    kernels.warm()
    if not options.quiet:
        print(f"Kernels ready after {time.monotonic() - began:.1f} s.")
    return 0
