"""Arcada: keep, check, see, discuss and share patients' dental files."""

__version__ = "0.1.0"
