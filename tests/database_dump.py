"""Everything the database holds, as bytes: what somebody reads who copied it."""

import base64

from django.db import connection


def dump(*, without: tuple[str, ...] = ()) -> bytes:
    """Every value of every row of every table but some, one a line; bytes also as they are."""
    lines: list[bytes] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table in without:
                continue
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    raw = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    lines.append(raw)
    return b"\n".join(lines)


def forms_of(secret: str) -> list[bytes]:
    """A secret as it could lie somewhere: as it is, in hexadecimal digits, in base 64 at each of its offsets."""
    raw = secret.encode()
    # Base 64 of a text in the middle of another: three possible offsets, without the uncertain ends.
    inside = [base64.b64encode(b"\x00" * shift + raw)[4:-4] for shift in range(3)]
    forms = [raw, raw.hex().encode(), raw.hex().upper().encode(), *inside]
    # A few characters of base 64 would be found anywhere.
    return [raw, *(form for form in forms if len(form) >= 12)]
