"""What is wrong at this dealer before Tandem is started: each trap is mended by a person in the course of the morning."""

from dataclasses import dataclass
from typing import Any

import httpx

from services.simulator.eautomate.client import Client

CONFIGURATION = "ConnectWise"
BARE, TWINS, STRAY, BY_HAND, BARE_SITE = "ZZ99", "TW01", "SB01", "MH01", "ZZ99-TOL"


@dataclass(frozen=True, slots=True)
class Traps:
    """RecIDs of the companies that the traps are about.

    Attributes:
        twin: the wrong one of two candidates.
        stray: the company with somebody else's number in its Account ID.
        right: the company the stray number should have been in.
    """

    twin: int
    stray: int
    right: int


def set_traps(people: Client, control: httpx.Client) -> Traps:
    """Enter the customers and the companies."""
    _customer(people, BARE, "Zanzibar Zithers Inc.", "Toledo", configured=False)
    people.add_location(
        BARE,
        BARE_SITE,
        "Zanzibar Zithers - Toledo plant",
        Address="77 Dock Street",
        City="Toledo",
        State="OH",
        Phone1="419-555-0198",
    )
    people.assign_configuration(BARE_SITE, CONFIGURATION)
    _customer(people, TWINS, "Twin Lakes Dental", "Akron")
    _customer(people, STRAY, "Sunny Bakery", "Kent")
    _company(control, "TW01", "Twin Lakes Dental")
    twin = _company(control, "TWINOLD", "Twin Lakes Dentistry (closed)", accountNumber=TWINS)
    stray = _company(control, "SUNDALE", "Sundale Brakes", accountNumber=STRAY, phoneNumber="330-555-0911")
    right = _company(control, "SUNBAKE", "Sunny Bakery")
    maple = _company(control, "MAPLEHW", "Maple Hardware & Supply")
    _customer(people, BY_HAND, "Maple Hardware", "Ravenna")
    people.set_property(BY_HAND, "ZCJ_CW_CompanyID", str(maple))
    return Traps(twin, stray, right)


def edit_company(control: httpx.Client, company: int, **changes: Any) -> None:
    """Somebody edits a company in ConnectWise."""
    control.post(f"/human/company/{company}", json={"changes": changes}).raise_for_status()


def _customer(people: Client, number: str, name: str, city: str, *, configured: bool = True) -> None:
    people.add_customer(
        number, name, Address="9 Harbor Road", City=city, State="OH", Zip="44240", Phone1="330-555-0101"
    )
    if configured:
        people.assign_configuration(number, CONFIGURATION)


def _company(control: httpx.Client, identifier: str, name: str, **more: Any) -> int:
    record = {
        "identifier": identifier, "name": name, "site": {"name": "Main"}, "addressLine1": "unknown",
        "types": [{"id": 1}], **more,
    }  # fmt: skip
    answer = control.post("/human/company", json={"record": record}).raise_for_status()
    return int(answer.json()["id"])
