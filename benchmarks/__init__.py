"""Arcada beside its peers, measured in one interleaved run: `python -m benchmarks [ingest pages upload viewer]`."""
