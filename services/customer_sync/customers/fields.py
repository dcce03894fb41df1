"""The field map: e-automate customer to ConnectWise company (spec/customers.md 5.6). Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from shared.events.records import Company, Customer

IDENTIFIER_MOST = 25
ACCOUNT_MOST = 41


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One field of a company: what settings call it, what the wire calls it, how long it may be."""

    name: str
    wire: str
    longest: int


FIELDS = (
    FieldRule("name", "name", 50),
    FieldRule("address", "addressLine1", 50),
    FieldRule("address", "addressLine2", 50),
    FieldRule("city", "city", 50),
    FieldRule("state", "state", 50),
    FieldRule("zip", "zip", 12),
    FieldRule("phone", "phoneNumber", 30),
    FieldRule("fax", "faxNumber", 30),
    FieldRule("website", "website", 255),
)


def identifier(number: str) -> str:
    """Company ID for a customer number: letters and digits only (spec/customers.md 5.6); accents are left off."""
    return re.sub(r"[^A-Za-z0-9]", "", unicodedata.normalize("NFKD", number))


def split_address(address: str) -> tuple[str, str]:
    """First line, and the rest joined; e-automate keeps all lines in one field."""
    lines = [line.strip() for line in address.splitlines() if line.strip()]
    return (lines[0], ", ".join(lines[1:])) if lines else ("", "")


def wanted(customer: Customer) -> tuple[dict[str, str], list[str]]:
    """Company fields a customer asks for, by wire name, and what had to be cut.

    A blank value is left out: it never blanks a filled one (spec/customers.md 5.6).
    """
    line1, line2 = split_address(customer.address)
    values = {
        "name": customer.name,
        "addressLine1": line1,
        "addressLine2": line2,
        "city": customer.city,
        "state": customer.state,
        "zip": customer.zip,
        "phoneNumber": customer.phone1,
        "faxNumber": customer.fax,
        "website": customer.website,
    }
    result: dict[str, str] = {}
    cuts: list[str] = []
    for rule in FIELDS:
        value = values[rule.wire].strip()
        if len(value) > rule.longest:
            cuts.append(f"{rule.name} cut at {rule.longest} of {len(value)} characters")
            value = value[: rule.longest].rstrip()
        if value:
            result[rule.wire] = value
    return result, cuts


def has_address(customer: Customer) -> bool:
    """Whether a company can be created: ConnectWise demands one part of an address (connectwise-entities 6.1)."""
    return any(part.strip() for part in (customer.address, customer.city, customer.state, customer.zip))


def differing(
    customer: Customer, company: Company, suppressed: Collection[str]
) -> dict[str, tuple[str, str]]:
    """Fields to change by wire name: (there now, wanted); suppressed fields never."""
    fields, _ = wanted(customer)
    keep = {rule.wire for rule in FIELDS if rule.name in suppressed}
    result = {}
    for wire, value in fields.items():
        now = getattr(company, wire) or ""
        if wire not in keep and plain(now) != plain(value):
            result[wire] = (now, value)
    # A second line belongs to the first: beside another street it would make an address nobody lives at.
    if "addressLine1" in result and "addressLine2" not in fields and plain(company.addressLine2 or ""):
        result["addressLine2"] = (company.addressLine2 or "", "")
    return result


def body(
    customer: Customer, site_name: str, type_id: int, references: Mapping[str, int | None]
) -> dict[str, Any]:
    """The company to create; the number goes into Company ID and Account ID so that both rules match it.

    Args:
        references: RecIDs by field name (``status``, ``territory``); None leaves it to ConnectWise.
    """
    fields, _ = wanted(customer)
    extra = {name: {"id": ident} for name, ident in references.items() if ident is not None}
    return {
        "identifier": identifier(customer.number),
        "accountNumber": customer.number.strip(),
        "site": {"name": site_name},
        "types": [{"id": type_id}],
        **fields,
        **extra,
    }


def plain(text: str) -> str:
    """A text as it compares: blanks and line breaks do not count."""
    # ConnectWise may keep trailing blanks and fold line breaks; neither is a difference.
    return " ".join(text.split())
