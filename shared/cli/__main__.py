"""``python -m shared.cli``: the ``tandem`` command."""

from shared.cli.main import main

main()
