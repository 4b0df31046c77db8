"""What nobody should send: odd values for one field, and odd bodies for a whole form."""

import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_from_bytes

FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=b"

# Bytes, already in the form they take in a form's body.
ODD_VALUES: tuple[bytes, ...] = tuple(
    quote(text).encode()
    for text in (
        "", " ", "0", "-1", "1e400", "9" * 400, "-" + "9" * 40, "NaN", "Infinity", "true", "null", "undefined", "[]",
        "{}", "[[]]", "0x7f", "1,5", "½", "١٢٣", "2026-02-30", "0001-01-01", "9999-12-31", "10000-01-01", "२०२६-०३-१७",
        "2026-03-17T09:30:00+99:99", "1900-01-01", "00000000-0000-0000-0000-000000000000", "not-a-uuid",
        "{00000000-0000-0000-0000-000000000000}", "../../etc/passwd", "file:///etc/passwd", "javascript:alert(1)",
        "<script>alert(1)</script>", "{{7*7}}", "{% debug %}", "${7*7}", "%{7*7}", "%s%n%d", "' OR 1=1 --",
        "a@b", "a@b@c", "@", "a" * 255 + "@x.example", "ada@lima.example\r\nBcc: e@x.example", "\r\n\t\v\f", "\u202e",
        "\u0085", "\ufffd", "😀" * 50, "e\u0301" * 200, "\U0010ffff", "İı", "x" * 40_000, "a,b" * 5000, ",,,,,", ":",
        '"; DROP TABLE', "\ufeff", "::",
        "slot:", "collection:", "collection:x", "workspace:", "user:x", "owner", "-", "..", "\x7f", "\x1b[31m", "on",
    )
)  # fmt: skip
BROKEN_VALUES: tuple[bytes, ...] = (
    b"%00", b"a%00b", b"%ff%fe", b"%ed%a0%80", b"%c3", b"%c0%af", b"%f4%90%80%80", b"%", b"%zz", b"\xff\xfe", b"\x00",
)  # fmt: skip


@dataclass(frozen=True)
class Bad:
    """One request: what is wrong with it, its body, how it is called."""

    what: str
    body: bytes
    kind: str = FORM
    method: str = "POST"


def _pairs(fields: dict[str, Any], odd: str = "", value: bytes = b"") -> bytes:
    return b"&".join(
        quote(name).encode() + b"=" + (value if name == odd else quote(str(said)).encode())
        for name, said in fields.items()
    )


def odd_values(fields: dict[str, Any]) -> list[Bad]:
    """Each field with each value that is odd."""
    return [
        Bad(f"{name}={value[:24]!r}", _pairs(fields, name, value))
        for name in fields
        for value in (*ODD_VALUES, *BROKEN_VALUES)
    ]


def odd_forms(fields: dict[str, Any]) -> list[Bad]:
    """Bodies that are wrong as a whole."""
    whole = _pairs(fields)
    found = [
        Bad("nothing", b""),
        Bad("only signs", b"&&&===&=&"),
        Bad("no names", b"=a&=b"),
        Bad("JSON", b'{"a": [1, {"b": null}]}', "application/json"),
        Bad("JSON called a form", b'{"a": 1}'),
        Bad("deep JSON", b"[" * 100_000, "application/json"),
        Bad("bytes", bytes(range(256)), "application/octet-stream"),
        Bad("bytes called a form", bytes(range(256))),
        Bad("no type", whole, ""),
        Bad("odd type", whole, "text/html; charset=nowhere"),
        Bad("odd charset", whole, f"{FORM}; charset=utf-7"),
        Bad("no such charset", whole, f"{FORM}; charset=nowhere"),
        Bad("UTF-16", "a=b".encode("utf-16"), f"{FORM}; charset=utf-16"),
        Bad("parts without a boundary", b"--x\r\n\r\n", "multipart/form-data"),
        Bad("parts with an empty boundary", b"--\r\n\r\n", "multipart/form-data; boundary="),
        Bad("parts with a long boundary", b"", f"multipart/form-data; boundary={'x' * 500}"),
        Bad("parts with an odd boundary", b"", "multipart/form-data; boundary=\x7f\x01"),
        Bad("parts that end early", b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx', PARTS),
        Bad("parts without names", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", PARTS),
        Bad("parts with half headers", b"--b\r\nContent-Dispos\r\n\r\nx\r\n--b--\r\n", PARTS),
        Bad("parts with NUL", b'--b\r\nContent-Disposition: form-data; name="a\x00"\r\n\r\nx\x00\r\n--b--\r\n', PARTS),
        Bad(
            "parts in base64 that are none",
            b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n'
            b"--b--\r\n",
            PARTS,
        ),
        Bad("a thousand and one fields", b"&".join(b"f%d=1" % n for n in range(1_001))),
        Bad("3 MB", b"name=" + b"x" * 3_000_000),
        Bad("NUL in a name", b"na%00me=1&" + whole),
        Bad("half a character in a name", b"%ed%a0%80=1&" + whole),
        Bad("an unknown field", whole + b"&surprise=1"),
        Bad("brackets", b"&".join(quote(n).encode() + b"[]=1" for n in fields)),
        Bad("a key that is none", whole + b"&once=%00"),
    ]  # fmt: skip
    for name in fields:
        others = {other: value for other, value in fields.items() if other != name}
        plain = quote(name).encode()
        found += [
            Bad(f"without {name}", _pairs(others)),
            Bad(f"{name} twice", whole + b"&" + plain + b"=twice"),
            Bad(f"{name} 300 times", _pairs(others) + (b"&" + plain + b"=1") * 300),
            Bad(f"{name} as a file", _file(name, "a\x00../../b.exe"), PARTS),
        ]
    for method in ("PUT", "PATCH", "DELETE", "TRACE", "NONSENSE", "OPTIONS", "HEAD"):
        found.append(Bad(f"method {method}", whole, method=method))
    return found


def drawn(fields: dict[str, Any], chance: random.Random, count: int) -> list[Bad]:
    """Random mixtures: each field dropped, doubled, odd or of random bytes."""
    found = []
    for _ in range(count):
        pieces = []
        for name in [*fields, *chance.sample(["next", "record", "q", "page", "id"], 2)]:
            plain = quote(name).encode()
            for _again in range(chance.choice([0, 1, 1, 1, 2])):
                value = chance.choice(
                    [
                        chance.choice(ODD_VALUES),
                        chance.choice(BROKEN_VALUES) if chance.random() < 0.2 else b"1",
                        quote_from_bytes(chance.randbytes(chance.randrange(40))).encode(),
                        quote(str(fields.get(name, ""))).encode(),
                        quote("".join(chance.choices("Aéα中😀", k=chance.randrange(30)))).encode(),
                    ]
                )  # fmt: skip
                pieces.append(plain + b"=" + value)
        chance.shuffle(pieces)
        found.append(Bad("drawn", b"&".join(pieces)))
    return found


def _file(name: str, filename: str) -> bytes:
    return (
        f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
        "Content-Type: image/png\r\n\r\nno picture\r\n--b--\r\n"
    ).encode()
