"""Draws the results as one picture."""


def draw_picture() -> None:
    return
