"""A month-end: what ConnectWise invoiced is what e-automate bills, to the cent."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from rich.console import Console
from rich.rule import Rule

from services.simulator.demo import billed
from services.simulator.demo.billing import (
    COMPLIANCE,
    EARLY,
    EXTENDED,
    PAYER,
    PRORATED,
    UNTYPED,
    Books,
    add,
    agree,
    edit,
    invoice,
    item_id,
    multiplies_out_to,
    paying_company,
)
from services.simulator.demo.dealer import customers, seed_connectwise, seed_eautomate
from services.simulator.demo.feed import Feed
from services.simulator.demo.playing import Playing, Scene, verdict
from services.simulator.demo.story import Story
from services.simulator.demo.traps import CONFIGURATION
from services.simulator.stage import ALL, Stage

AGREEMENTS = 30
PAYING = (0, 1, 4)
"""Places of the agreements whose customers pay at once."""
MISTYPED, CORRECTED = "**CW Complience-01", f"**CW {COMPLIANCE}-01"
SETTINGS = {
    "TANDEM_AGREEMENT_SYNC__DEFAULT_CONTRACT_TEMPLATE": "**CW Default-01",
    "TANDEM_AGREEMENT_SYNC__SERVICE_ITEM": "CW-SERVICE",
    "TANDEM_AGREEMENT_SYNC__REQUIRE_ACKNOWLEDGEMENT": "No",
    "TANDEM_AGREEMENT_SYNC__PUSH_CONTRACT_NUMBER": "Yes",
    "TANDEM_AGREEMENT_SYNC__PUSH_INVOICE_NUMBER": "Yes",
    "TANDEM_AGREEMENT_SYNC__PUSH_INVOICE_NUMBER_FIELD": "ERP Doc No",
    "TANDEM_AGREEMENT_SYNC__RENUMBER_INVOICES": "Yes",
    "TANDEM_AGREEMENT_SYNC__PUSH_PAID": "Yes",
}


async def month_end(stage: Stage, console: Console) -> int:
    """Play it; how much does not agree at the end, or did not come in time."""
    story = Story(console, ("connectwise/invoice/",))
    books = Books()
    feed = await Feed(stage.bootstrap_servers, stage.prefix).start()
    playing = Playing(
        stage, console, story, feed, lambda number: f"connectwise/invoice/{books.invoices[number]}"
    )
    try:
        console.print(Rule(f"Month-end: {AGREEMENTS} agreements are invoiced", align="left"))
        ready = await _customers_are_mapped(playing)
        harbor = _set_up(stage, books)
        late = [] if ready else ["the customers"]
        late += [scene.heading for scene in _scenes(stage, books, harbor) if not await playing.scene(scene)]
        table, wrong = billed.compare(billed.pairs(stage, books))
    finally:
        await feed.stop()
    playing.command("explain", "invoice", books.current[EXTENDED])
    playing.command("report", "agreements", "--out", str(stage.reports / "agreements.html"))
    console.print()
    console.print(table)
    return verdict(console, wrong, late, "invoices", f"{len(books.current)} invoices, to the cent")


async def _customers_are_mapped(playing: Playing) -> bool:
    """Month-end begins with customers that have companies; played alone, the act sees to that first."""
    stage = playing.stage
    if stage.running(ALL):
        return True
    seed_eautomate(stage.eautomate_file)
    seed_connectwise(stage.control, stage.eautomate_file)
    stage.run()
    return await playing.settled(lambda: len(_mapped(stage)) >= AGREEMENTS + 1)


def _mapped(stage: Stage) -> list[str]:
    rows = customers(stage.eautomate_file)
    return [row.number for row in rows if row.recid and not row.parent and not row.special]


def _set_up(stage: Stage, books: Books) -> int:
    """Agreements with what is awkward about them; RecID of the company that pays for another."""
    people = stage.people
    mapped = set(_mapped(stage))
    rows = customers(stage.eautomate_file)
    books.agreed = agree(stage, [row for row in rows if row.number in mapped], AGREEMENTS, _month(-1))
    add(stage, books.agreed[PRORATED], item_id(stage, "SUB-EDR"), Decimal(10), Decimal("4.25"), _month(0, 15))
    harbor = paying_company(stage)
    edit(stage, "agreement", books.agreed[PAYER].key, billToCompany={"id": harbor})
    people.add_item(f"**CWBase {COMPLIANCE}", COMPLIANCE, like="**CWBase Managed Services")
    pattern = people.contract("**CW Managed Services-01")
    copied = ("BillCodeID", "SumIndividualBaseRates", "BaseDistributionCodeID", "ReportDefinitionGroupID")
    dealer = next(row.number for row in rows if row.special == "the dealer")
    people.add_contract(dealer, MISTYPED, "MIT", Bill=0, **{name: pattern[name] for name in copied})
    return harbor


def _scenes(stage: Stage, books: Books, harbor: int) -> list[Scene]:
    people = stage.people
    before: list[str] = []
    taken: list[str] = []
    refused: list[str] = []
    awkward: list[str] = []
    current: list[str] = []
    of: dict[int, list[str]] = {place: [] for place in range(AGREEMENTS)}

    def contract(place: int) -> str:
        return billed.contract_number(stage, books.agreed[place].key)

    def last_month() -> None:
        number, books.invoices[number] = invoice(stage, books.agreed[EARLY], _month(-1))
        before.append(number)

    def too_soon() -> str:
        number = contract(EARLY)
        first = people.bill(number, on=_month(-1))
        people.save_contract(number, Bill=1)
        return f"e-automate: {number} billed as {first} and {people.bill(number, on=_month(0))}"

    def month() -> None:
        for place in range(AGREEMENTS):
            number, books.invoices[number] = invoice(stage, books.agreed[place], _month(0))
            books.current[place] = number
            of[place].append(number)
            current.append(number)
            (refused if place in {PAYER, EARLY} else taken).append(number)
            awkward.extend([number] if place in {EXTENDED, PRORATED, UNTYPED} else [])
        multiplies_out_to(stage, books.invoices[books.current[EXTENDED]], "SUB-MAIL", Decimal(25))

    def harbor_is_a_customer() -> None:
        people.add_customer("HARB01", "Harbor Holdings", City="Akron", State="OH", Phone1="330-555-0133")
        people.assign_configuration("HARB01", CONFIGURATION)
        edit(stage, "company", harbor, accountNumber="HARB01")

    def void() -> str:
        (wrong,) = [
            row for row in people.contract_invoices(contract(EARLY)) if row["InvoiceNumber"] not in before
        ]
        people.void_and_reset(wrong["InvoiceNumber"])
        return f"e-automate: {wrong['InvoiceNumber']} is void, the contract is back to before it"

    def spelt_right() -> str:
        people.rename_contract(MISTYPED, CORRECTED)
        people.terminate_contract(contract(UNTYPED))
        return stage.tandem(
            "links", "unlink", "agreement-contract", str(books.agreed[UNTYPED].key), "--yes", "--by", "jo",
            "--why", "made from the default template",
        )  # fmt: skip

    def bill() -> str:
        made = [people.bill(contract(place), on=_month(0)) for place in range(AGREEMENTS)]
        return f"e-automate: {len(made)} contracts billed, {made[0]} to {made[-1]}"

    def pay() -> str:
        paid = [books.current[place] for place in PAYING]
        return "e-automate: " + ", ".join(f"receipt {people.receive(number)} for {number}" for number in paid)

    def all_agree() -> bool:
        return not any(pair.fault for pair in billed.pairs(stage, books))

    def all_paid() -> bool:
        found = billed.pairs(stage, books)
        return all(found[place].balance == 0 for place in PAYING)

    early = books.agreed[EARLY].customer
    return [
        Scene(f"Last month's invoice of customer {early} arrives first", last_month, heals=before),
        Scene(
            "She bills it in e-automate, and this month too, before its invoice is there",
            too_soon,
            heals=before,
        ),
        Scene(
            f"{AGREEMENTS} agreements are invoiced in ConnectWise",
            month,
            heals=taken,
            refuses=refused,
            crowded=True,
            always=awkward,
        ),
        Scene(
            "Who pays for one of them becomes a customer; the invoice heals by itself",
            harbor_is_a_customer,
            heals=of[PAYER],
        ),
        Scene(
            f"She voids and resets what she billed too soon for {early}; ConnectWise is not touched",
            void,
            heals=of[EARLY],
        ),
        Scene(
            f"She corrects the template's number and ends the link; a new contract is made from {CORRECTED}",
            spelt_right,
            heals=of[UNTYPED],
        ),
        Scene("She bills the month", bill, heals=current, until=all_agree, crowded=True),
        Scene("Three customers pay", pay, until=all_paid),
    ]


def _month(offset: int, day: int = 1) -> date:
    first = datetime.now(UTC).date().replace(day=1)
    for _ in range(-offset):
        first = (first - timedelta(days=1)).replace(day=1)
    return first.replace(day=day)
