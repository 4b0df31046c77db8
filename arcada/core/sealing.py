"""The one module with cryptography: sealing, wrapping, token hashes, signatures. Randomness is handed in.

Files: AES-256-GCM in chunks of `CHUNK` plaintext bytes, so that a Range needs only its own chunks.
A per-file key is wrapped by the workspace's key, that one by the master key. The associated data binds
workspace, file, chunk number and whether the chunk is the last: swapping, reordering or cutting is seen.
Each chunk carries its own random nonce, because a resumed upload may seal other bytes under the same number.
"""

import base64
import hashlib
import hmac
import struct
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from arcada.core.errors import Unavailable

CHUNK: Final = 1 << 20  # 1 MiB of plaintext
TAG: Final = 16
NONCE: Final = 12
KEY: Final = 32
OVERHEAD: Final = NONCE + TAG  # what sealing adds to a chunk
SEALED_CHUNK: Final = CHUNK + OVERHEAD


class SealBroken(Unavailable):
    """The bytes were changed, swapped or sealed with another key; nothing of them may be used."""

    code = "seal_broken"


def wrap_key(wrapping_key: bytes, key: bytes, *, bound_to: bytes, nonce: bytes) -> bytes:
    """nonce ‖ ciphertext of `key`, bound to what it is for."""
    return nonce + AESGCM(wrapping_key).encrypt(nonce, key, bound_to)


def unwrap_key(wrapping_key: bytes, wrapped: bytes, *, bound_to: bytes) -> bytes:
    """The key that `wrap_key` wrapped; raises SealBroken."""
    return _open(AESGCM(wrapping_key), wrapped[:NONCE], wrapped[NONCE:], bound_to)


def chunk_count(size: int) -> int:
    """How many chunks `size` plaintext bytes make; an empty file has one, so that its end is sealed too."""
    return max(1, -(-size // CHUNK))


def sealed_size(size: int) -> int:
    """Stored bytes of a file of `size` plaintext bytes."""
    return size + chunk_count(size) * OVERHEAD


class FileSealer:
    """Seals and opens the chunks of one file with its own key; a sealed chunk is nonce ‖ ciphertext ‖ tag.

    The nonce is random, not the chunk's number: after a kill a client may send other bytes for a chunk that
    was already sealed, and one nonce must never seal two texts. 2⁴⁸ chunks fit before two may meet by chance.
    """

    def __init__(self, key: bytes, *, workspace_id: UUID, file_id: UUID) -> None:
        self._cipher = AESGCM(key)
        self._bound_to = workspace_id.bytes + file_id.bytes

    def seal(self, number: int, data: bytes | memoryview, *, is_last: bool, nonce: bytes) -> bytes:
        """nonce ‖ ciphertext ‖ tag of chunk `number`; `nonce` is 12 fresh random bytes."""
        out = bytearray(len(data) + OVERHEAD)
        self.seal_into(memoryview(out), number, data, is_last=is_last, nonce=nonce)
        return bytes(out)

    def seal_into(
        self, out: memoryview, number: int, data: bytes | memoryview, *, is_last: bool, nonce: bytes
    ) -> None:
        """Like `seal`, into `out` of len(data) + OVERHEAD bytes: fresh memory costs more than the sealing."""
        if len(nonce) != NONCE:
            raise ValueError(f"A nonce has {NONCE} bytes, not {len(nonce)}.")
        out[:NONCE] = nonce
        self._cipher.encrypt_into(nonce, data, self._frame(number, is_last), out[NONCE:])

    def open(self, number: int, sealed: bytes | memoryview, *, is_last: bool) -> bytes:
        """The plaintext of chunk `number`; raises SealBroken."""
        return _open(self._cipher, bytes(sealed[:NONCE]), sealed[NONCE:], self._frame(number, is_last))

    def _frame(self, number: int, is_last: bool) -> bytes:
        return self._bound_to + struct.pack(">Q?", number, is_last)


def seal_value(key: bytes, value: str, *, bound_to: bytes, nonce: bytes) -> bytes:
    """A short text (a name, a birth date) sealed for a database column."""
    return nonce + AESGCM(key).encrypt(nonce, value.encode(), bound_to)


def open_value(key: bytes, sealed: bytes, *, bound_to: bytes) -> str:
    return _open(AESGCM(key), sealed[:NONCE], sealed[NONCE:], bound_to).decode()


def keyed_hash(key: bytes, said: bytes) -> bytes:
    """HMAC-SHA256: equal for equal content, and nothing to guess with for whoever lacks the key."""
    return hmac.new(key, said, hashlib.sha256).digest()


def derive_key(key: bytes, purpose: str) -> bytes:
    """A key of its own for each purpose, so that a search token tells nothing of a sealed name."""
    return keyed_hash(key, b"arcada " + purpose.encode())


def search_token(key: bytes, normalised: str) -> bytes:
    """16 bytes that are equal for equal prefixes under one workspace's key and mean nothing elsewhere."""
    return keyed_hash(key, normalised.encode())[:16]


def hash_token(token: str) -> bytes:
    """SHA-256 of a random token: enough, since a token has ≥ 128 bits and can't be guessed."""
    return hashlib.sha256(token.encode()).digest()


def hash_code(key: bytes, salt: bytes, code: str) -> bytes:
    """HMAC-SHA256 of a short code under a key that the database does not hold: its dump alone allows no guessing."""
    return keyed_hash(key, salt + code.encode())


def public_half(seed: bytes) -> str:
    """The public half of an Ed25519 signing key (32 bytes), in base 64."""
    return base64.b64encode(_signer(seed).public_key().public_bytes_raw()).decode()


def sign(seed: bytes, message: bytes) -> bytes:
    """The Ed25519 signature (64 bytes) of a message."""
    return _signer(seed).sign(message)


def is_signed(public: str, message: bytes, signature: bytes) -> bool:
    """Whether the key with this public half signed exactly this message."""
    try:
        # A lenient reader would skip letters that are none of base 64, and the key be shown with them.
        raw = base64.b64decode(public, validate=True)
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _signer(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed[:32])


def one_time_code(secret: bytes, step: int, digits: int) -> str:
    """The code of an authenticator app for a step of time (RFC 6238 over HMAC-SHA1, as all the apps do)."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    place = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[place : place + 4])[0] & 0x7FFFFFFF
    return str(number % 10**digits).zfill(digits)


def same(one: bytes | str, other: bytes | str) -> bool:
    """Equal, in a time that does not tell how much of it was."""
    left = one.encode() if isinstance(one, str) else one
    right = other.encode() if isinstance(other, str) else other
    return hmac.compare_digest(left, right)


def _open(cipher: AESGCM, nonce: bytes, sealed: bytes | memoryview, bound_to: bytes) -> bytes:
    try:
        if len(nonce) < NONCE:
            raise InvalidTag
        return cipher.decrypt(nonce, sealed, bound_to)
    except InvalidTag:
        raise SealBroken("The stored bytes are not the ones that were sealed.") from None
