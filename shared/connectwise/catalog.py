"""Catalog items: what a billed row says about its product is in here, its product type above all."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from shared.connectwise.client import ConnectWise
from shared.connectwise.conditions import in_lists
from shared.connectwise.paging import walk
from shared.events.records import Reference

CATALOG = "/procurement/catalog"
PRODUCT_TYPES = "/procurement/types"
CATALOG_FIELDS = ("id", "identifier", "type/id", "type/name", "unitOfMeasure/id", "unitOfMeasure/name")
KEPT_SECONDS = 300.0

Row = dict[str, Any]


class Catalog:
    """Catalog items by RecID, asked by list and kept for a short while."""

    def __init__(self, client: ConnectWise, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is asked before the first item.

        Args:
            client: of the service.
            clock: seconds, rising.
        """
        self._client = client
        self._clock = clock
        self._kept: dict[int, tuple[float, Row]] = {}

    async def items(self, ids: Iterable[int], *, fresh: bool = False) -> dict[int, Row]:
        """Items by RecID, as JSON with ``CATALOG_FIELDS``; who is gone is absent.

        Args:
            ids: RecIDs.
            fresh: ask again for those that are kept.

        Raises:
            As ``ConnectWise.get``.
        """
        wanted = set(ids)
        since = self._clock() - KEPT_SECONDS
        self._kept = {key: held for key, held in self._kept.items() if held[0] >= since}
        for condition in in_lists("id", sorted(wanted if fresh else wanted - self._kept.keys())):
            async for page in walk(self._client, CATALOG, conditions=condition, fields=CATALOG_FIELDS):
                self._kept |= {int(row["id"]): (self._clock(), row) for row in page.rows}
        return {key: self._kept[key][1] for key in wanted if key in self._kept}

    async def product_types(self) -> list[Reference]:
        """Every product type, inactive ones too.

        Raises:
            As ``ConnectWise.get``.
        """
        pages = walk(self._client, PRODUCT_TYPES, fields=("id", "name", "inactiveFlag"))
        return [Reference.model_validate(row) async for page in pages for row in page.rows]
