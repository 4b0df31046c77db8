"""`arcada doctor`: what is wrong or risky with an installation, each with what to do."""
