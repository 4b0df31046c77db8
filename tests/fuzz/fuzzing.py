"""Runs one fuzz target for so many seconds, from golden files as a corpus that grows in a folder of its own."""

import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import atheris

LONGEST_INPUT = 65_536  # bytes
LONGEST_RUN = 20  # seconds for one input, then it counts as a hang
MOST_MEMORY = 1024  # megabytes


def instrumented() -> AbstractContextManager[object]:
    """Imports in this context are watched for coverage: our own readers, not the libraries below them.

    Compiled kernels are left alone: numba can't compile bytecode that counts.
    """
    kernels = ["arcada.core.images.entropy", "arcada.core.images.lossless"]
    return atheris.instrument_imports(include=["arcada.core"], exclude=kernels)


def fuzz(
    once: Callable[[bytes], None], corpus: Iterable[bytes], mend: Callable[[bytes], bytes] | None = None
) -> None:
    """Seconds come from the first argument (30 by default). `mend` repairs checksums after each mutation."""
    seconds = sys.argv[1] if len(sys.argv) > 1 else "30"

    def mutate(data: bytes, longest: int, seed: int) -> bytes:
        mutated = atheris.Mutate(data, longest)
        return mend(mutated)[:longest] if mend is not None and seed % 4 else mutated

    with tempfile.TemporaryDirectory(prefix="arcada-fuzz-") as folder:
        for number, data in enumerate(corpus):
            (Path(folder) / f"golden-{number}").write_bytes(data)
        options = [
            f"-max_total_time={seconds}",
            f"-max_len={LONGEST_INPUT}",
            f"-timeout={LONGEST_RUN}",
            f"-rss_limit_mb={MOST_MEMORY}",
            f"-artifact_prefix={tempfile.gettempdir()}/arcada-fuzz-",
            "-print_final_stats=1",
            folder,
        ]
        atheris.Setup([sys.argv[0], *options], once, custom_mutator=mutate)
        atheris.Fuzz()
