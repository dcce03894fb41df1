"""The scenes of the morning: what a person does, and whose outcome is waited for."""

from collections.abc import Sequence

from services.simulator.demo.dealer import Row, customers
from services.simulator.demo.playing import Scene
from services.simulator.demo.traps import (
    BARE,
    BARE_SITE,
    CONFIGURATION,
    STRAY,
    TWINS,
    Traps,
    edit_company,
)
from services.simulator.stage import Stage


def scenes(stage: Stage, traps: Traps) -> list[Scene]:
    """The morning, in order."""
    people, control = stage.people, stage.control
    rows = customers(stage.eautomate_file)
    edited = next(row for row in rows if row.recid and not row.parent and not row.special)
    held = next(row for row in rows if row.recid and not row.parent and not row.special and row != edited)
    site = next(row for row in rows if row.recid and row.parent and not row.special)

    def edit() -> None:
        people.save_customer(edited.number, CustomerName=f"{edited.name[:40]} & Sons", Phone1="330-555-0142")

    def add() -> None:
        people.add_customer(
            "NEW01", "Newport Optics LLC", Address="1 Lens Way\nSuite 5", City="Akron", State="OH",
            Phone1="330-555-0177",
        )  # fmt: skip
        people.assign_configuration("NEW01", CONFIGURATION)

    def unlink() -> str:
        return stage.tandem(
            "links", "unlink", "customer-company", STRAY, "--restore", "--yes", "--by", "jo",
            "--why", "Sundale Brakes is somebody else",
        )  # fmt: skip

    def correct() -> None:
        edit_company(control, traps.stray, accountNumber="")
        edit_company(control, traps.right, accountNumber=STRAY)

    return [
        Scene(
            "The office manager corrects a name and a phone number in e-automate", edit, heals=[edited.number]
        ),
        Scene("She adds a new customer", add, heals=["NEW01"]),
        Scene(
            f"She gives customer {BARE} the configuration it lacked; its location follows by itself",
            lambda: people.assign_configuration(BARE, CONFIGURATION),
            heals=[BARE, BARE_SITE],
        ),
        Scene(
            f"In ConnectWise somebody clears {TWINS} from the Account ID of the closed company",
            lambda: edit_company(control, traps.twin, accountNumber=""),
            heals=[TWINS],
        ),
        Scene(
            f"Sundale Brakes carries the number of customer {STRAY}: the dispatcher ends that link, Tandem puts back "
            "what it wrote there",
            unlink,
            refuses=[STRAY],
        ),
        Scene(
            "... and corrects both Account IDs in ConnectWise; the right company is found",
            correct,
            heals=[STRAY],
        ),
        Scene(
            f"Accounting puts customer {held.number} on credit hold",
            lambda: people.put_on_hold(held.number, "CH"),
            heals=[held.number],
        ),
        Scene("... and releases it an hour later", lambda: people.release(held.number), heals=[held.number]),
        Scene(
            f"She puts location {site.number} on credit hold: a site has no place for that",
            lambda: people.put_on_hold(site.number, "CH"),
            heals=[site.number],
        ),
        Scene(
            "... releases it, and it moves across the street",
            lambda: people.save_customer(
                site.number, Hold=0, OnHoldCodeID=None, Address="2 Other Side Street", Phone1="330-555-0166"
            ),
            heals=[site.number],
        ),
    ]


def expected(rows: Sequence[Row]) -> set[str]:
    """Records that must have an outcome before the first scene is over."""
    return {f"eautomate/customer/{row.customer_id}" for row in rows}
