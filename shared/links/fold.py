"""Folds link messages into two dictionaries. Pure: order of arrival does not matter, revisions do."""

from pydantic import ValidationError

from shared.links.kinds import LinkKind
from shared.links.models import Link

Side = tuple[LinkKind, str]


class LinkFold:
    """The newest state of every link seen, by left and by right."""

    def __init__(self) -> None:
        self._states: dict[Side, Link] = {}
        self._rights: dict[Side, Link] = {}
        self.malformed = 0

    def by_left(self, kind: LinkKind, left: str) -> Link | None:
        """The link that holds for a left record."""
        link = self._states.get((kind, left))
        return link if link is not None and link.active else None

    def by_right(self, kind: LinkKind, right: str) -> Link | None:
        """The link that holds for a right record."""
        return self._rights.get((kind, right))

    def generation(self, kind: LinkKind, left: str) -> int:
        """How often a link of this left record has been ended."""
        link = self._states.get((kind, left))
        return 0 if link is None else link.generation

    def __len__(self) -> int:
        return len(self._rights)

    def apply(self, link: Link) -> bool:
        """Take in a state of a link.

        Returns:
            False when a state of equal or higher revision is known for its left record.
        """
        side = (link.kind, link.left)
        known = self._states.get(side)
        if known is not None and known.version >= link.version:
            return False
        self._states[side] = link
        if known is not None and known.active:
            self._let_go(known)
        if link.active:
            self._take_right(link)
        return True

    def apply_value(self, value: bytes | None) -> Link | str | None:
        """Take in a message's value.

        Returns:
            The link if it was news, None if it was not, and what is wrong with one that cannot be read; those are
            counted.
        """
        if value is None:
            self.malformed += 1
            return "the message has no value"
        try:
            link = Link.model_validate_json(value)
        except ValidationError as error:
            self.malformed += 1
            first = error.errors()[0]
            return f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}"
        return link if self.apply(link) else None

    def _take_right(self, link: Link) -> None:
        # The end of the right's former link may arrive later than its new link (they have different keys and
        # the topic is compacted): the higher revision has the right.
        side = (link.kind, link.right)
        holder = self._rights.get(side)
        if holder is None or holder.version < link.version:
            self._rights[side] = link

    def _let_go(self, link: Link) -> None:
        side = (link.kind, link.right)
        holder = self._rights.get(side)
        if holder is not None and holder.left == link.left:
            del self._rights[side]
