"""What people are told of an invoice: by the same rules that carry it out, and without writing anything."""

from datetime import date
from decimal import Decimal

import pytest

from services.agreement_sync.asking import RELEASE
from services.agreement_sync.desk.looking import Looking, SeenNow
from services.agreement_sync.desk.pages import queue, totals
from services.agreement_sync.desk.preview import planned
from services.agreement_sync.desk.told import Explained, explained, of_programs, show
from services.agreement_sync.gather import Gatherer
from shared.connectwise.invoice_writes import AgreementWrites
from shared.links.kinds import LinkKind
from tests.contract.agreement_sync.world import World

OCTOBER, NOVEMBER, DECEMBER = date(2026, 10, 1), date(2026, 11, 1), date(2026, 12, 1)


def looking(world: World) -> Looking:
    store = SeenNow(world.engine)
    writes = AgreementWrites(world.client)
    gatherer = Gatherer(store, world.port, writes, world.mapping, world.settings)
    return Looking(
        world.settings, store, gatherer, world.invoices, world.client, world.port, world.mapping, OCTOBER
    )


async def told(world: World, invoice: int) -> Explained:
    await world.quiet()
    rows = world.rows()
    found = await explained(looking(world), await world.invoice(invoice), 0)
    assert (await world.writes(), world.rows()) == ([], rows)
    return found


def lines(found: Explained) -> dict[str, tuple[bool, str, str]]:
    return {check.name: (check.passed, check.seen, check.wanted) for check in found.answers.checks}


async def test_a_new_invoice_would_make_a_contract_from_its_template(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    found = await told(world, invoice)
    assert found.verdict.verdict == "would be applied"
    assert found.verdict.steps[0] == "create contract"
    assert found.verdict.changes["contract"] == ("", "a copy of template **CW Managed Services-01")
    assert "ConnectWise 618.50, e-automate 618.50: equal" in found.verdict.text
    assert found.steps == [
        "agreement_sync does it by itself when it sees the invoice; at once: tandem reprocess invoice 4711 --why ..."
    ]
    [one] = await looking(world).decided([await world.invoice(invoice)])
    plan = planned(one)
    assert (plan.kind, plan.number, plan.verdict) == ("invoice", "4711", "would be applied")
    assert "3 x 39.50 = 118.50" in {wanted for _, wanted in plan.changes.values()}


async def test_every_line_of_the_checklist_is_answered_even_when_a_filter_stops_it(world: World) -> None:
    world.configure(invoice_statuses=["Approved"], agreement_types=["Backup"])
    agreed = await world.agreed()
    found = await told(world, await world.billed(agreed, "4711"))
    answered = lines(found)
    assert answered["billing status is selected (variable 10)"] == (False, "New", "Approved")
    assert answered["agreement type is selected (variable 2)"] == (False, "Managed Services", "Backup")
    assert answered["customer is linked"][0]
    assert answered["bill-to customer is linked"][0]
    assert found.verdict.verdict == "left alone"
    assert "seen New, wanted Approved" in found.verdict.text
    assert found.steps[0].startswith("G20 ")


async def test_a_contract_that_follows_is_shown_line_beside_line(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.change(invoice)
    contract = await world.contract()
    found = await told(world, invoice)
    answered = lines(found)
    assert found.verdict.verdict == "in step"
    assert answered["contract is in the billing queue"][0]
    assert answered["PO number or Remarks carry the invoice's number"] == (True, "4711", "4711")
    assert answered["totals are equal, without tax"][0]
    assert found.steps == [f"bill contract {contract.number} in e-automate's contract billing queue"]
    show(found)
    out = capsys.readouterr().out
    assert "**CWBase Managed Services" in out
    assert "500.00" in out
    assert "MS-SEAT" in out
    assert "618.50" in out
    assert "last time: carried out" in out
    facts = of_programs(found)
    assert (facts["contract"], facts["comparison"]["equal"]) == (contract.number, True)


async def test_an_inactive_or_terminated_contract_is_said(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.change(invoice)
    contract = await world.contract()
    world.people.inactivate_contract(contract.number)
    found = await told(world, invoice)
    assert lines(found)["contract is active"] == (False, "no", "yes")
    assert any(f"activate contract {contract.number}" in step for step in found.steps)
    world.people.terminate_contract(contract.number, NOVEMBER)
    found = await told(world, invoice)
    assert (found.verdict.verdict, found.verdict.code) == ("refused", "G10")
    assert any("tandem cases show invoice 4711" in step for step in found.steps)


async def test_an_unmapped_customer_waits_with_the_way_out(world: World) -> None:
    agreed = await world.agreed()
    link = await world.link_of(LinkKind.CUSTOMER_COMPANY, agreed.company)
    assert link is None
    found = await world.mapping.find(LinkKind.CUSTOMER_COMPANY, rights=[str(agreed.company)])
    left = found.rights[str(agreed.company)].left
    await world.mapping.unlink(LinkKind.CUSTOMER_COMPANY, left, by="jo", why="wrong")
    explained_now = await told(world, await world.billed(agreed, "4711"))
    assert (explained_now.verdict.verdict, explained_now.verdict.code) == ("waits", "G1")
    assert not lines(explained_now)["customer is linked"][0]


async def test_a_period_that_is_billed_says_so_also_after_the_next_invoice(world: World) -> None:
    agreed = await world.agreed()
    first = await world.billed(agreed, "4711")
    await world.change(first)
    contract = await world.contract()
    bill = world.people.bill(contract.number, NOVEMBER)
    await world.carried_on(await world.bill_changed(bill))
    second = await world.billed(agreed, "4712", DECEMBER)
    await world.change(second, 8)
    found = await told(world, first)
    assert (found.verdict.verdict, found.steps) == ("in step", ["nothing"])
    assert found.verdict.comparison is not None
    assert found.verdict.comparison.billed == bill
    assert found.verdict.comparison.cw_total == Decimal("618.50")


async def test_a_refused_invoice_is_shown_beside_the_contract_as_it_is(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.change(invoice)
    contract = await world.contract()
    world.people.inactivate_contract(contract.number)
    world.configure(currency="CAD")
    found = await told(world, invoice)
    assert found.verdict.verdict == "refused"
    held = found.verdict.comparison
    assert held is not None
    assert (held.cw_total, held.ea_total) == (Decimal("618.50"), Decimal("618.50"))
    assert [(line.cw_amount, line.ea_amount) for line in held.lines[:2]] == [
        (Decimal("500.00"), Decimal("500.00")),
        (Decimal("118.50"), Decimal("118.50")),
    ]
    assert totals(held) == "ConnectWise 618.50, e-automate 618.50: equal"
    assert queue(held).endswith("not billed, the contract is not in the billing queue")
    assert not lines(found)["contract is in the billing queue"][0]


async def test_the_billing_queue_is_not_asked_about_once_the_period_is_billed(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    await world.change(invoice)
    contract = await world.contract()
    await world.carried_on(await world.bill_changed(world.people.bill(contract.number, NOVEMBER)))
    assert "contract is in the billing queue" not in lines(await told(world, invoice))


async def test_a_contract_nobody_linked_is_found_by_the_number_it_carries(world: World) -> None:
    agreed = await world.agreed()
    invoice = await world.billed(agreed, "4711")
    world.people.add_contract("1001", "CN7084-01", "MIT", Remarks="Old. CW Invoice: 4711")
    found = await told(world, invoice)
    carried = lines(found)["contracts that carry the invoice's number"]
    assert carried[1] == "CN7084-01, not linked to this agreement"


async def test_an_invoice_too_old_to_be_read_says_so_and_holds_up_nobody(world: World) -> None:
    agreed = await world.agreed()
    old = await world.billed(agreed, "4709", date(2026, 9, 1))
    new = await world.billed(agreed, "4711")
    found = await told(world, old)
    assert lines(found)["is read by the connector"] == (
        False, "2026-09-01", "from 2026-10-01 (connectwise_connector.invoices_since)",
    )  # fmt: skip
    assert found.steps[0].endswith("this one alone: tandem reprocess invoice 4709 --why ...")
    assert (await told(world, new)).verdict.verdict == "would be applied"


async def test_red_totals_are_shown_with_the_difference_and_the_way_to_release(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    agreed = await world.agreed(seats=0)
    invoice = await world.red(agreed, "4711")
    await world.change(invoice)
    contract = await world.contract()
    found = await told(world, invoice)
    assert (found.verdict.verdict, found.verdict.code) == ("refused", "G16")
    assert lines(found)["totals are equal, without tax"] == (False, "e-automate 500.00", "ConnectWise 500.07")
    queue = lines(found)["contract is in the billing queue"]
    assert not queue[0]
    assert queue[1].startswith("Bill off")
    assert "if the contract is right as it is: tandem release invoice 4711 --why ..." in found.steps
    show(found)
    assert f"{contract.number}: quantity" in capsys.readouterr().out
    await world.look(invoice, agreed, RELEASE, "ann", "agreed with them")
    after = await told(world, invoice)
    assert lines(after)["contract is in the billing queue"][0]
    assert after.verdict.verdict == "in step"


async def test_what_is_no_agreement_invoice_says_so(world: World) -> None:
    agreed = await world.agreed()
    record = {"type": "Miscellaneous", "company": {"id": agreed.company}, "invoiceNumber": "5000"}
    found = await told(world, await world.billing.make("invoice", **record))
    assert lines(found)["invoice type is Agreement"] == (False, "Miscellaneous", "Agreement")
    assert found.verdict.text == "invoices of type Miscellaneous are not made from contracts"
