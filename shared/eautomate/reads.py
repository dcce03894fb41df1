"""What the parts of the port that read share."""

from sqlalchemy.ext.asyncio import AsyncEngine

from shared.eautomate.codes import Codes
from shared.eautomate.probe import Probe
from shared.eautomate.schema_reader import Shape
from shared.eautomate.tables import Tables


class Reads:
    """The database as it is found."""

    engine: AsyncEngine
    tables: Tables
    _probe: Probe
    _codes: Codes

    def __init__(self) -> None:
        self._shape: Shape | None = None

    async def _columns(self) -> Shape:
        """Which columns there are; asked once."""
        if self._shape is None:
            self._shape = await self._probe.shape()
        return self._shape
