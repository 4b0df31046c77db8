"""A passkey in software: makes and uses one credential as a browser would, and can be made to lie."""

import json
import os
import struct
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import sha256, websafe_decode, websafe_encode
from fido2.webauthn import AttestedCredentialData

ORIGIN, HOST = "http://testserver", "testserver"


class SoftPasskey:
    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential_id = os.urandom(32)
        self.count = 0
        self.handle = b""

    def create(self, options: dict[str, Any], *, origin: str = ORIGIN, verified: bool = True) -> str:
        self.handle = websafe_decode(options["publicKey"]["user"]["id"])
        public = ES256.from_cryptography_key(self.key.public_key())  # type: ignore[no-untyped-call]
        credential = AttestedCredentialData.create(b"\0" * 16, self.credential_id, public)
        flags = 0x41 | (0x04 if verified else 0)
        data = sha256(HOST.encode()) + bytes([flags]) + struct.pack(">I", self.count) + bytes(credential)
        answer = {
            "clientDataJSON": _client("webauthn.create", options, origin),
            "attestationObject": websafe_encode(
                cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
            ),
        }
        return self._said(answer)

    def get(
        self,
        options: dict[str, Any],
        *,
        origin: str = ORIGIN,
        host: str = HOST,
        verified: bool = True,
        step: int = 1,
    ) -> str:
        self.count += step
        client = _client("webauthn.get", options, origin)
        data = (
            sha256(host.encode()) + bytes([0x01 | (0x04 if verified else 0)]) + struct.pack(">I", self.count)
        )
        signature = self.key.sign(data + sha256(websafe_decode(client)), ec.ECDSA(hashes.SHA256()))
        answer = {
            "clientDataJSON": client, "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature), "userHandle": websafe_encode(self.handle),
        }  # fmt: skip
        return self._said(answer)

    def _said(self, response: dict[str, str]) -> str:
        name = websafe_encode(self.credential_id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )


def _client(kind: str, options: dict[str, Any], origin: str) -> str:
    challenge = options["publicKey"]["challenge"]
    return websafe_encode(json.dumps({"type": kind, "challenge": challenge, "origin": origin}).encode())
