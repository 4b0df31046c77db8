"""The compiled readers of text: decimal numbers, ASCII STL, the rows of ASCII PLY, OBJ.

A number's float32 is exactly `np.float32(float(text))`; a text that a few words of arithmetic cannot
settle goes to the list `hard` and the caller asks Python. Everything a kernel needs stands in this
file, since numba's cache does not see other files.

`_nrt=False` marks what reserves no memory: without it each call counts references to the array with
two atomic additions, which took two thirds of the time.
"""

# mypy: ignore-errors
# numba types what stands here, by the arrays that arrive.

import math

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

# How a kernel ended.
DONE, MALFORMED, TRUNCATED, NOT_FINITE, TOO_MANY_PARTS, TOO_MANY_TRIANGLES, OUT_OF_RANGE = 0, 1, 2, 3, 4, 5, 6
# An array is full: the caller makes it larger and calls again, and the kernel goes on where its state says.
FULL_POINTS, FULL_PLACES, FULL_FACES, NO_FACE_PLACES = 7, 8, 9, 10
# Entries of the state of `read_ply_rows` and `read_obj_text`.
AT, ROW, FACES, THIN, HARDS, WRITTEN = 0, 1, 2, 3, 4, 5
POINTS, COLOURED, PLACES, NORMALS, PARTS, USES, LARGEST_POINT, LARGEST_PLACE, LARGEST_NORMAL = range(5, 14)
STATE_SIZE = 14
# How one number ended.
NUMBER, HARD, SPECIAL, BAD = 0, 1, 2, 3
# Why a span of text goes.
NAME, COMMENT, NORMAL_TEXT, TRAILING, OBJECT, GROUP, SMOOTHING, LIBRARY, OTHER, MARK = range(10)
# Which array of an OBJ a hard number belongs to.
POINT, COLOUR, TEXTURE = 0, 1, 2

# No exporter writes a number this long; the limit bounds what one token can cost.
LONGEST_NUMBER = 128
# Bytes that one plain number, or one keyword and the space before it, may look at beyond its start.
_MARGIN = 64
LONGEST_INDEX = 10
MOST_TRIANGLES = 5_000_000

_LOWEST_POWER, _HIGHEST_POWER = -65, 38


def _powers_of_ten():
    """10^e as 128 leading bits (two words), rounded down, and the binary exponent of the last bit."""
    high, low, exponents = [], [], []
    for power in range(_LOWEST_POWER, _HIGHEST_POWER + 1):
        if power >= 0:
            bits = (10**power).bit_length()
            mantissa = (10**power << 256) >> (bits + 256 - 128)
            exponent = bits - 128
        else:
            divisor = 10**-power
            shift = divisor.bit_length() + 127
            mantissa = (1 << shift) // divisor
            if mantissa.bit_length() < 128:
                shift += 1
                mantissa = (1 << shift) // divisor
            exponent = -shift
        assert mantissa.bit_length() == 128
        high.append(mantissa >> 64)
        low.append(mantissa & 0xFFFFFFFFFFFFFFFF)
        exponents.append(exponent)
    return np.array(high, np.uint64), np.array(low, np.uint64), np.array(exponents, np.int64)


_POWER_HIGH, _POWER_LOW, _POWER_EXPONENT = _powers_of_ten()
_EXACT_POWER = np.array([float(10**power) for power in range(23)])
_WORD_POWER = np.array([10**power for power in range(9)], np.uint64)

_U0, _U1, _U10, _U32 = np.uint64(0), np.uint64(1), np.uint64(10), np.uint64(32)
_LOW_WORD = np.uint64(0xFFFFFFFF)
_ALL_ONES = np.uint64(0xFFFFFFFFFFFFFFFF)
_ZEROS = np.uint64(0x3030303030303030)
_ABOVE_NINE = np.uint64(0x7676767676767676)
_TOP_BITS = np.uint64(0x8080808080808080)
_LOW_SEVEN = np.uint64(0x7F7F7F7F7F7F7F7F)
_ABOVE_BLANK = np.uint64(0x5F5F5F5F5F5F5F5F)
_FROM_PLUS = np.uint64(0x5555555555555555)
_FROM_COLON = np.uint64(0x4646464646464646)
_COMMAS = np.uint64(0x2C2C2C2C2C2C2C2C)
_SLASHES = np.uint64(0x2F2F2F2F2F2F2F2F)
_LETTERS_E = np.uint64(0x6565656565656565)
_LOWER_CASE = np.uint64(0x2020202020202020)
_EXACT_MANTISSA = np.uint64(2**53)
_ROOM_FOR_ONE = np.uint64(10**18)
_ROOM_FOR_EIGHT = np.uint64(10**10)


def _word(text: str) -> np.uint64:
    """Up to eight letters as one little-endian word."""
    return np.uint64(int.from_bytes(text.encode()[:8], "little"))


_SOLID, _FACET, _OUTER, _LOOP, _NORMAL = (
    _word(word) for word in ("solid", "facet", "outer", "loop", "normal")
)
_VERTEX, _END_LOOP, _END_FACET, _END_SOLID = (
    _word(word) for word in ("vertex", "endloop", "endfacet", "endsolid")
)
_V, _VT, _VN, _F, _FO = (_word(word) for word in ("v", "vt", "vn", "f", "fo"))
_O, _G, _S, _USE, _LIBRARY = (_word(word) for word in ("o", "g", "s", "usemtl", "mtllib"))
# Statements of OBJ that say nothing about a triangle mesh.
_IDLE_STATEMENTS = (
    "mg usemap maplib vp l p deg bmat step cstype curv curv2 surf parm trim hole scrv sp end con "
    "bevel c_interp d_interp lod shadow_obj trace_obj ctech stech"
)
_IDLE = np.array([_word(word) for word in _IDLE_STATEMENTS.split()], np.uint64)


@intrinsic
def load_u64(typingctx, data, at):
    """Eight bytes at any address as one little-endian word; the caller has checked the range."""

    def generate(context, builder, signature, arguments):
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        start = builder.gep(array.data, [arguments[1]])
        word = builder.load(builder.bitcast(start, ir.IntType(64).as_pointer()))
        word.align = 1
        return word

    return types.uint64(data, types.intp), generate


@intrinsic
def trailing_zeros(typingctx, word):
    """Zero bits below the lowest one of a word that is not 0."""

    def generate(context, builder, signature, arguments):
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@intrinsic
def leading_zeros(typingctx, word):
    """Zero bits above the highest one of a word that is not 0."""

    def generate(context, builder, signature, arguments):
        return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))

    return types.uint64(types.uint64), generate


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def multiply_words(a, b):
    """The 128 bits of a product of two words: upper, lower."""
    a_low, a_high = a & _LOW_WORD, a >> _U32
    b_low, b_high = b & _LOW_WORD, b >> _U32
    low = a_low * b_low
    middle = a_high * b_low + (low >> _U32)
    other = a_low * b_high + (middle & _LOW_WORD)
    return a_high * b_high + (middle >> _U32) + (other >> _U32), (other << _U32) | (low & _LOW_WORD)


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def scale_by_power(mantissa, power):
    """mantissa · 10^power as the nearest float64, and whether that is certain."""
    if power < _LOWEST_POWER:
        return 0.0, True  # far below half of the least float32
    if power > _HIGHEST_POWER:
        return math.inf, True
    shift = leading_zeros(mantissa)
    index = power - _LOWEST_POWER
    middle, lowest = multiply_words(mantissa << shift, _POWER_LOW[index])
    top, carry = multiply_words(mantissa << shift, _POWER_HIGH[index])
    middle += carry
    if middle < carry:
        top += _U1
    exponent = _POWER_EXPONENT[index] + 139 - np.int64(shift)
    if (top >> np.uint64(63)) == _U0:
        top = (top << _U1) | (middle >> np.uint64(63))
        middle = (middle << _U1) | (lowest >> np.uint64(63))
        lowest <<= _U1
        exponent -= 1
    rest = top & np.uint64(0x7FF)
    half = np.uint64(0x400)
    result = top >> np.uint64(11)
    if power >= 0:
        # The power is exact, so the product is.
        if rest > half or (rest == half and ((middle | lowest) != _U0 or (result & _U1) == _U1)):
            result += _U1
    else:
        # The power was cut below its 128th bit: the product may be up to two units of `middle` larger.
        if (rest == half and middle == _U0) or (rest == half - _U1 and middle >= _ALL_ONES - _U1):
            return 0.0, False
        if rest >= half:
            result += _U1
    return math.ldexp(np.float64(result), exponent), True


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def text_end(data):
    """The place of the first control character that no text has, or the end.

    Up to there every byte that is not above 32 is a space, a tab or a line break.
    """
    odd = 0
    for byte in data:
        odd += byte < 9 or (byte > 13 and byte < 32)
    if odd > 0:
        for at in range(data.shape[0]):
            if data[at] < 9 or 13 < data[at] < 32:
                return at
    return data.shape[0]


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def is_blank(byte):
    """Whether a byte before `text_end` is space."""
    return byte <= 32


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False, forceinline=True)
def eight_digits(word):
    """The value of eight digits, the first in the lowest byte, each as 0-9."""
    word = (word * _U10 + (word >> np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    word = (word * np.uint64(100) + (word >> np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    return (word * np.uint64(10000) + (word >> _U32)) & _LOW_WORD


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False, forceinline=True)
def blanks_at(word):
    """How many of eight bytes are at most 32 before the first that is more (8: all)."""
    above = ((word & _LOW_SEVEN) + _ABOVE_BLANK | word) & _TOP_BITS
    return np.int64(8) if above == _U0 else np.int64(trailing_zeros(above) >> np.uint64(3))


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False, forceinline=True)
def plain_number(data, at):
    """A number of the usual form at `at`, 64 bytes before the end at least: float32 and the place after it.

    The place is -1 for everything else; `read_number` then says what it is.
    """
    word = load_u64(data, at)
    first = word & np.uint64(0xFF)
    negative = first == np.uint64(45)
    if negative or first == np.uint64(43):
        at += 1
        word = load_u64(data, at)
    digits = word ^ _ZEROS
    others = ((digits + _ABOVE_NINE) | digits) & _TOP_BITS
    if others == _U0:
        return np.float32(0), -1
    bits = trailing_zeros(others) & np.uint64(56)
    if bits == _U0:
        return np.float32(0), -1
    mantissa = eight_digits(digits << (np.uint64(64) - bits))
    at += np.int64(bits >> np.uint64(3))
    byte = (word >> bits) & np.uint64(0xFF)
    power = 0
    if byte == np.uint64(46):
        at += 1
        word = load_u64(data, at)
        digits = word ^ _ZEROS
        others = ((digits + _ABOVE_NINE) | digits) & _TOP_BITS
        if others != _U0:
            bits = trailing_zeros(others) & np.uint64(56)
            count = np.int64(bits >> np.uint64(3))
            if count > 0:
                mantissa = mantissa * _WORD_POWER[count] + eight_digits(digits << (np.uint64(64) - bits))
            byte = (word >> bits) & np.uint64(0xFF)
            power = -count
            at += count
        else:
            mantissa = mantissa * _WORD_POWER[8] + eight_digits(digits)
            at += 8
            power = -8
            word = load_u64(data, at)
            byte = word & np.uint64(0xFF)
            stop = at + 8
            while byte - np.uint64(48) <= np.uint64(9):
                if mantissa >= _ROOM_FOR_ONE or at + 1 == stop:
                    return np.float32(0), -1
                mantissa = mantissa * _U10 + (byte - np.uint64(48))
                power -= 1
                at += 1
                word >>= np.uint64(8)
                byte = word & np.uint64(0xFF)
    if (byte | _U32) == np.uint64(101):
        word = load_u64(data, at + 1)
        sign = word & np.uint64(0xFF)
        at += 1
        if sign == np.uint64(43) or sign == np.uint64(45):
            at += 1
            word >>= np.uint64(8)
        tens = (word & np.uint64(0xFF)) - np.uint64(48)
        if tens > np.uint64(9):
            return np.float32(0), -1
        exponent = np.int64(tens)
        word >>= np.uint64(8)
        at += 1
        ones = (word & np.uint64(0xFF)) - np.uint64(48)
        if ones <= np.uint64(9):
            exponent = exponent * 10 + np.int64(ones)
            word >>= np.uint64(8)
            at += 1
        byte = word & np.uint64(0xFF)
        power += -exponent if sign == np.uint64(45) else exponent
    if byte > _U32 or mantissa > _EXACT_MANTISSA or power < -22 or power > 22:
        return np.float32(0), -1
    value = np.float64(mantissa)
    value = value / _EXACT_POWER[-power] if power < 0 else value * _EXACT_POWER[power]
    result = np.float32(value)
    return (-result if negative else result), at


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def read_special(data, at, end):
    """Whether a word such as nan, inf, -1.#IND stands here: its end and SPECIAL, or BAD."""
    start = at
    while at < end and not is_blank(data[at]) and at - start <= LONGEST_NUMBER:
        at += 1
    word = start
    if word < at and (data[word] == 43 or data[word] == 45):
        word += 1
    if at - word >= 3:
        first = data[word] | 32
        second = data[word + 1] | 32
        third = data[word + 2] | 32
        if first == 110 and second == 97 and third == 110:
            return at, SPECIAL
        if first == 105 and second == 110 and third == 102:
            return at, SPECIAL
        if data[word] == 49 and data[word + 1] == 46 and data[word + 2] == 35:
            return at, SPECIAL
    return at, BAD


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def read_number(data, at, end):
    """A decimal number at `at` (< end): float32, the place after it, and how it ended.

    A comma counts as the decimal point: some exporters write in the language of the machine.
    """
    if at + _MARGIN <= end:
        value, stop = plain_number(data, at)
        if stop >= 0:
            return value, stop, NUMBER
    start = at
    negative = data[at] == 45
    if negative or data[at] == 43:
        at += 1
    mantissa = _U0
    power = 0
    digits = 0
    cut = False
    while at < end:
        digit = np.uint64(data[at]) - np.uint64(48)
        if digit > np.uint64(9):
            break
        if mantissa < _ROOM_FOR_ONE:
            mantissa = mantissa * _U10 + digit
        else:
            power += 1
            cut = cut or digit != _U0
        digits += 1
        at += 1
    if at < end and (data[at] == 46 or data[at] == 44):
        at += 1
        if at + 8 <= end and mantissa < _ROOM_FOR_EIGHT:
            eight = load_u64(data, at) ^ _ZEROS
            others = ((eight + _ABOVE_NINE) | eight) & _TOP_BITS
            count = 8
            if others != _U0:
                count = np.int64(trailing_zeros(others) >> np.uint64(3))
            if count > 0:
                eight = eight_digits(eight << np.uint64(64 - 8 * count))
                mantissa = mantissa * _WORD_POWER[count] + eight
                power -= count
                digits += count
                at += count
        while at < end:
            digit = np.uint64(data[at]) - np.uint64(48)
            if digit > np.uint64(9):
                break
            if mantissa < _ROOM_FOR_ONE:
                mantissa = mantissa * _U10 + digit
                power -= 1
            else:
                cut = cut or digit != _U0
            digits += 1
            at += 1
    if digits == 0:
        at, how = read_special(data, start, end)
        return np.float32(0), at, how
    if at < end and (data[at] | 32) == 101:
        at += 1
        falling = at < end and data[at] == 45
        if falling or (at < end and data[at] == 43):
            at += 1
        exponent = 0
        first = at
        while at < end and 48 <= data[at] <= 57:
            if exponent < 10_000:
                exponent = exponent * 10 + np.int64(data[at]) - 48
            at += 1
        if at == first:
            return np.float32(0), at, BAD
        power += -exponent if falling else exponent
    if at < end and not is_blank(data[at]):
        at, how = read_special(data, start, end)
        return np.float32(0), at, how
    if at - start > LONGEST_NUMBER:
        return np.float32(0), at, BAD
    if mantissa == _U0:
        value = 0.0
    elif not cut and mantissa <= _EXACT_MANTISSA and -22 <= power <= 22:
        value = np.float64(mantissa)
        value = value / _EXACT_POWER[-power] if power < 0 else value * _EXACT_POWER[power]
    else:
        value, certain = scale_by_power(mantissa, power)
        if cut and certain:
            above, certain = scale_by_power(mantissa + _U1, power)
            certain = certain and np.float32(above) == np.float32(value)
        if not certain:
            return np.float32(0), at, HARD
    result = np.float32(value)
    if math.isinf(result):
        return result, at, SPECIAL
    return (-result if negative else result), at, NUMBER


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def read_index(data, at, end):
    """A whole number at `at`: its value, the place after it, and whether there was one."""
    negative = at < end and data[at] == 45
    if negative or (at < end and data[at] == 43):
        at += 1
    first = at
    value = 0
    while at < end and 48 <= data[at] <= 57:
        if at - first >= LONGEST_INDEX:
            return 0, at, False
        value = value * 10 + np.int64(data[at]) - 48
        at += 1
    return (-value if negative else value), at, at > first


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def word_at(data, at, end):
    """Up to eight letters at `at` in lower case, as `_word` spells them, and how many bytes the word has."""
    length = 0
    while at + length < end and not is_blank(data[at + length]) and length < 32:
        length += 1
    if at + 8 <= end:
        word = load_u64(data, at)
    else:
        word = _U0
        for i in range(min(length, 8)):
            word |= np.uint64(data[at + i]) << np.uint64(8 * i)
    word |= _LOWER_CASE
    if length < 8:
        word &= (_U1 << np.uint64(8 * length)) - _U1
    return word, length


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def end_of_line(data, at, end):
    """The place of the next line feed or carriage return, or the end."""
    while at < end and data[at] != 10 and data[at] != 13:
        at += 1
    return at


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def skip_stl(data, at, end, spans, parts):
    """Over space and comments, which go to `spans`: the next place, the number of spans (-1: too many)."""
    while at < end:
        byte = data[at]
        if is_blank(byte):
            at += 1
        elif byte == 35:
            stop = end_of_line(data, at, end)
            if parts >= spans.shape[0]:
                return at, -1
            spans[parts, 0] = at
            spans[parts, 1] = stop
            spans[parts, 2] = COMMENT
            parts += 1
            at = stop
        else:
            break
    return at, parts


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def add_name(data, at, end, spans, parts):
    """The rest of a line as a name for `spans`: the line's end, the number of spans (-1: too many)."""
    stop = end_of_line(data, at, end)
    first = at
    while first < stop and is_blank(data[first]):
        first += 1
    if first < stop:
        if parts >= spans.shape[0]:
            return at, -1
        spans[parts, 0] = at
        spans[parts, 1] = stop
        spans[parts, 2] = NAME
        parts += 1
    return stop, parts


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def expect(data, at, end, word, length, spans, parts):
    """Over space and one keyword: the place after it, how, the number of spans."""
    if at < end and data[at] != 35 and is_blank(data[at]):
        at += 1
        while at < end and is_blank(data[at]):
            at += 1
    at, parts = skip_stl(data, at, end, spans, parts)
    if parts < 0:
        return at, TOO_MANY_PARTS, parts
    found, size = word_at(data, at, end)
    if found == word and size == length:
        return at + length, DONE, parts
    if at + size >= end:
        return at, TRUNCATED, parts
    return at, MALFORMED, parts


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False, forceinline=True)
def plain_token_end(data, at):
    """The end of a token of at most 24 bytes of numbers; -1 where it is longer or has other bytes."""
    for _eight in range(3):
        word = load_u64(data, at)
        above = ((word & _LOW_SEVEN) + _ABOVE_BLANK | word) & _TOP_BITS
        blank = above ^ _TOP_BITS
        low = word & _LOW_SEVEN
        # High bits of the bytes from "+" to "9", without "," and "/"; and of "e" and "E".
        number = (low + _FROM_PLUS) & ~(low + _FROM_COLON)
        number &= ((low ^ _COMMAS) + _LOW_SEVEN) & ((low ^ _SLASHES) + _LOW_SEVEN)
        number |= ~(((low | _LOWER_CASE) ^ _LETTERS_E) + _LOW_SEVEN)
        odd = (~number | word) & _TOP_BITS & ~blank
        if blank != _U0:
            odd &= (blank & (_U0 - blank)) - _U1
            return -1 if odd != _U0 else at + np.int64(trailing_zeros(blank) >> np.uint64(3))
        if odd != _U0:
            return -1
        at += 8
    return -1


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False, forceinline=True)
def skip_few(data, at):
    """Over at most 16 bytes of space."""
    count = blanks_at(load_u64(data, at))
    if count == 8:
        count += blanks_at(load_u64(data, at + 8))
    return at + count


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False, forceinline=True)
def plain_word(data, at, word, length):
    """The place after a keyword of less than eight letters and up to 16 bytes of space around it, or -1."""
    at = skip_few(data, at)
    found = load_u64(data, at) | _LOWER_CASE
    letters = (_U1 << np.uint64(8 * length)) - _U1
    if (found & letters) != word:
        return -1
    after = skip_few(data, at + length)
    return after if after > at + length else -1


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def plain_facet(data, at, end, corners, count):
    """A facet of the usual form: fills three corners; the place after it, or -1 for everything else."""
    last = end - _MARGIN
    if at > last:
        return -1
    at = plain_word(data, at, _FACET, 5)
    if at < 0 or at > last:
        return -1
    at = plain_word(data, at, _NORMAL, 6)
    if at < 0:
        return -1
    for _axis in range(3):
        if at > last:
            return -1
        stop = plain_token_end(data, at)
        if stop <= at or stop > last:
            return -1
        at = skip_few(data, stop)
    if at > last:
        return -1
    at = plain_word(data, at, _OUTER, 5)
    if at < 0 or at > last:
        return -1
    at = plain_word(data, at, _LOOP, 4)
    for corner in range(3):
        if at < 0 or at > last:
            return -1
        at = plain_word(data, at, _VERTEX, 6)
        if at < 0:
            return -1
        for axis in range(3):
            if at > last:
                return -1
            value, at = plain_number(data, at)
            if at < 0 or at > last:
                return -1
            corners[count + corner, axis] = value
            at = skip_few(data, at)
    if at > last:
        return -1
    at = plain_word(data, at, _END_LOOP, 7)
    if at < 0 or at > last:
        return -1
    at = skip_few(data, at)
    if (load_u64(data, at) | _LOWER_CASE) != _END_FACET or not is_blank(data[at + 8]):
        return -1
    return at + 8


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def read_stl_text(data, corners, spans, hard):
    """Reads solids of facets: corners (3 n, 3) f32, spans (p, 3) i64 and hard (h, 3) i64 are filled.

    A span is start, end, kind; a hard number is flat index, start, end.
    Returns status, place, corners, spans, hard numbers, solids.
    """
    end = text_end(data)
    at = 0
    if end >= 3 and data[0] == 0xEF and data[1] == 0xBB and data[2] == 0xBF:
        spans[0, 0] = 0
        spans[0, 1] = 3
        spans[0, 2] = MARK
        at = 3
        parts = 1
    else:
        parts = 0
    count = 0
    hards = 0
    solids = 0
    while True:
        at, parts = skip_stl(data, at, end, spans, parts)
        if parts < 0:
            return TOO_MANY_PARTS, at, count, 0, hards, solids
        if at >= data.shape[0]:
            break
        word, size = word_at(data, at, end)
        if word != _SOLID or size != 5:
            if solids == 0:
                return MALFORMED, at, count, parts, hards, solids
            if parts >= spans.shape[0]:
                return TOO_MANY_PARTS, at, count, parts, hards, solids
            spans[parts, 0] = at
            spans[parts, 1] = data.shape[0]
            spans[parts, 2] = TRAILING
            parts += 1
            break
        at, parts = add_name(data, at + 5, end, spans, parts)
        if parts < 0:
            return TOO_MANY_PARTS, at, count, 0, hards, solids
        while True:
            while count + 3 <= corners.shape[0]:
                after = plain_facet(data, at, end, corners, count)
                if after < 0:
                    break
                at = after
                count += 3
            at, parts = skip_stl(data, at, end, spans, parts)
            if parts < 0:
                return TOO_MANY_PARTS, at, count, 0, hards, solids
            word, size = word_at(data, at, end)
            if word == _END_SOLID and size == 8:
                at, parts = add_name(data, at + 8, end, spans, parts)
                if parts < 0:
                    return TOO_MANY_PARTS, at, count, 0, hards, solids
                solids += 1
                break
            if word != _FACET or size != 5:
                return TRUNCATED if at + size >= end else MALFORMED, at, count, parts, hards, solids
            at, parts = skip_stl(data, at + 5, end, spans, parts)
            if parts < 0:
                return TOO_MANY_PARTS, at, count, 0, hards, solids
            word, size = word_at(data, at, end)
            if word == _NORMAL and size == 6:
                at += 6
                for _axis in range(3):
                    at, parts = skip_stl(data, at, end, spans, parts)
                    if parts < 0:
                        return TOO_MANY_PARTS, at, count, 0, hards, solids
                    first = at
                    plain = True
                    while at < end and not is_blank(data[at]):
                        byte = data[at]
                        if not (48 <= byte <= 57 or byte == 46 or byte == 45 or byte == 43 or byte == 44):
                            plain = plain and (byte | 32) == 101
                        at += 1
                    if at >= end:
                        return TRUNCATED, at, count, parts, hards, solids
                    if not plain or at - first > 40:
                        if parts >= spans.shape[0]:
                            return TOO_MANY_PARTS, at, count, 0, hards, solids
                        spans[parts, 0] = first
                        spans[parts, 1] = at
                        spans[parts, 2] = NORMAL_TEXT
                        parts += 1
            at, how, parts = expect(data, at, end, _OUTER, 5, spans, parts)
            if how == DONE:
                at, how, parts = expect(data, at, end, _LOOP, 4, spans, parts)
            if how != DONE:
                return how, at, count, parts, hards, solids
            if count + 3 > corners.shape[0]:
                return TOO_MANY_TRIANGLES, at, count, parts, hards, solids
            for _corner in range(3):
                at, how, parts = expect(data, at, end, _VERTEX, 6, spans, parts)
                if how != DONE:
                    return how, at, count, parts, hards, solids
                for axis in range(3):
                    while at < end and is_blank(data[at]):
                        at += 1
                    if at >= end:
                        return TRUNCATED, at, count, parts, hards, solids
                    first = at
                    value, at, how = read_number(data, at, end)
                    if at >= end:
                        return TRUNCATED, at, count, parts, hards, solids
                    corners[count, axis] = value
                    if how != NUMBER:
                        if how == SPECIAL:
                            return NOT_FINITE, first, count, parts, hards, solids
                        if how == BAD:
                            return MALFORMED, first, count, parts, hards, solids
                        if hards >= hard.shape[0]:
                            return TOO_MANY_PARTS, first, count, parts, hards, solids
                        hard[hards, 0] = 3 * count + axis
                        hard[hards, 1] = first
                        hard[hards, 2] = at
                        hards += 1
                count += 1
            at, how, parts = expect(data, at, end, _END_LOOP, 7, spans, parts)
            if how == DONE:
                at, how, parts = expect(data, at, end, _END_FACET, 8, spans, parts)
            if how != DONE:
                return how, at, count, parts, hards, solids
    return (DONE if solids > 0 else TRUNCATED), at, count, parts, hards, solids


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def skip_token(data, at, end):
    """The place after whatever stands here without a space."""
    while at < end and not is_blank(data[at]):
        at += 1
    return at


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def copy_text(data, start, stop, text, at):
    """Appends data[start:stop] and a space to `text`; the place after them."""
    for place in range(start, stop):
        text[at] = data[place]
        at += 1
    text[at] = 32
    return at + 1


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def fail(state, at, status):
    """Notes the place of the trouble; the status."""
    state[AT] = at
    return status


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def read_ply_rows(data, state, count, points, lists, columns, kept, values, faces, hard, text):
    """Reads `count` rows of an ASCII PLY element, one to a line.

    lists (p,) i64: 0 a number, 1 a list, 2 the list of a face's points. columns (p,) i64: where a number
    goes in values (count, c) f32, or -1. kept (p,) i64: whether its text goes to `text` (b,) u8, which
    is empty where everything stays. hard (h, 3) i64 gets flat index, start, end.
    faces (n, 3) u32 gets the triangles of the file's `points` points. Returns the status; the counts are in `state`.
    """
    end = text_end(data)
    at = state[AT]
    face_count = state[FACES]
    thin = state[THIN]
    hards = state[HARDS]
    written = state[WRITTEN]
    writes = text.shape[0] > 0
    for row in range(state[ROW], count):
        state[AT] = at
        state[ROW] = row
        state[FACES] = face_count
        state[THIN] = thin
        state[HARDS] = hards
        state[WRITTEN] = written
        while at < end and is_blank(data[at]):
            at += 1
        for column in range(lists.shape[0]):
            while at < end and is_blank(data[at]) and data[at] != 10 and data[at] != 13:
                at += 1
            if at >= end:
                return fail(state, at, TRUNCATED)
            start = at
            if lists[column] == 0:
                if columns[column] < 0 and kept[column] == 0:
                    at = skip_token(data, at, end)
                    continue
                value, at, how = read_number(data, at, end)
                if how == BAD:
                    return fail(state, start, MALFORMED)
                if columns[column] >= 0:
                    if how == SPECIAL:
                        return fail(state, start, NOT_FINITE)
                    values[row, columns[column]] = value
                    if how == HARD:
                        if hards >= hard.shape[0]:
                            return fail(state, start, TOO_MANY_PARTS)
                        hard[hards, 0] = row * values.shape[1] + columns[column]
                        hard[hards, 1] = start
                        hard[hards, 2] = at
                        hards += 1
            else:
                size, at, whole = read_index(data, at, end)
                if not whole or size < 0 or (at < end and not is_blank(data[at])):
                    return fail(state, start, MALFORMED)
                first = np.uint32(0)
                before = np.uint32(0)
                for item in range(size):
                    while at < end and is_blank(data[at]) and data[at] != 10 and data[at] != 13:
                        at += 1
                    if at >= end:
                        return fail(state, at, TRUNCATED)
                    place = at
                    if lists[column] == 1:
                        if kept[column] == 0:
                            at = skip_token(data, at, end)
                            continue
                        value, at, how = read_number(data, at, end)
                        if how == BAD:
                            return fail(state, place, MALFORMED)
                        continue
                    index, at, whole = read_index(data, at, end)
                    if not whole or (at < end and not is_blank(data[at])):
                        return fail(state, place, MALFORMED)
                    if index < 0 or index >= points:
                        return fail(state, place, OUT_OF_RANGE)
                    if item == 0:
                        first = np.uint32(index)
                    elif item >= 2:
                        if face_count > MOST_TRIANGLES:
                            return fail(state, place, TOO_MANY_TRIANGLES)
                        if face_count >= faces.shape[0]:
                            return FULL_FACES
                        faces[face_count, 0] = first
                        faces[face_count, 1] = before
                        faces[face_count, 2] = np.uint32(index)
                        face_count += 1
                    before = np.uint32(index)
                if lists[column] == 2 and size < 3:
                    thin += 1
            if writes and kept[column] != 0:
                written = copy_text(data, start, at, text, written)
        while at < end and is_blank(data[at]) and data[at] != 10 and data[at] != 13:
            at += 1
        if at < end and data[at] != 10 and data[at] != 13:
            return fail(state, at, MALFORMED)
        if writes:
            text[written - 1] = 10
    state[AT] = at
    state[ROW] = count
    state[FACES] = face_count
    state[THIN] = thin
    state[HARDS] = hards
    state[WRITTEN] = written
    return DONE


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def skip_obj(data, at, end):
    """Over space within a logical line: a backslash at a line's end joins the next line."""
    while at < end:
        byte = data[at]
        if byte == 32 or byte == 9 or byte == 11 or byte == 12:
            at += 1
        elif byte == 92 and at + 1 < end and data[at + 1] == 10:
            at += 2
        elif byte == 92 and at + 2 < end and data[at + 1] == 13 and data[at + 2] == 10:
            at += 3
        else:
            break
    return at


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def end_of_statement(data, at, end):
    """The end of a logical line, with its line break."""
    while at < end:
        byte = data[at]
        at += 1
        if byte == 10:
            continues = at >= 2 and data[at - 2] == 92
            continues = continues or (at >= 3 and data[at - 2] == 13 and data[at - 3] == 92)
            if not continues:
                break
        elif byte == 13 and (at >= end or data[at] != 10):
            break
    return at


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def is_idle(word):
    """Whether a keyword says nothing about a triangle mesh."""
    for known in _IDLE:  # noqa: SIM110, numba has no generators within `any`
        if known == word:
            return True
    return False


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def add_obj_span(spans, parts, start, stop, kind):
    """Adds a span, or makes the last one longer where they touch; the number of spans (-1: too many)."""
    if parts > 0 and spans[parts - 1, 1] == start and spans[parts - 1, 2] == kind and kind != LIBRARY:
        spans[parts - 1, 1] = stop
        return parts
    if parts >= spans.shape[0]:
        return -1
    spans[parts, 0] = start
    spans[parts, 1] = stop
    spans[parts, 2] = kind
    return parts + 1


@njit(cache=True, nogil=True, boundscheck=True, _nrt=False)
def read_obj_text(data, state, points, colours, places, faces, face_places, spans, uses, hard):
    """Reads points, texture coordinates and faces of an OBJ.

    Filled: points (n, 3) f32, colours (n, 3) f32 (the first is -1: none), texture coordinates places
    (t, 2) f32, faces (m, 3) u32, and what they take of the texture coordinates, face_places (m, 3) u32,
    counted from 1 (0: none; no rows until a face has one). spans (p, 3) i64 gets what goes: start, end,
    kind; uses (u, 3) i64 each usemtl: start and end of its name, triangles before it; hard (h, 4) i64
    array, flat index, start, end. Returns the status; the counts are in `state`.
    """
    end = text_end(data)
    at = state[AT]
    n = state[POINTS]
    coloured = state[COLOURED]
    t = state[PLACES]
    normals = state[NORMALS]
    m = state[FACES]
    parts = state[PARTS]
    used = state[USES]
    hards = state[HARDS]
    thin = state[THIN]
    largest_point = state[LARGEST_POINT]
    largest_place = state[LARGEST_PLACE]
    largest_normal = state[LARGEST_NORMAL]
    status = DONE
    if at == 0 and end >= 3 and data[0] == 0xEF and data[1] == 0xBB and data[2] == 0xBF:
        parts = add_obj_span(spans, parts, 0, 3, MARK)
        at = 3
    while at < end:
        line = at
        triangles_before = m
        at = skip_obj(data, at, end)
        if at >= end:
            break
        byte = data[at]
        if byte == 10 or byte == 13:
            at += 1
            continue
        if byte == 35:
            at = end_of_line(data, at, end)
            if at < end:
                at += 1
            parts = add_obj_span(spans, parts, line, at, COMMENT)
            if parts < 0:
                status = TOO_MANY_PARTS
                break
            continue
        word, size = word_at(data, at, end)
        first = at
        at += size
        if word in (_V, _VT, _VN):
            if word == _V and n >= points.shape[0]:
                status = FULL_POINTS
                at = line
                break
            if word == _VT and t >= places.shape[0]:
                status = FULL_PLACES
                at = line
                break
            count = 0
            while True:
                at = skip_obj(data, at, end)
                if at >= end or data[at] == 10 or data[at] == 13 or data[at] == 35:
                    break
                place = at
                value, at, how = read_number(data, at, end)
                if how == BAD:
                    status = MALFORMED
                    at = place
                    break
                target = -1
                index = 0
                if word == _V:
                    if count < 3:
                        target, index = POINT, 3 * n + count
                        points[n, count] = value
                        if how == SPECIAL:
                            status = NOT_FINITE
                            at = place
                            break
                    elif count < 6:
                        target, index = COLOUR, 3 * n + count - 3
                        colours[n, count - 3] = value
                elif word == _VT and count < 2:
                    target, index = TEXTURE, 2 * t + count
                    places[t, count] = value if how == NUMBER else np.float32(0)
                if how == HARD and target >= 0:
                    if hards >= hard.shape[0]:
                        status = TOO_MANY_PARTS
                        break
                    hard[hards, 0] = target
                    hard[hards, 1] = index
                    hard[hards, 2] = place
                    hard[hards, 3] = at
                    hards += 1
                count += 1
            if status != DONE:
                break
            if word == _V:
                if count == 6 or count == 7:
                    coloured += 1
                elif count == 3 or count == 4:
                    colours[n, 0] = np.float32(-1)
                else:
                    status = TRUNCATED if at >= end and count < 3 else MALFORMED
                    break
                n += 1
            elif word == _VT:
                if count < 1 or count > 3:
                    status = TRUNCATED if at >= end and count < 1 else MALFORMED
                    break
                if count == 1:
                    places[t, 1] = np.float32(0)
                t += 1
            else:
                if count != 3:
                    status = TRUNCATED if at >= end and count < 3 else MALFORMED
                    break
                normals += 1
        elif word in (_F, _FO):
            count = 0
            corner = np.uint32(0)
            before = np.uint32(0)
            corner_place = np.uint32(0)
            before_place = np.uint32(0)
            while True:
                at = skip_obj(data, at, end)
                if at >= end or data[at] == 10 or data[at] == 13 or data[at] == 35:
                    break
                place = at
                index, at, whole = read_index(data, at, end)
                texture = 0
                if whole and at < end and data[at] == 47:
                    at += 1
                    if at < end and data[at] != 47 and not is_blank(data[at]):
                        texture, at, whole = read_index(data, at, end)
                        if texture < 0:
                            texture += t + 1
                        if whole and texture <= 0:
                            status = OUT_OF_RANGE
                            at = place
                            break
                        largest_place = max(largest_place, texture)
                    if whole and at < end and data[at] == 47:
                        at += 1
                        if at < end and not is_blank(data[at]):
                            normal, at, whole = read_index(data, at, end)
                            if normal < 0:
                                normal += normals + 1
                            if whole and normal <= 0:
                                status = OUT_OF_RANGE
                                at = place
                                break
                            largest_normal = max(largest_normal, normal)
                if not whole or (at < end and not is_blank(data[at])):
                    status = MALFORMED
                    at = place
                    break
                if index < 0:
                    index += n + 1
                if index <= 0 or index > 0xFFFFFFFE or texture > 0xFFFFFFFE:
                    status = OUT_OF_RANGE
                    at = place
                    break
                largest_point = max(largest_point, index)
                point = np.uint32(index - 1)
                if texture > 0 and face_places.shape[0] == 0:
                    status = NO_FACE_PLACES
                    break
                if count == 0:
                    corner = point
                    corner_place = np.uint32(texture)
                elif count >= 2:
                    if m > MOST_TRIANGLES:
                        status = TOO_MANY_TRIANGLES
                        break
                    if m >= faces.shape[0]:
                        status = FULL_FACES
                        break
                    faces[m, 0] = corner
                    faces[m, 1] = before
                    faces[m, 2] = point
                    if face_places.shape[0] > 0:
                        face_places[m, 0] = corner_place
                        face_places[m, 1] = before_place
                        face_places[m, 2] = np.uint32(texture)
                    m += 1
                before = point
                before_place = np.uint32(texture)
                count += 1
            if status in (FULL_FACES, NO_FACE_PLACES):
                at = line
                m = triangles_before
            if status != DONE:
                break
            if count < 3:
                thin += 1
        elif word == _USE:
            name = skip_obj(data, at, end)
            at = end_of_line(data, name, end)
            if used >= uses.shape[0]:
                status = TOO_MANY_PARTS
                break
            uses[used, 0] = name
            uses[used, 1] = at
            uses[used, 2] = m
            used += 1
        else:
            if word == _O:
                kind = OBJECT
            elif word == _G:
                kind = GROUP
            elif word == _S:
                kind = SMOOTHING
            elif word == _LIBRARY:
                kind = LIBRARY
            elif is_idle(word):
                kind = OTHER
            else:
                status = MALFORMED
                at = first
                break
            at = end_of_statement(data, at, end)
            parts = add_obj_span(spans, parts, line, at, kind)
            if parts < 0:
                status = TOO_MANY_PARTS
                break
            continue
        if at < end and data[at] == 35:
            stop = end_of_line(data, at, end)
            parts = add_obj_span(spans, parts, at, stop, COMMENT)
            if parts < 0:
                status = TOO_MANY_PARTS
                break
            at = stop
    if status == DONE and end < data.shape[0]:
        status = MALFORMED
    if status == DONE and (largest_point > n or largest_place > t or largest_normal > normals):
        status = OUT_OF_RANGE
    state[AT] = at
    state[POINTS] = n
    state[COLOURED] = coloured
    state[PLACES] = t
    state[NORMALS] = normals
    state[FACES] = m
    state[PARTS] = max(parts, 0)
    state[USES] = used
    state[HARDS] = hards
    state[THIN] = thin
    state[LARGEST_POINT] = largest_point
    state[LARGEST_PLACE] = largest_place
    state[LARGEST_NORMAL] = largest_normal
    return status


def warm() -> None:
    """Compiles or loads each kernel with the array types of production."""
    parts = np.empty((4, 3), np.int64)
    corners = np.empty((3, 3), np.float32)
    faces = np.empty((1, 3), np.uint32)
    whole = np.zeros(1, np.int64)
    read_stl_text(np.frombuffer(b"solid\nfacet", np.uint8), corners, parts, parts)
    row, text = np.frombuffer(b"0\n", np.uint8), np.empty(0, np.uint8)
    state = np.zeros(STATE_SIZE, np.int64)
    read_ply_rows(row, state, 1, 1, whole, whole, whole, corners, faces, parts, text)
    obj, hard = np.frombuffer(b"v 0 0 0\n", np.uint8), np.empty((4, 4), np.int64)
    state = np.zeros(STATE_SIZE, np.int64)
    places = np.empty((1, 2), np.float32)
    read_obj_text(obj, state, corners, corners.copy(), places, faces, faces.copy(), parts, parts.copy(), hard)
