"""Tandem's ledger about contracts, and what happens to it and the effect when something breaks."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from services.simulator.eautomate import schema
from shared.eautomate.contract_rows import ContractPeriod, ContractWrite
from shared.eautomate.errors import RowChanged, Superseded, UnknownOutcome, ValueTooLong
from shared.events.contracts import Contract, ContractLine
from tests.contract.eautomate.conftest import Database
from tests.contract.eautomate.shop import MAY, Shop
from tests.contract.eautomate.statements import recorded
from tests.contract.killing import one_commit_unanswered

LINE = ContractLine(
    contract_detail_id=7,
    item_id=3,
    item="SEAT",
    description='Café "seats" 日',
    quantity=Decimal("3.000000"),
    unit_base_rate=Decimal("8.333333"),
    base_rate=Decimal("25.0000"),
    start_date=MAY,
)


def _period(contract: int, first: date = MAY) -> ContractPeriod:
    return ContractPeriod(
        contract_id=contract,
        period_from=first,
        period_to=date(first.year, first.month, 28),
        invoice_id=55,
        invoice_number="1001",
        amount=Decimal("25.0000"),
        before_lines=(LINE,),
    )


def _content(contract: Contract) -> tuple[str, str]:
    return contract.row_version, contract.content_hash()


async def test_what_was_noted_of_lines_is_replaced(shop: Shop) -> None:
    async with shop.writing() as work:
        await work.note_lines(5, {"base": 1, "addition:7": 2, "service": 3})
        await work.note_lines(6, {"base": 9})
    async with shop.writing() as work:
        await work.note_lines(5, {"base": 1, "addition:7": 4, "addition:8": 5})

    assert await shop.port.contract_lines_of([5, 6, 7]) == {
        5: {"base": 1, "addition:7": 4, "addition:8": 5},
        6: {"base": 9},
    }


async def test_a_period_comes_back_as_it_was_noted(shop: Shop) -> None:
    may, april = _period(5), replace(_period(5, date(2026, 4, 1)), red=True, released_by="ann")
    async with shop.writing() as work:
        await work.note_period(may)
        await work.note_period(april)

    assert await shop.port.contract_periods_of([5, 6]) == {5: [april, may]}

    changed = replace(may, invoice_id=56, invoice_number="1002", amount=Decimal("26.5000"))
    async with shop.writing() as work:
        await work.note_period(changed)
    assert (await shop.port.contract_periods_of([5]))[5] == [april, changed]


async def test_nothing_is_written_that_is_noted_already(shop: Shop) -> None:
    async with shop.writing() as work:
        await work.note_lines(5, {"base": 1})
        await work.note_period(_period(5))

    async with shop.writing() as work:
        with recorded(shop.port.engine) as statements:
            await work.note_lines(5, {"base": 1})
            await work.note_period(_period(5))

    assert all(str(statement).startswith("SELECT") for statement in statements)
    assert len(statements) == 2


async def test_how_a_contract_is_left_is_what_everybody_reads_afterwards(shop: Shop) -> None:
    template = await shop.read(shop.template)
    async with shop.writing() as work:
        assert await work.contract_as_left(shop.template) is None, "only read"
        key, _ = await work.clone_contract(template, shop.header(), "CW-")
        await work.add_line(key, shop.seats())
        made = await work.contract_as_left(key)
    assert made is not None
    assert _content(made) == _content(await shop.read(key))
    line = made.lines[0].contract_detail_id

    async with shop.writing() as work:
        await work.update_contract(key, {}, made.row_version)
        assert await work.contract_as_left(key) is None, "there was nothing to write"
        await work.update_line(line, {"quantity": Decimal(9)})
        left = await work.contract_as_left(key)
    assert left is not None
    assert _content(left) == _content(await shop.read(key))
    assert left.row_version != made.row_version
    assert left.content_hash() != made.content_hash()


async def test_how_a_contract_was_left_is_noted_in_place_of_the_write_before(shop: Shop) -> None:
    first = ContractWrite(5, 55, 0, 2**40, "00000000000007d1", "a" * 64)
    second = replace(first, invoice_id=56, generation=1, sequence=2**40 + 1, content="b" * 64)
    async with shop.writing() as work:
        await work.note_write(first)
        await work.note_write(replace(first, contract_id=6))
    async with shop.writing() as work:
        await work.note_write(second)

    assert await shop.port.contract_writes_of([5, 6, 7]) == {5: second, 6: replace(first, contract_id=6)}


async def test_a_name_too_long_for_the_ledger_is_refused(shop: Shop) -> None:
    with pytest.raises(ValueTooLong, match="line_key holds 64"):
        async with shop.writing() as work:
            await work.note_lines(5, {"x" * 65: 1})
    with pytest.raises(ValueTooLong, match="released_by holds 64"):
        async with shop.writing() as work:
            await work.note_period(replace(_period(5), released_by="x" * 65))


@pytest.mark.parametrize("landed", [True, False])
async def test_effect_and_ledger_land_together_or_not_at_all_when_the_answer_is_lost(
    shop: Shop, database: Database, landed: bool
) -> None:
    template = await shop.read(shop.template)
    before = {one.contract_id for one in await shop.port.contracts_starting("CW-")}

    async def write() -> None:
        async with shop.writing("invoice/55") as work:
            key, _ = await work.clone_contract(template, shop.header(), "CW-")
            line = await work.add_line(key, shop.seats())
            await work.created("contract", str(key), of="agreement/88", generation=0)
            await work.note_lines(key, {"base": line})
            await work.note_period(_period(key))

    with one_commit_unanswered(database.port, landed), pytest.raises(UnknownOutcome) as caught:
        await write()

    assert await shop.port.landed(caught.value) is landed
    made = [one for one in await shop.port.contracts_starting("CW-") if one.contract_id not in before]
    rows = await shop.port.created_rows("ID964", ["agreement/88"])
    assert [row.target_id for row in rows.get("agreement/88", [])] == [str(one.contract_id) for one in made]
    noted = await shop.port.contract_lines_of([one.contract_id for one in made])
    assert [list(noted[one.contract_id].values()) for one in made] == [
        [line.contract_detail_id for line in one.lines] for one in made
    ]
    assert len(made) == landed


async def test_two_workers_of_one_agreement_make_one_contract(shop: Shop) -> None:
    template = await shop.read(shop.template)

    async def work(sequence: int) -> str:
        try:
            async with shop.port.transaction("ID964", "invoice/55", sequence, area="contracts") as tx:
                made = await tx.clone_contract(template, shop.header(), "CW-")
                await tx.created("contract", str(made[0]), of="agreement/88", generation=0)
                await asyncio.sleep(0.01)
        except Superseded:
            return "superseded"
        except Exception as error:
            return type(error).__name__
        return made[1]

    outcomes = await asyncio.gather(*(work(sequence) for sequence in (3, 1, 2)))

    made = [outcome for outcome in outcomes if outcome.startswith("CW-")]
    assert len(made) == 1
    assert set(outcomes) - set(made) <= {"superseded", "UniqueViolation"}
    assert [one.number for one in await shop.port.contracts_starting("CW-")] == made


async def test_two_agreements_at_once_get_two_numbers(shop: Shop) -> None:
    template = await shop.read(shop.template)

    async def work(agreement: int) -> tuple[int, str]:
        async with shop.port.transaction("ID964", f"invoice/{agreement}", 1, area="contracts") as tx:
            return await tx.clone_contract(template, shop.header(), "CW-")

    made = await asyncio.gather(*(work(agreement) for agreement in range(4)))

    assert len({key for key, _ in made}) == len({number for _, number in made}) == 4


async def test_of_two_writers_of_one_contract_the_second_reads_again(shop: Shop) -> None:
    key = await shop.contract("CN7001-01")
    seen = (await shop.read(key)).row_version

    async def work(invoice: int) -> str:
        try:
            async with shop.port.transaction("ID964", f"invoice/{invoice}", 1, area="contracts") as tx:
                await tx.update_contract(key, {"po_number": str(invoice)}, seen)
                await tx.add_line(key, shop.seats())
                await asyncio.sleep(0.01)
        except RowChanged:
            return "changed"
        return "written"

    outcomes = await asyncio.gather(work(1), work(2))

    assert sorted(outcomes) == ["changed", "written"]
    after = await shop.read(key)
    assert after.po_number == str(outcomes.index("written") + 1)
    assert len(after.lines) == 1


async def test_a_cancelled_worker_leaves_neither_contract_nor_number_behind(shop: Shop) -> None:
    template = await shop.read(shop.template)
    inside = asyncio.Event()

    async def work() -> None:
        async with shop.writing() as tx:
            await tx.clone_contract(template, shop.header(), "CW-")
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await shop.port.contracts_starting("CW-") == []
    key = await shop.cloned()
    row = await shop.hand.row(schema.SCContracts, ContractID=key)
    assert row["ContractNumber"].startswith("CW-")
