"""``python -m worker`` is ``enrichd``."""

from worker.cli import main

main()
