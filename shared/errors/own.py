"""About messages (``E``) and about Tandem itself (``X``)."""

from shared.errors.entry import CatalogueEntry

ENTRIES = (
    CatalogueEntry(
        "E1",
        "Unreadable message",
        "A message on a topic is not a record Tandem understands; the reason names the field or header.",
        "Find who wrote it: only Tandem's connectors write change topics. `tandem dlq show` has the bytes.",
    ),
    CatalogueEntry(
        "E2",
        "Record too large",
        "The record is larger than a message may be (4 MiB).",
        "Shorten the field that is named in the source system.",
        "the record",
    ),
    CatalogueEntry(
        "X1",
        "Unexpected error",
        "Tandem met a situation it has no rule for. The record waits; the next ones go on.",
        "Report it with the dead letter's text, then `tandem cases retry`.",
    ),
    CatalogueEntry(
        "X2",
        "Record keeps moving",
        "Each time Tandem was about to write, the record had been changed by somebody else since it was read.",
        "Find what saves the record over and over (an import, another integration), then `tandem cases retry`.",
        "the record",
    ),
)
