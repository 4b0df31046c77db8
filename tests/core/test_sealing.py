"""Sealing: what was changed, swapped, cut or sealed elsewhere never opens."""

import os
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from arcada.core.sealing import (
    CHUNK,
    NONCE,
    OVERHEAD,
    FileSealer,
    SealBroken,
    chunk_count,
    derive_key,
    hash_token,
    open_value,
    same,
    seal_value,
    sealed_size,
    search_token,
    unwrap_key,
    wrap_key,
)

CLINIC, LAB = UUID(int=1), UUID(int=2)
UPPER, LOWER = UUID(int=11), UUID(int=12)


def sealer(key: bytes = b"k" * 32, workspace: UUID = CLINIC, file: UUID = UPPER) -> FileSealer:
    return FileSealer(key, workspace_id=workspace, file_id=file)


def fresh() -> bytes:
    return os.urandom(NONCE)


@given(st.binary(max_size=400), st.integers(0, 2**40), st.booleans())
@settings(max_examples=60)
def test_a_sealed_chunk_opens_to_the_same_bytes(data, number, is_last):
    sealed = sealer().seal(number, data, is_last=is_last, nonce=fresh())
    assert len(sealed) == len(data) + OVERHEAD
    assert sealer().open(number, sealed, is_last=is_last) == data


def test_flipping_any_one_bit_of_a_sealed_chunk_is_seen():
    sealed = sealer().seal(3, b"sixteen bytes :)", is_last=False, nonce=fresh())
    for place in range(len(sealed) * 8):
        broken = bytearray(sealed)
        broken[place // 8] ^= 1 << (place % 8)
        with pytest.raises(SealBroken):
            sealer().open(3, bytes(broken), is_last=False)


@pytest.mark.parametrize(
    ("other", "number", "is_last"),
    [
        (sealer(), 4, False),  # another place in the file
        (sealer(), 3, True),  # the file cut off here
        (sealer(file=LOWER), 3, False),  # another file of the same workspace
        (sealer(workspace=LAB), 3, False),  # another workspace
        (sealer(b"x" * 32), 3, False),  # another key
    ],
)
def test_a_chunk_opens_only_where_it_was_sealed(other, number, is_last):
    sealed = sealer().seal(3, b"an arch", is_last=False, nonce=fresh())
    with pytest.raises(SealBroken):
        other.open(number, sealed, is_last=is_last)


@pytest.mark.parametrize("length", [0, 1, NONCE - 1, NONCE, OVERHEAD - 1])
def test_a_chunk_too_short_to_be_sealed_is_broken_and_not_a_crash(length):
    with pytest.raises(SealBroken):
        sealer().open(0, b"\0" * length, is_last=True)


def test_the_same_chunk_sealed_twice_never_looks_the_same():
    twice = {sealer().seal(0, b"crown", is_last=True, nonce=fresh()) for _ in range(200)}
    assert len(twice) == 200


def test_a_nonce_of_another_length_is_refused():
    with pytest.raises(ValueError, match="12 bytes"):
        sealer().seal(0, b"", is_last=True, nonce=b"short")


@pytest.mark.parametrize(
    ("size", "chunks"), [(0, 1), (1, 1), (CHUNK - 1, 1), (CHUNK, 1), (CHUNK + 1, 2), (5 * CHUNK, 5)]
)
def test_even_an_empty_file_has_a_chunk_that_seals_its_end(size, chunks):
    assert chunk_count(size) == chunks
    assert sealed_size(size) == size + chunks * OVERHEAD


def test_a_wrapped_key_opens_only_for_what_it_was_bound_to():
    wrapped = wrap_key(b"m" * 32, b"f" * 32, bound_to=b"file one", nonce=fresh())
    assert unwrap_key(b"m" * 32, wrapped, bound_to=b"file one") == b"f" * 32
    for key, bound_to in ((b"m" * 32, b"file two"), (b"n" * 32, b"file one")):
        with pytest.raises(SealBroken):
            unwrap_key(key, wrapped, bound_to=bound_to)
    with pytest.raises(SealBroken):
        unwrap_key(b"m" * 32, b"", bound_to=b"file one")


def test_a_sealed_name_holds_no_readable_part_of_the_name():
    sealed = seal_value(b"k" * 32, "Ana Souza", bound_to=b"patient 1", nonce=fresh())
    assert b"Ana" not in sealed
    assert open_value(b"k" * 32, sealed, bound_to=b"patient 1") == "Ana Souza"
    with pytest.raises(SealBroken):
        open_value(b"k" * 32, sealed, bound_to=b"patient 2")


def test_keys_for_different_purposes_differ_and_tokens_tell_nothing_elsewhere():
    assert derive_key(b"k" * 32, "names") != derive_key(b"k" * 32, "search")
    assert search_token(b"k" * 32, "sou") == search_token(b"k" * 32, "sou")
    assert search_token(b"k" * 32, "sou") != search_token(b"l" * 32, "sou")
    assert len(hash_token("a token")) == 32
    assert same("ä", "ä")
    assert not same(b"a", b"b")
