"""How long a file stays. The class is fixed at upload and only ever lengthened by a user."""

from enum import StrEnum


class RetentionClass(StrEnum):
    TRANSFER = "transfer"  # an ephemeral copy
    RECORD = "record"  # part of the patient's record, locked until `retain_until`
    MANAGED = "managed"  # no statutory minimum, erased on request
