"""Numbers of text files are the nearest float32 of what Python reads, for every text."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from arcada.core.geometry import text_kernels as kernels
from arcada.core.geometry.read import as_byte_array
from arcada.core.geometry.text_errors import settle_hard_numbers

EXAMPLES = 1000
MARGINS = (b"", b"\n" + b" " * 80)  # at the end of a file there is another way through the number


def read(text: str, margin: bytes = b"") -> np.float32 | str:
    data = text.encode() + margin
    value, stop, how = kernels.read_number(as_byte_array(data), 0, len(data))
    if how == kernels.BAD:
        return "bad"
    if how == kernels.SPECIAL:
        return "special"
    assert stop == len(text)
    values = np.array([value], np.float32)
    if how == kernels.HARD:
        settle_hard_numbers(data, np.array([[0, 0, stop]]), values)
    return values[0]


def assert_like_python(text: str) -> None:
    with np.errstate(over="ignore"):
        wanted = np.float32(float(text.replace(",", ".")))
    for margin in MARGINS:
        found = read(text, margin)
        if np.isinf(wanted):
            assert isinstance(found, str) or np.isinf(found), text
        else:
            assert not isinstance(found, str), text
            assert found.tobytes() == wanted.tobytes(), text


DIGITS = st.text("0123456789", min_size=1, max_size=30)
SIGN = st.sampled_from(["", "+", "-"])
TEXTS = st.builds(
    lambda sign, whole, point, part, exponent: sign + whole + point + (part if point else "") + exponent,
    SIGN,
    DIGITS,
    st.sampled_from(["", ".", ","]),
    DIGITS,
    st.just("")
    | st.integers(-80, 50).map(lambda e: f"e{e}")
    | st.integers(-9, 9).map(lambda e: f"E{e:+03d}"),
)


@settings(max_examples=EXAMPLES, deadline=None)
@given(TEXTS)
@example("-0")
@example("0e99999999999999999999")
@example("1e-99999999999999999999")
@example("16777217")
@example("1.00000005960464477539062500000000000000000000000001")
@example("3.4028235677973366e38")
@example("3.4028234663852886e38")
@example("7.006492321624085e-46")
@example("7.006492321624086e-46")
@example("9007199254740993")
@example("4503599627370497.5")
def test_any_decimal_text_is_read_as_python_reads_it(text: str) -> None:
    assert_like_python(text)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.floats(width=32, allow_nan=False, allow_infinity=False),
    st.sampled_from(["%r", "%.6f", "%.6e", "%.9g", "%.17g", "%.25e", "%.45f"]),
)
def test_any_float_is_read_back_from_any_way_to_write_it(value: float, form: str) -> None:
    assert_like_python(form % value)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 0x7F7FFFFE), st.integers(-2, 2), st.sampled_from(["%.17g", "%.20e", "%.40e", "%.90e"]))
def test_texts_at_and_beside_the_middle_of_two_floats_round_as_python_does(
    bits: int, step: int, form: str
) -> None:
    low, high = np.array([bits, bits + 1], np.uint32).view(np.float32).astype(np.float64)
    middle = (low + high) / 2
    for _ in range(abs(step)):
        middle = np.nextafter(middle, np.inf if step > 0 else 0)
    assert_like_python(form % middle)


@pytest.mark.parametrize(
    "text", ["", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1,2,3", "1_0", "0x10", "1f", "--1"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert all(read(text or " ", margin) == "bad" for margin in MARGINS)


@pytest.mark.parametrize(
    "text", ["nan", "NaN", "-nan(ind)", "inf", "-Infinity", "1.#QNAN", "-1.#IND00", "1e39"]
)
def test_what_is_no_finite_number_is_told_apart(text: str) -> None:
    assert all(read(text, margin) == "special" for margin in MARGINS)


def test_a_number_of_more_than_128_bytes_is_refused() -> None:
    assert read("0" * 127 + "1") == np.float32(1)
    assert read("0" * 128 + "1") == "bad"
