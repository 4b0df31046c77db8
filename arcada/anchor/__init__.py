"""Checkpoints of the audit, written where Arcada itself can't take them back."""
