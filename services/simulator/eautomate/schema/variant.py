"""Where the reference leaves a table open, a database may be made the other way."""

from dataclasses import dataclass

from sqlalchemy import MetaData

from services.simulator.eautomate.schema.calls import call_labors, call_materials, calls
from services.simulator.eautomate.schema.contracts import contract_lines, contracts
from services.simulator.eautomate.schema.items import items
from services.simulator.eautomate.schema.metadata import METADATA


@dataclass(frozen=True, slots=True)
class Variant:
    """What a dealer's database is like.

    Attributes:
        line_audit: whether contract lines carry audit columns and a rowversion.
        one_item_code: whether the server refuses an item that has not exactly one of inventory and expense code.
        acknowledgement: whether contracts have ``MessReqAcknowledgment``.
        call_description: width of a call's ``Description``; 255 in older releases.
        labor_audit: whether labour and materials of calls carry audit columns and a rowversion.
        cleared: code of the call status "Ready to review".
        canceled: code of the call status "Canceled".
    """

    line_audit: bool = True
    one_item_code: bool = True
    acknowledgement: bool = True
    call_description: int = 2048
    labor_audit: bool = True
    cleared: str = "CLR"
    canceled: str = "X"


def variant(like: Variant) -> MetaData:
    """The tables of such a database."""
    if like == Variant():
        return METADATA
    made = MetaData(schema=METADATA.schema)
    contracts(made, acknowledgement=like.acknowledgement)
    contract_lines(made, audited=like.line_audit)
    items(made, one_code=like.one_item_code)
    calls(made, description=like.call_description)
    call_labors(made, audited=like.labor_audit)
    call_materials(made, audited=like.labor_audit)
    for table in METADATA.sorted_tables:
        if table.key not in made.tables:
            table.to_metadata(made)
    return made
