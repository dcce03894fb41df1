"""``python -m shared.errors`` prints the page."""

import sys

from shared.errors import as_markdown

sys.stdout.write(as_markdown())
