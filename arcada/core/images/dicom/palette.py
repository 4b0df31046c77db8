"""Colours that a DICOM file holds as numbers of a palette: put in their place, eight bits a channel."""

from dataclasses import replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from arcada.core.errors import Unreadable
from arcada.core.images.dicom.pixels import Layout

_CHANNELS: Final = ("Red", "Green", "Blue")


def coloured(
    array: npt.NDArray[np.generic], dataset: Any, layout: Layout
) -> tuple[npt.NDArray[np.uint8], Layout]:
    """(rows, columns, 3) of RGB, and the layout that it has from now on."""
    picture = np.stack([_table(dataset, name, array) for name in _CHANNELS], axis=-1)
    return picture, replace(
        layout,
        is_colour=True,
        bits_allocated=8,
        bits_stored=8,
        high_bit=7,
        is_signed=False,
        photometric="RGB",
    )


def _table(dataset: Any, channel: str, array: npt.NDArray[np.generic]) -> npt.NDArray[np.uint8]:
    """One channel of every pixel (PS3.3 C.7.6.3.1.5): what lies beyond the table takes its nearest end."""
    count, first, bits = (int(part) for part in dataset[f"{channel}PaletteColorLookupTableDescriptor"].value)
    data = bytes(dataset[f"{channel}PaletteColorLookupTableData"].value)
    count = count or 1 << 16
    # Eight bits come two to a word, or with a word for each.
    is_packed = bits == 8 and len(data) == count + count % 2
    if bits not in (8, 16) or count < 0 or not (is_packed or len(data) == 2 * count):
        raise Unreadable("The palette is damaged.", code="malformed", value="palette")
    table = np.frombuffer(data, np.uint8 if is_packed else "<u2")[:count]
    if bits == 16 or table.max() > 255:
        table = table >> 8
    return table.astype(np.uint8)[np.clip(array.astype(np.int32) - first, 0, count - 1)]
