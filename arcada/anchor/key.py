"""The key that signs checkpoints: ARCADA_AUDIT_KEY_FILE, else audit.key beside the master key, made when missing."""

from arcada.config.env import Env
from arcada.core.sealing import public_half


def public_key_of(env: Env) -> str:
    """The public half, in base64: what an auditor keeps. It never comes from the database, which is what is checked."""
    return public_half(env.audit_key())
