"""The store in an S3 bucket: multipart uploads whose state lies in the upload's row."""

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar, cast

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, ConnectTimeoutError, ReadTimeoutError
from botocore.handlers import add_expect_header

from arcada.apps.files.breaker import Breaker, StoreTimeout
from arcada.apps.files.steps import Step, reached
from arcada.apps.files.storage import (
    AlreadyStored,
    ObjectMissing,
    StoredObject,
    StoreFull,
    StoreUnavailable,
)
from arcada.core.errors import Conflict

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

T = TypeVar("T")

CONNECT_SECONDS = 3
ANSWER_SECONDS = 4
# Joining hundreds of parts takes a store its time; nothing else may.
JOIN_SECONDS = 60
# InvalidArgument is what some stores answer to a range past the end.
_GONE = ("NoSuchKey", "404", "NotFound", "InvalidRange", "InvalidArgument")


class S3Store:
    part_chunks = 8  # 8 MiB of plaintext: S3 wants at least 5 MiB in every part but the last

    def __init__(
        self,
        bucket: str,
        *,
        endpoint: str | None,
        region: str,
        access_key: str,
        secret_key: str,
        prefix: str = "",
    ) -> None:
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self._endpoint = endpoint
        self._region = region
        self._keys = (access_key, secret_key)
        self._breaker = Breaker()

    def write(self, key: str, state: dict[str, Any] | None = None) -> "S3PartWriter":
        if state:
            writer = S3PartWriter(self, key, state["multipart"], [tuple(part) for part in state["parts"]])
            writer.demand_open()
            return writer
        if self.size(key) is not None:
            raise AlreadyStored
        with self.call():
            begun = self.client.create_multipart_upload(Bucket=self._bucket, Key=self._prefix + key)
        return S3PartWriter(self, key, begun["UploadId"], [])

    def put(self, key: str, data: bytes | bytearray) -> None:
        if self.size(key) is not None:
            raise Conflict("A stored file is never overwritten.")
        with self.call():
            self.client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + key,
                Body=cast(bytes, data),
                ContentMD5=_md5(data),
            )

    def settle(self, key: str) -> None:
        """An object that S3 shows is durable."""

    def read(self, key: str, start: int, stop: int) -> bytes:
        if start == stop:
            return b""
        data = self._asked_twice(lambda: self._read(key, start, stop))
        if len(data) != stop - start:
            raise ObjectMissing("The stored file is shorter than its row says.")
        return data

    def size(self, key: str) -> int | None:
        try:
            return self._asked_twice(lambda: self._size(key))
        except ObjectMissing:
            return None

    def delete(self, key: str) -> None:
        with self.call():
            self.client.delete_object(Bucket=self._bucket, Key=self._prefix + key)

    def abandon(self, key: str, state: dict[str, Any]) -> None:
        if state:
            self._abort(key, state["multipart"])

    def objects(self) -> Iterator[StoredObject]:
        with self.call():
            pages = self.client.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            )
            for page in pages:
                for item in page.get("Contents", ()):
                    yield StoredObject(
                        item["Key"].removeprefix(self._prefix), item["Size"], item["LastModified"]
                    )

    def unfinished(self) -> Iterator[StoredObject]:
        with self.call():
            pages = self.client.get_paginator("list_multipart_uploads").paginate(
                Bucket=self._bucket, Prefix=self._prefix
            )
            for page in pages:
                for item in page.get("Uploads", ()):
                    key = item["Key"].removeprefix(self._prefix)
                    yield StoredObject(key, 0, item["Initiated"], item["UploadId"])

    def drop(self, unfinished: StoredObject) -> None:
        self._abort(unfinished.key, unfinished.handle)

    def _read(self, key: str, start: int, stop: int) -> bytes:
        wanted = f"bytes={start}-{stop - 1}"
        with self.call():
            answer = self.client.get_object(Bucket=self._bucket, Key=self._prefix + key, Range=wanted)
            return answer["Body"].read()

    def _size(self, key: str) -> int:
        with self.call():
            return self.client.head_object(Bucket=self._bucket, Key=self._prefix + key)["ContentLength"]

    def _asked_twice(self, ask: Callable[[], T]) -> T:
        """A kept connection may be dead without our knowing; asking again on a fresh one costs nothing."""
        try:
            return ask()
        except (ObjectMissing, StoreTimeout):
            raise
        except StoreUnavailable:
            return ask()

    def _abort(self, key: str, multipart: str) -> None:
        try:
            with self.call():
                self.client.abort_multipart_upload(
                    Bucket=self._bucket, Key=self._prefix + key, UploadId=multipart
                )
        except AlreadyStored:
            return

    def demand_open(self, key: str, multipart: str) -> None:
        """Raises AlreadyStored when the store does not know the multipart upload (any more)."""
        with self.call():
            self.client.list_parts(
                Bucket=self._bucket, Key=self._prefix + key, UploadId=multipart, MaxParts=1
            )

    def send_part(self, key: str, multipart: str, number: int, data: bytes | bytearray) -> str:
        """Upload part `number` and return the store's tag of it; raises AlreadyStored."""
        with self.call():
            return self.client.upload_part(
                Bucket=self._bucket,
                Key=self._prefix + key,
                UploadId=multipart,
                PartNumber=number,
                Body=cast(bytes, data),
                ContentMD5=_md5(data),
            )["ETag"]

    def join_parts(self, key: str, multipart: str, tags: list[str]) -> None:
        parts = [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]
        with self.call():
            self.patient_client.complete_multipart_upload(
                Bucket=self._bucket,
                Key=self._prefix + key,
                UploadId=multipart,
                MultipartUpload={"Parts": parts},  # type: ignore[typeddict-item]
            )

    @contextmanager
    def call(self) -> Iterator[None]:
        """One request: its faults leave with their names, and the breaker counts them."""
        with self._breaker.guard():
            try:
                yield
            except (ReadTimeoutError, ConnectTimeoutError) as fault:
                raise StoreTimeout("The store of files does not answer in time.") from fault
            except ClientError as fault:
                raise _named(fault) from fault
            except BotoCoreError as fault:
                raise StoreUnavailable("The store of files does not answer.") from fault

    @cached_property
    def client(self) -> "S3Client":
        return self._connect(ANSWER_SECONDS)

    @cached_property
    def patient_client(self) -> "S3Client":
        return self._connect(JOIN_SECONDS)

    def _connect(self, answer_seconds: int) -> "S3Client":
        access_key, secret_key = self._keys
        client = boto3.session.Session().client(
            "s3",
            endpoint_url=self._endpoint,
            region_name=self._region,
            aws_access_key_id=access_key or None,
            aws_secret_access_key=secret_key or None,
            config=Config(
                signature_version="s3v4",
                s3={"addressing_style": "path" if self._endpoint else "auto"},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=answer_seconds,
                # A repeat is the client's: hidden ones would add up to more than the breaker allows.
                retries={"total_max_attempts": 1},
                max_pool_connections=32,
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        # "Expect: 100-continue" leaves a line useless when a store refuses early and keeps it open.
        client.meta.events.unregister("before-call.s3", add_expect_header)
        return client


class S3PartWriter:
    """A part is durable when the store has answered, so `sync` only tells the state."""

    def __init__(self, store: S3Store, key: str, multipart: str, parts: list[tuple[str, int]]) -> None:
        self._store = store
        self._key = key
        self._multipart = multipart
        self._parts = parts

    def demand_open(self) -> None:
        """Raises AlreadyStored or ObjectMissing before bytes are sent for nothing."""
        with self._finished_seen():
            self._store.demand_open(self._key, self._multipart)

    def append(self, data: bytes | bytearray) -> None:
        with self._finished_seen():
            tag = self._store.send_part(self._key, self._multipart, len(self._parts) + 1, data)
        self._parts.append((tag, len(data)))

    def sync(self) -> dict[str, Any]:
        return {
            "multipart": self._multipart,
            "parts": [list(part) for part in self._parts],
            "bytes": sum(size for _, size in self._parts),
        }

    def finish(self) -> None:
        with self._finished_seen():
            if self._store.size(self._key) is not None:
                raise AlreadyStored
            self._store.join_parts(self._key, self._multipart, [tag for tag, _ in self._parts])
        reached(Step.LINKED)

    def abandon(self) -> None:
        self._store.abandon(self._key, {"multipart": self._multipart})

    def close(self) -> None:
        pass

    @contextmanager
    def _finished_seen(self) -> Iterator[None]:
        """The store forgets a multipart upload once it is joined; then the object must be there."""
        try:
            yield
        except AlreadyStored:
            if self._store.size(self._key) is None:
                raise ObjectMissing("The store has lost the parts of this upload.") from None
            raise


def _named(fault: ClientError) -> Exception:
    error = fault.response.get("Error", {})
    code = str(error.get("Code", ""))
    status = fault.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code == "NoSuchUpload":
        return AlreadyStored()
    if code in _GONE:
        return ObjectMissing("The stored file is not in its place.")
    if status == 507 or "Full" in code or code == "QuotaExceeded":
        return StoreFull("The store of files is full.")
    return StoreUnavailable("The store of files answered {status}.", status=code or str(status))


def _md5(data: bytes | bytearray) -> str:
    """S3's check that the part arrived as it was sent; no secret rests on it."""
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()
