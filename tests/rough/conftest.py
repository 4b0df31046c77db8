"""The house of `surface` for every test here."""

from tests.rough.surface import house

__all__ = ["house"]
