"""Signing in: second factors, sessions, devices, limits on guessing, and the change of a mail address."""
