"""A capsule's own rules: packing, the text that is hashed, the list, the policy."""

import base64
import gzip
import hashlib
import json

import pytest

from arcada.core.capsule import Packer, Packing, contents_list, part_of, policy, read_text


@pytest.mark.parametrize("packing", [Packing.GZIP, Packing.PICTURE])
@pytest.mark.parametrize("piece", [1, 2, 3, 7, 4096])
def test_a_part_that_comes_in_pieces_is_the_same_part(packing: Packing, piece: int) -> None:
    data = bytes(range(256)) * 17 + b"end"
    packer = Packer(packing)
    said = b"".join(packer.feed(data[at : at + piece]) for at in range(0, len(data), piece)) + packer.finish()
    bytes_ = base64.b64decode(said, validate=True)
    assert (gzip.decompress(bytes_) if packing is Packing.GZIP else bytes_) == data


def test_an_empty_part_is_a_part() -> None:
    packer = Packer(Packing.GZIP)
    assert gzip.decompress(base64.b64decode(packer.feed(b"") + packer.finish())) == b""


def test_what_is_read_is_hashed_and_line_breaks_and_tags_are_not() -> None:
    html = "<header>\n  <h2>Comments</h2></header>\n<p>A &lt;b&gt; &amp; é\r\n  c</p>"
    assert read_text(html) == "Comments A <b> & é c".encode()
    assert read_text(html.replace("\n", "\n\n")) == read_text(html)
    assert read_text(html.replace("A", "B")) != read_text(html)


def test_the_list_names_every_part_by_its_hash_and_ends_no_element() -> None:
    part = part_of(b"abc", id="said", media_type="text/plain", packing=Packing.TEXT)
    told = contents_list([part], about={"case": "</script><b>"})
    assert b"<" not in told
    assert json.loads(told)["case"] == "</script><b>"
    assert json.loads(told)["parts"] == [
        {"id": "said", "media_type": "text/plain", "bytes": 3, "packing": "text",
         "sha256": hashlib.sha256(b"abc").hexdigest()}
    ]  # fmt: skip


def test_the_policy_lets_nothing_in_but_the_two_texts_it_names() -> None:
    said = policy(script="alert(1)", style="p{}")
    assert said.startswith("default-src 'none'; ")
    assert base64.b64encode(hashlib.sha256(b"alert(1)").digest()).decode() in said
    for word in ("unsafe-inline", "unsafe-eval'", "http", "*", "connect-src"):
        assert word not in said.replace("wasm-unsafe-eval'", "")
