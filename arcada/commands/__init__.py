"""The sub-commands of `arcada`, one a file: `arguments(parser)` and `run(options) -> exit code`."""
