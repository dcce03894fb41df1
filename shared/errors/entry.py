"""One kind of error."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """One kind of error.

    Attributes:
        wakes: what heals it at once when it comes about; everything else is tried every 15 minutes.
    """

    code: str
    title: str
    meaning: str
    mend: str
    wakes: str = ""
