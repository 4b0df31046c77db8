"""`python -m arcada` is the command `arcada`."""

import sys

from arcada.cli import main

sys.exit(main())
