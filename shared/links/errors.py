"""What may go wrong when mapping is asked."""

from collections.abc import Sequence

from shared.links.models import Link


class MappingUnavailable(Exception):  # noqa: N818 - a state of the other side, not a fault of the request
    """Mapping could not be reached or could not answer now. Transient: the same request may be sent again."""


class MappingRefusedError(Exception):
    """Mapping understood the request and refused it.

    Attributes:
        code: ``taken``, ``separated``, ``stale``, ``changed``, ``not_linked``, ``invalid``.
        in_the_way: the links that stand against the request.
    """

    def __init__(self, code: str, message: str, in_the_way: Sequence[Link] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.in_the_way = tuple(in_the_way)
