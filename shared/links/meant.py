"""Which records a person means who types a number, a name, an id, a RecID or a Company ID."""

from dataclasses import dataclass

from shared.connectwise.errors import ConnectWiseError
from shared.links.kinds import CONNECTWISE, LinkKind, facts
from shared.links.records import Ours, Theirs
from shared.links.sides import Sides
from shared.text import fold


class UnclearError(Exception):
    """Nobody can say which record is meant, or it cannot be linked; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Left:
    """The left record that is meant.

    Attributes:
        record: None when it is gone and only its links are known.
        note: what a person should know about how the text was taken, empty when it is plain.
    """

    key: str
    record: Ours | None
    note: str = ""


async def left_meant(sides: Sides, kind: LinkKind, text: str, as_id: bool) -> Left:
    """The record with this number; an id is taken where ``as_id`` says so, or where nobody has the number.

    An agreement is named by RecID or exact name, or by the number of the contract it is linked to.

    Raises:
        UnclearError: there is none, or several have the number.
    """
    names = facts(kind)
    text = text.strip()
    is_key = names.left_shape.fullmatch(text) is not None
    if as_id:
        if not is_key:
            raise UnclearError(f"{text[:40]!r} is no {names.left_name}")
        return Left(text, (await sides.left(kind).by_keys(kind, [text])).get(text))
    found = await sides.left(kind).by_number(kind, text)
    if len(found) > 1:
        if names.left_system == CONNECTWISE:
            listed = "; ".join(record.told for record in found)
            raise UnclearError(
                f"several {names.ours} records are called {text}: {listed}; take one by its RecID"
            )
        ids = ", ".join(record.key for record in found)
        raise UnclearError(
            f"{names.ours} number {text} is there more than once: ids {ids}; take one with --id"
        )
    if found:
        return Left(found[0].key, found[0])
    if is_key:
        record = (await sides.left(kind).by_keys(kind, [text])).get(text)
        if record is not None:
            note = (
                f"no {names.ours} has the number {text}; taken as the internal id: {names.ours} {record.told}"
            )
            return Left(text, record, note)
        if (await sides.mapping.find_left(kind, text)).ever:
            has = "no RecID" if names.left_system == CONNECTWISE else "neither number nor id"
            note = f"{names.left_system} has {has} {text}; taken as the id of a {names.ours} that is gone"
            return Left(text, None, note)
    if names.left_system == CONNECTWISE:
        return await _by_its_link(sides, kind, text)
    raise UnclearError(f"e-automate has no {names.ours} with the number {text[:40]}")


async def left_known(sides: Sides, kind: LinkKind, text: str, as_id: bool) -> Left:
    """As ``left_meant``; while ConnectWise is away a RecID will do, for links are looked at and ended all the same.

    Raises:
        UnclearError: as ``left_meant``.
        ConnectWiseError: it does not answer, and the text is no RecID.
    """
    try:
        return await left_meant(sides, kind, text, as_id)
    except ConnectWiseError as error:
        if facts(kind).left_shape.fullmatch(text.strip()) is None:
            raise
        return Left(text.strip(), None, f"without names: {error}")


async def right_meant(
    sides: Sides, kind: LinkKind, ours: Ours, recid: str | None, company_id: str | None
) -> Theirs:
    """The record that may be linked to ``ours``.

    Args:
        recid: the RecID, of a contract its number with revision, or
        company_id: the Company ID, for companies only.

    Raises:
        UnclearError: there is none, it is not to be linked, or the site is of another company.
    """
    names = facts(kind)
    if (recid is None) == (company_id is None):
        if names.left_system == CONNECTWISE:
            raise UnclearError(f"name the {names.theirs} by its number, e.g. CW-40757-01")
        raise UnclearError(f"name the {names.theirs}: its RecID, or --company-id for a company")
    if company_id is not None:
        record = await _by_code(sides, kind, company_id)
    elif names.left_system == CONNECTWISE:
        record = await _numbered(sides, kind, (recid or "").strip())
    else:
        record = await _by_recid(sides, kind, ours, (recid or "").strip())
    if record.unusable:
        raise UnclearError(f"{names.theirs} {record.told} {record.unusable}")
    return record


async def other_customer(sides: Sides, agreement: Ours, contract: Theirs) -> str:
    """What to say when a contract is not of the customer that the agreement's company is linked to."""
    linked = (await sides.companies_of([contract.owner])).get(contract.owner)
    if linked == agreement.owner:
        return ""
    whose = "no company" if linked is None else f"company {linked}"
    return (
        f"contract {contract.code} is of a customer that is linked to {whose}; the agreement is of company "
        f"{agreement.owner} {agreement.of}"
    )


def check_left(kind: LinkKind, left: Left) -> Ours:
    """The record, once it is known to be of the kind.

    Raises:
        UnclearError: it is gone, or a location where a head office is wanted, or the other way round.
    """
    names = facts(kind)
    record = left.record
    if record is None:
        raise UnclearError(f"{names.left_system} has no {names.ours} with the id {left.key}")
    if kind is LinkKind.CUSTOMER_COMPANY and record.parent is not None:
        raise UnclearError(f"{record.told} is a location; a location is linked to a site (location-site)")
    if kind is LinkKind.LOCATION_SITE and record.parent is None:
        raise UnclearError(
            f"{record.told} is a head office; a head office is linked to a company (customer-company)"
        )
    return record


async def _by_its_link(sides: Sides, kind: LinkKind, number: str) -> Left:
    """The left record that is linked to the right record with this number."""
    names = facts(kind)
    found = await sides.right(kind).by_codes(kind, [number])
    for record in found:
        link = await sides.mapping.find_right(kind, record.key)
        if link is not None:
            ours = (await sides.left(kind).by_keys(kind, [link.left])).get(link.left)
            return Left(link.left, ours, f"the {names.ours} that {names.theirs} {record.told} is linked to")
    if found:
        raise UnclearError(f"{names.theirs} {found[0].told} is not linked to any {names.ours}")
    called = "RecID or exact name" if kind is LinkKind.AGREEMENT_CONTRACT else "number"
    raise UnclearError(
        f"ConnectWise has no {names.ours} with the {called} {number[:40]}, and e-automate no {names.theirs} with "
        "that number"
    )


async def _numbered(sides: Sides, kind: LinkKind, text: str) -> Theirs:
    """A contract or call by its number; digits that are nobody's number are its internal id."""
    names = facts(kind)
    found = await sides.right(kind).by_codes(kind, [text])
    if not found:
        found = list((await sides.right(kind).by_keys(kind, [text])).values())
    if found:
        return found[0]
    hint = (
        "; contract numbers have a revision, e.g. CW-40757-01" if kind is LinkKind.AGREEMENT_CONTRACT else ""
    )
    raise UnclearError(f"e-automate has no {names.theirs} with the number {text[:40]}{hint}")


async def _by_code(sides: Sides, kind: LinkKind, code: str) -> Theirs:
    if kind is not LinkKind.CUSTOMER_COMPANY:
        raise UnclearError("--company-id is for customer-company only")
    wanted = [one for one in await sides.right(kind).by_codes(kind, [code]) if fold(one.code) == fold(code)]
    if not wanted:
        raise UnclearError(f"ConnectWise has no company with the Company ID {code[:40]}")
    return min(wanted, key=lambda one: bool(one.unusable))


async def _by_recid(sides: Sides, kind: LinkKind, ours: Ours, recid: str) -> Theirs:
    names = facts(kind)
    if names.right_shape.fullmatch(recid) is None:
        raise UnclearError(
            f"{recid[:40]!r} is no {names.right_name}"
            + ("; a Company ID is given by --company-id" if kind is LinkKind.CUSTOMER_COMPANY else "")
        )
    if kind is LinkKind.LOCATION_SITE:
        home = (await sides.companies_of([ours.parent])).get(ours.parent or "")
        if home is None:
            raise UnclearError(
                f"the head office of location {ours.told} is not linked to a company; link it first: only a site of "
                "that company can be its site"
            )
        sites = await sides.right(kind).all(kind, [home])
        found = next((site for site in sites if site.key == recid), None)
        if found is None:
            known = ", ".join(f"{site.key} {site.name}" for site in sites[:10]) or "none"
            raise UnclearError(
                f"company {home}, which the head office is linked to, has no site {recid}; it has: {known}"
            )
        return found
    found = (await sides.right(kind).by_keys(kind, [recid])).get(recid)
    if found is None:
        hint = ""
        if kind is LinkKind.CUSTOMER_COMPANY and await sides.right(kind).by_codes(kind, [recid]):
            hint = f"; there is one with the Company ID {recid}: --company-id {recid}"
        raise UnclearError(f"ConnectWise has no {names.theirs} with the RecID {recid}{hint}")
    return found
