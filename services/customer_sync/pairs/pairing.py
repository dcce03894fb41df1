"""What the link, the stored RecID and an earlier creation say about a record (spec/customers.md 5.5). Pure.

The same for customers with companies, locations with sites, and employees with members.
"""

from dataclasses import dataclass

from services.customer_sync.pairs.known import Known, Left
from shared.links.kinds import LinkKind
from shared.links.models import How, Link
from shared.sync.decision import Checks


@dataclass(frozen=True, slots=True)
class Words:
    """How a kind of link is spoken about.

    Attributes:
        property: the e-automate property that holds the RecID.
        left: what the e-automate record is called.
        right: what the ConnectWise record is called.
        nowhere: said of a RecID that names nothing.
        entity: of the e-automate record, as in topics.
    """

    kind: LinkKind
    property: str
    left: str
    right: str
    nowhere: str
    entity: str = "customer"

    def link(self, left: int | str) -> str:
        """A link in the words of ``blocked_on``."""
        return f"link:{self.kind.value}:{left}"

    def own(self, left: str) -> str:
        """The e-automate record in the words of ``blocked_on``."""
        return f"record:eautomate:{self.entity}:{left}"

    def record(self, right: int) -> str:
        """The ConnectWise record in the words of ``blocked_on``."""
        return f"record:connectwise:{self.right}:{right}"


@dataclass(frozen=True, slots=True)
class Match:
    """RecID of what a record is, and how that is known; ``how`` is None when the link exists already."""

    right: int
    how: How | None


@dataclass(frozen=True, slots=True)
class NoMatch:
    """Nothing can be named; ``code`` is empty when there simply is nothing."""

    code: str = ""
    reason: str = ""
    blocked_on: tuple[str, ...] = ()


def known_pair(words: Words, customer: Left, known: Known, checks: Checks) -> Match | NoMatch | None:
    """Apply the rules that need no search, in their order of precedence: link, property, created before.

    Args:
        customer: the row as it is now; its properties count, not an older snapshot's.

    Returns:
        None when nothing is known and a search may begin.
    """
    held = customer.properties.get(words.property, "").strip()
    if known.link is not None:
        return _linked(words, customer, known, known.link, held, checks)
    if held:
        return _by_property(words, customer, known, held, checks)
    if known.intent is not None and known.intent.target is not None:
        return _created(words, customer, int(known.intent.target), known, checks)
    return None


def recid(held: str) -> int:
    """The RecID a property value names, 0 when it is none."""
    return int(held) if held.isascii() and held.isdigit() and len(held) < 10 else 0


def _created(words: Words, customer: Left, right: int, known: Known, checks: Checks) -> Match | NoMatch:
    checks.note(f"{words.right} was created before", f"{words.right} {right}")
    other = known.taken.get(right)
    if not checks.ask(
        f"{words.right} is linked to another {words.left}",
        other is None,
        f"to id {other.left}" if other else "no",
        "no",
    ):
        return NoMatch(
            "C3",
            f"{words.right} {right} was created for {words.left} {customer.number}, but is linked to the {words.left} "
            f"with id {other and other.left}. End that link, or link {words.left} {customer.number} by hand.",
            tuple(words.link(left) for left in (customer.subject, other.left if other else "")),
        )
    return Match(right, How.CREATED)


def _linked(
    words: Words, customer: Left, known: Known, link: Link, held: str, checks: Checks
) -> Match | NoMatch:
    right = int(link.right)
    checks.note("is linked", f"{words.right} {right}, by {link.how.value} of {link.by}")
    if held and held != link.right and not _repointed(words, held, link, known, checks):
        checks.ask(f"{words.property} agrees with the link", False, held, link.right)
        return _c9(words, customer, right, f"holds {held[:40]}, but the {words.left} is linked to")
    if not held and _blanked_by_hand(words, customer, known):
        checks.ask(f"{words.property} holds the RecID", False, "blank", link.right)
        # Switched there and back between two looks, a configuration has lost the value too: nobody can tell.
        how = "was blanked, by hand or by a switch of configuration there and back, although the"
        return _c9(words, customer, right, f"{how} {words.left} is linked to")
    return Match(right, None)


def _c9(words: Words, customer: Left, right: int, what: str) -> NoMatch:
    return NoMatch(
        "C9",
        f"{words.property} of {words.left} {customer.number} {what} {words.right} {right}. Write {right} back into the "
        f"property, or end the link with `tandem links unlink {words.kind.value} {customer.subject} --id --why ...`.",
        (words.own(customer.subject), words.link(customer.subject)),
    )


def _repointed(words: Words, held: str, link: Link, known: Known, checks: Checks) -> bool:
    """The property still names what a person moved the link away from."""
    applied = known.applied
    carried_out = applied is not None and str(applied.target_id) == link.right
    if carried_out or recid(held) not in known.separated:
        return False
    checks.note(f"{words.property} still names the {words.right} the link was moved away from", held)
    return True


def _blanked_by_hand(words: Words, customer: Left, known: Known) -> bool:
    """Only this value is gone, under the configuration it was stored in."""
    applied = known.applied
    return (
        applied is not None
        and applied.target_id is not None
        and applied.configuration is not None
        and applied.configuration == customer.configuration
        and words.property in customer.storable_properties
    )


def _by_property(words: Words, customer: Left, known: Known, held: str, checks: Checks) -> Match | NoMatch:
    right = recid(held)
    own = words.own(customer.subject)
    if not checks.ask(
        f"{words.property} names a {words.right}",
        right in known.rights,
        held,
        f"the RecID of a {words.right}",
    ):
        return NoMatch(
            "C8",
            f"{words.property} of {words.left} {customer.number} holds {held[:40]}, and {words.nowhere}. "
            "Correct or blank the property in e-automate.",
            (own, words.record(right)) if right else (own,),
        )
    left_over = right in known.separated and not _let_go(known)
    if not checks.ask(
        f"{words.property} is left from a link that was ended by hand",
        not left_over,
        "yes" if left_over else "no",
        "no",
    ):
        return NoMatch(
            "C3",
            f"{words.property} of {words.left} {customer.number} still names {words.right} {right}, from which somebody "
            f"separated this {words.left}; it is about to be cleared.",
            (own, words.link(customer.subject)),
        )
    other = known.taken.get(right)
    if not checks.ask(
        f"{words.right} is linked to another {words.left}",
        other is None,
        f"to id {other.left}" if other else "no",
        "no",
    ):
        return NoMatch(
            "C3",
            f"{words.property} of {words.left} {customer.number} names {words.right} {right}, which is linked to the "
            f"{words.left} with id {other and other.left}. Correct the property, or end that link.",
            (own, words.link(other.left if other else "")),
        )
    return Match(right, How.PROPERTY)


def _let_go(known: Known) -> bool:
    """Whether the end of the last link was carried out; what the property says since is a person's own word."""
    return known.applied is not None and known.applied.generation >= known.generation
