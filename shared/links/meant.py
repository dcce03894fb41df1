"""Which records a person means who types a number, an id, a RecID or a Company ID."""

from dataclasses import dataclass

from shared.links.kinds import LinkKind, facts
from shared.links.records import Ours, Theirs
from shared.links.scoring import fold
from shared.links.sides import Sides


class UnclearError(Exception):
    """Nobody can say which record is meant, or it cannot be linked; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Left:
    """The e-automate record that is meant.

    Attributes:
        record: None when it is gone from e-automate and only its links are known.
        note: what a person should know about how the text was taken, empty when it is plain.
    """

    key: str
    record: Ours | None
    note: str = ""


async def left_meant(sides: Sides, kind: LinkKind, text: str, as_id: bool) -> Left:
    """The record with this number; an id is taken where ``as_id`` says so, or where nobody has the number.

    Raises:
        UnclearError: there is none, or several have the number.
    """
    names = facts(kind)
    text = text.strip()
    is_key = names.left_shape.fullmatch(text) is not None
    if as_id:
        if not is_key:
            raise UnclearError(f"{text[:40]!r} is no {names.left_name}")
        return Left(text, (await sides.ours.by_keys(kind, [text])).get(text))
    found = await sides.ours.by_number(kind, text)
    if len(found) > 1:
        ids = ", ".join(record.key for record in found)
        raise UnclearError(
            f"{names.ours} number {text} is there more than once: ids {ids}; take one with --id"
        )
    if found:
        return Left(found[0].key, found[0])
    if is_key:
        record = (await sides.ours.by_keys(kind, [text])).get(text)
        if record is not None:
            note = (
                f"no {names.ours} has the number {text}; taken as the internal id: {names.ours} {record.told}"
            )
            return Left(text, record, note)
        if (await sides.mapping.find_left(kind, text)).ever:
            note = (
                f"e-automate has neither number nor id {text}; taken as the id of a {names.ours} that is gone"
            )
            return Left(text, None, note)
    raise UnclearError(f"e-automate has no {names.ours} with the number {text[:40]}")


async def right_meant(
    sides: Sides, kind: LinkKind, ours: Ours, recid: str | None, company_id: str | None
) -> Theirs:
    """The ConnectWise record that may be linked to ``ours``.

    Args:
        recid: the RecID, or
        company_id: the Company ID, for companies only.

    Raises:
        UnclearError: there is none, it is not to be linked, or the site is of another company.
    """
    names = facts(kind)
    if (recid is None) == (company_id is None):
        raise UnclearError(f"name the {names.theirs}: its RecID, or --company-id for a company")
    if company_id is not None:
        record = await _by_code(sides, kind, company_id)
    else:
        record = await _by_recid(sides, kind, ours, (recid or "").strip())
    if record.unusable:
        raise UnclearError(f"{names.theirs} {record.told} {record.unusable}")
    return record


def check_left(kind: LinkKind, left: Left) -> Ours:
    """The record, once it is known to be of the kind.

    Raises:
        UnclearError: it is gone, or a location where a head office is wanted, or the other way round.
    """
    names = facts(kind)
    record = left.record
    if record is None:
        raise UnclearError(f"e-automate has no {names.ours} with the id {left.key}")
    if kind is LinkKind.CUSTOMER_COMPANY and record.parent is not None:
        raise UnclearError(f"{record.told} is a location; a location is linked to a site (location-site)")
    if kind is LinkKind.LOCATION_SITE and record.parent is None:
        raise UnclearError(
            f"{record.told} is a head office; a head office is linked to a company (customer-company)"
        )
    return record


async def _by_code(sides: Sides, kind: LinkKind, code: str) -> Theirs:
    if kind is not LinkKind.CUSTOMER_COMPANY:
        raise UnclearError("--company-id is for customer-company only")
    wanted = [one for one in await sides.theirs.by_codes(kind, [code]) if fold(one.code) == fold(code)]
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
        sites = await sides.theirs.all(kind, [home])
        found = next((site for site in sites if site.key == recid), None)
        if found is None:
            known = ", ".join(f"{site.key} {site.name}" for site in sites[:10]) or "none"
            raise UnclearError(
                f"company {home}, which the head office is linked to, has no site {recid}; it has: {known}"
            )
        return found
    found = (await sides.theirs.by_keys(kind, [recid])).get(recid)
    if found is None:
        hint = ""
        if kind is LinkKind.CUSTOMER_COMPANY and await sides.theirs.by_codes(kind, [recid]):
            hint = f"; there is one with the Company ID {recid}: --company-id {recid}"
        raise UnclearError(f"ConnectWise has no {names.theirs} with the RecID {recid}{hint}")
    return found
