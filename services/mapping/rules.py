"""What may be linked and unlinked (spec/customers.md 5.5). Pure: no clock, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared.links.kinds import LinkKind
from shared.links.models import (
    FoundLeft,
    How,
    Link,
    Made,
    MadeStatus,
    MakeLink,
    Problem,
    Repoint,
    Unlink,
)

Side = tuple[LinkKind, str]

# Matching by equal numbers is what joined a wrongly linked pair; it must not join it a second time. A filled
# property is a person's own word, and a created company cannot have been separated.
_MATCHED = frozenset({How.COMPANY_ID, How.ACCOUNT_ID, How.EMPLOYEE_NUMBER})


@dataclass(slots=True)
class Known:
    """What is stored about the records a request names.

    Attributes:
        by_left: the links that hold, by left record.
        by_right: the same by right record.
        ended: the ended links of each left record, newest first.
    """

    by_left: dict[Side, Link] = field(default_factory=dict)
    by_right: dict[Side, Link] = field(default_factory=dict)
    ended: dict[Side, list[Link]] = field(default_factory=dict)

    def add(self, link: Link) -> None:
        """Take in a link that holds."""
        self.by_left[link.kind, link.left] = link
        self.by_right[link.kind, link.right] = link

    def generation(self, kind: LinkKind, left: str) -> int:
        """How often a link of this left record has been ended."""
        return max((link.generation for link in self.ended.get((kind, left), ())), default=0)

    def separated(self, kind: LinkKind, left: str) -> tuple[str, ...]:
        """The rights a person separated left from and nobody joined again."""
        return separated(self.by_left.get((kind, left)), self.ended.get((kind, left), ()))

    def about(self, kind: LinkKind, left: str) -> FoundLeft:
        """Everything about one left record, as it is answered."""
        link, ended = self.by_left.get((kind, left)), self.ended.get((kind, left), [])
        return FoundLeft(
            left=left,
            link=link,
            generation=self.generation(kind, left),
            ever=link is not None or bool(ended),
            separated=self.separated(kind, left),
        )


def separated(current: Link | None, ended: Iterable[Link]) -> tuple[str, ...]:
    """The rights that people separated from a left record, sorted.

    A person's last word on a pair counts: linking it by hand again lifts the separation, whatever ended that
    link later. The link that holds is never separated.
    """
    last: dict[str, tuple[int, bool]] = {}

    def said(right: str, revision: int, apart: bool) -> None:
        if revision > last.get(right, (0, False))[0]:
            last[right] = (revision, apart)

    for link in ended:
        if link.how is How.BY_HAND:
            said(link.right, link.revision, apart=False)
        if link.ending is not None and link.ending.by_hand:
            said(link.right, link.ending.revision, apart=True)
    if current is not None:
        said(current.right, current.revision, apart=False)
    return tuple(sorted(right for right, (_, apart) in last.items() if apart))


def refuse_make(request: MakeLink, known: Known) -> Made | None:
    """Decide a request to make a link.

    Returns:
        The answer when nothing is to be made (the link exists, or the request is refused); None: make it.
    """
    kind, left, right = request.kind, request.left, request.right
    mine, theirs = known.by_left.get((kind, left)), known.by_right.get((kind, right))
    if mine is not None and mine.right == right:
        return Made(status=MadeStatus.EXISTING, link=mine)
    in_the_way = tuple(link for link in (mine, theirs) if link is not None)
    if in_the_way:
        return Made(status=MadeStatus.TAKEN, in_the_way=in_the_way, message=_taken(request, in_the_way))
    generation = known.generation(kind, left)
    if request.generation is not None and request.generation != generation:
        return Made(
            status=MadeStatus.STALE,
            message=f"{kind} {left} was unlinked since this was decided "
            f"(generation {request.generation}, now {generation}); look again",
        )
    if request.how in _MATCHED and right in known.separated(kind, left):
        apart = tuple(link for link in known.ended[kind, left] if link.right == right)[:1]
        return Made(
            status=MadeStatus.SEPARATED,
            in_the_way=apart,
            message=f"{kind} {left} and {right} were separated by hand; only a person can link them again",
        )
    return None


def _taken(request: MakeLink | Repoint, in_the_way: Sequence[Link]) -> str:
    named = " and ".join(f"{link.left} is linked to {link.right}" for link in in_the_way)
    return f"{request.kind} {request.left} cannot be linked to {request.right}: {named}; unlink that first"


def decide_unlink(request: Unlink, current: Link | None, ended: Sequence[Link]) -> Link | Problem:
    """Decide a request to end a link.

    Args:
        current: the link that holds for the left record.
        ended: its ended links, newest first.

    Returns:
        The link to end (it is active), or the ended one when this is a repeat, or why it is refused
        (``not_linked``, ``changed``).
    """
    if current is not None and request.revision in {None, current.revision}:
        return current
    if request.revision is None:
        if ended:
            return ended[0]
    else:
        for link in ended:
            if link.revision == request.revision:
                return link
    if current is None:
        return Problem(code="not_linked", message=f"{request.kind} {request.left} is not linked")
    return Problem(
        code="changed",
        message=f"{request.kind} {request.left} is linked to {current.right} by revision {current.revision}, "
        f"not {request.revision}; look again",
        in_the_way=(current,),
    )


def decide_repoint(request: Repoint, current: Link | None, theirs: Link | None) -> Link | Problem:
    """Decide a request to move a link to another right record.

    Args:
        current: the link that holds for the left record.
        theirs: the link that holds for the right record asked for.

    Returns:
        The link to move (when its right is already the one asked for, this is a repeat), or why it is refused
        (``not_linked``, ``taken``).
    """
    if current is None:
        message = f"{request.kind} {request.left} is not linked; make a link instead"
        return Problem(code="not_linked", message=message)
    if theirs is not None and theirs.left != request.left:
        return Problem(code="taken", message=_taken(request, (theirs,)), in_the_way=(theirs,))
    return current
