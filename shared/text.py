"""How texts that people type compare (spec/customers.md 5.5). Pure."""

import unicodedata


def fold(text: str) -> str:
    """A number, name or caption as it compares: letter case, outer blanks and invisible characters do not count.

    People paste; what they see is what must match (reference connectwise 8, 41).
    """
    visible = text if text.isascii() else "".join(one for one in text if unicodedata.category(one) != "Cf")
    return visible.strip().casefold()
