"""ID747 from change to outcome, against the stand-ins."""

from datetime import UTC, datetime

from services.customer_sync.asking import PUSH, command
from services.customer_sync.customers.gather import KIND
from services.customer_sync.customers.matching import PROPERTY
from services.customer_sync.settings import SyncType
from services.mapping.messages import command as told_by_mapping
from services.simulator.eautomate import schema
from shared.bus.producer import Message
from shared.events.envelope import Envelope
from shared.links.models import How, Link, MakeLink, Repoint
from shared.sync.commands import LINKED, UNLINKED
from tests.contract.customer_sync.world import REDO, World
from tests.contract.eautomate.hand import OTHER_CONFIGURATION


def asked(link: Link, previous_right: str | None = None) -> Message:
    """What mapping tells the agent when a person makes or ends a link."""
    out = told_by_mapping(link, datetime.now(UTC), previous_right)
    return Message(REDO, out.key.encode(), out.value.encode(), out.headers)


async def test_a_change_and_a_command_in_one_batch_make_one_company(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    change = world.raw(await world.row(customer), 7)
    push = world.raw_of(command(REDO, str(customer), PUSH))
    told = await world.run(change, push)
    assert told.codes == []
    assert [outcome.result for outcome in told.outcomes] == ["applied", "superseded"]
    [_] = await world.found("1001")
    assert len([request for request in await world.writes() if request.startswith("POST")]) == 1


async def test_a_customer_that_cannot_be_read_does_not_hold_up_the_others(world: World) -> None:
    good = await world.hand.customer("1001", City="Ghent")
    row = await world.row(good)
    poison = row.model_copy(update={"customer_id": 10**30, "number": "2002"})
    told = await world.run(world.raw(poison, 3), world.raw(row, 7))
    assert told.codes == ["X1"]
    assert [(outcome.record, outcome.result) for outcome in told.outcomes] == [
        (f"eautomate/customer/{good}", "applied")
    ]


async def test_a_number_in_two_companies_is_never_guessed(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.make("1001")
    await world.make("OTHER", accountNumber="1001")
    told = await world.change(customer, 7)
    assert told.codes == ["C4"]
    assert await world.link(customer) is None


async def test_a_number_in_two_companies_is_not_guessed_while_the_index_has_only_one(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    first = await world.make("ONE", accountNumber="1001")
    await world.make("TWO", accountNumber="1001")
    await world.run(world.raw(first, 3))
    told = await world.change(customer, 7)
    assert told.codes == ["C4"]
    assert await world.link(customer) is None


async def test_a_company_id_that_another_customers_company_has_is_told_before_anything_is_sent(
    world: World,
) -> None:
    other = await world.hand.customer("2002", City="Ghent")
    company = await world.make("1001", accountNumber="2002")
    await world.run(world.raw(company, 3))
    assert (await world.change(other, 5)).codes == []
    await world.quiet()
    customer = await world.hand.customer("1001", City="Ghent")
    told = await world.change(customer, 7)
    assert told.codes == ["C5"]
    assert "belongs to company" in told.outcome.text
    assert await world.writes() == []


async def test_an_index_that_is_behind_neither_links_nor_inserts_wrongly(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    stale = await world.make("1001")
    await world.run(world.raw(stale, 3))
    await world.companies.patch_company(
        stale.id, [{"op": "replace", "path": "identifier", "value": "OLD1001"}]
    )
    right = await world.make("ACME", accountNumber="1001")
    told = await world.change(customer, 7)
    assert told.outcome.result == "applied"
    link = await world.link(customer)
    assert link is not None
    assert link.right == str(right.id)


async def test_the_stripped_number_taken_by_another_company_is_c5(world: World) -> None:
    customer = await world.hand.customer("AB-1", City="Ghent")
    await world.make("AB1")
    told = await world.change(customer, 7)
    assert told.codes == ["C5"]
    assert "belongs to company" in told.outcome.text


async def test_without_a_configuration_nothing_is_created_and_nothing_linked(world: World) -> None:
    bare = await world.hand.customer("1001", configuration=None, City="Ghent")
    other = await world.hand.customer("1002", configuration=OTHER_CONFIGURATION, City="Ghent")
    await world.make("1002")
    told = await world.change(bare, 7)
    assert told.codes == ["C2"]
    told = await world.change(other, 7)
    assert told.codes == ["C2"]
    assert await world.found("1001") == []
    assert await world.link(other) is None


async def test_blanked_by_hand_is_asked_about_and_a_switched_configuration_is_filled_again(
    world: World,
) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.change(customer, 7)
    held = await world.held(customer)
    await world.hand.edit_property(customer, PROPERTY, None)
    told = await world.change(customer, 8)
    assert told.codes == ["C9"]
    other = await world.hand.keyed(schema.ShTrackingConfigs, TrackingConfig="Another")
    await world.hand.insert(
        schema.ShTrackingConfigAttributes,
        ShTrackingConfigID=other,
        ShAttributeID=await world.hand.attribute(PROPERTY),
    )
    await world.hand.edit(customer, ShTrackingConfigID=other)
    told = await world.change(customer, 9)
    assert told.outcome.result == "applied"
    assert await world.held(customer) == held


async def test_a_property_that_could_not_be_stored_before_is_not_taken_for_blanked_by_hand(
    world: World,
) -> None:
    customer = await world.hand.customer("1001", configuration=OTHER_CONFIGURATION, City="Ghent")
    company = await world.make("1001")
    await world.mapping.make(
        MakeLink(
            kind=KIND, left=str(customer), right=str(company.id), how=How.BY_HAND, by="ann", why="phone call"
        )
    )
    told = await world.change(customer, 7)
    assert "cannot be stored" in told.outcome.text
    await world.hand.insert(
        schema.ShTrackingConfigAttributes,
        ShTrackingConfigID=world.hand.configurations[OTHER_CONFIGURATION],
        ShAttributeID=await world.hand.attribute(PROPERTY),
    )
    told = await world.change(customer, 8)
    assert told.codes == []
    assert await world.held(customer) == str(company.id)


async def test_an_unlinked_customer_is_let_go_and_never_inserted_again(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.change(customer, 7)
    ended = await world.mapping.unlink(KIND, str(customer), by="ann", why="wrong company")
    told = await world.run(world.raw_of(asked(ended.link)))
    assert told.outcome.result == "applied"
    assert await world.held(customer) == ""
    told = await world.change(customer, 8)
    assert told.codes == ["C3"]
    [company] = await world.found("1001")
    await world.companies.patch_company(
        company.id,
        [{"op": "replace", "path": name, "value": "x1"} for name in ("identifier", "accountNumber")],
    )
    told = await world.change(customer, 9)
    assert told.codes == ["C1"]
    assert await world.found("1001") == []


async def test_a_change_that_overtakes_the_end_of_a_link_does_not_link_again(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.change(customer, 7)
    held = await world.held(customer)
    ended = await world.mapping.unlink(KIND, str(customer), by="ann", why="wrong company")
    told = await world.change(customer, 8)
    assert told.codes == ["C3"]
    assert await world.link(customer) is None
    told = await world.run(world.raw_of(asked(ended.link)))
    assert told.outcome.result == "applied"
    assert await world.held(customer) == ""
    await world.hand.edit_property(customer, PROPERTY, held)
    told = await world.change(customer, 9)
    assert told.codes == [], "typed in again it is a person's own word"
    link = await world.link(customer)
    assert link is not None
    assert (link.right, link.how) == (held, How.PROPERTY)


async def test_a_link_that_is_ended_after_its_recid_was_blanked_is_decided_anew_at_once(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.change(customer, 7)
    await world.hand.edit_property(customer, PROPERTY, None)
    assert (await world.change(customer, 8)).codes == ["C9"]
    ended = await world.mapping.unlink(KIND, str(customer), by="ann", why="wrong company")
    told = await world.run(world.raw_of(asked(ended.link)))
    assert told.outcome.result == "applied"
    [look] = told.commands
    told = await world.run(world.raw_of(look))
    assert told.codes == ["C3"], "the company still carries the number"


async def test_a_link_that_is_ended_with_its_recid_is_decided_by_the_change_that_makes(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.change(customer, 7)
    ended = await world.mapping.unlink(KIND, str(customer), by="ann", why="wrong company")
    told = await world.run(world.raw_of(asked(ended.link)))
    assert told.commands == []


async def test_a_company_that_is_deleted_has_its_customer_told_at_once(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.change(customer, 7)
    [company] = await world.found("1001")
    await world.control.post(f"/human/company/{company.id}/delete", {})
    told = await world.run(world.raw(company, 9, action="deleted"))
    assert told.outcome.result == "skipped"
    [look] = told.commands
    told = await world.run(world.raw_of(look))
    assert told.codes == ["C8"]
    assert f"record:connectwise:company:{company.id}" in told.outcome.blocked_on
    other = await world.make("OTHER")
    told = await world.run(world.raw(other, 9, action="deleted"))
    assert told.commands == [], "nobody is linked to it"


async def test_the_recid_of_a_link_made_and_ended_by_hand_may_be_typed_again(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent", Active=0)
    company = await world.make("ACME")
    await world.mapping.make(
        MakeLink(
            kind=KIND, left=str(customer), right=str(company.id), how=How.BY_HAND, by="ann", why="phone call"
        )
    )
    ended = await world.mapping.unlink(KIND, str(customer), by="ann", why="wrong company")
    await world.run(world.raw_of(asked(ended.link)))
    await world.hand.edit(customer, Active=1)
    await world.hand.property(customer, PROPERTY, str(company.id))
    told = await world.change(customer, 7)
    assert told.codes == []
    assert await world.link(customer) is not None


async def test_a_link_moved_by_hand_moves_the_property(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.change(customer, 7)
    first = await world.held(customer)
    other = await world.make("ACME")
    moved = await world.mapping.repoint(
        Repoint(kind=KIND, left=str(customer), right=str(other.id), by="ann", why="merged")
    )
    told = await world.run(world.raw_of(asked(moved, previous_right=first)))
    assert told.codes == []
    assert await world.held(customer) == str(other.id)
    await world.hand.edit_property(customer, PROPERTY, first)
    told = await world.change(customer, 8)
    assert told.codes == ["C9"], "now it is a person's word against the link"


async def test_a_link_made_by_hand_is_stored(world: World) -> None:
    world.configure(SyncType.MAPPING_ONLY)
    customer = await world.hand.customer("1001", City="Ghent")
    company = await world.make("ACME", city="Bruges")
    link = await world.mapping.make(
        MakeLink(
            kind=KIND, left=str(customer), right=str(company.id), how=How.BY_HAND, by="ann", why="phone call"
        )
    )
    await world.quiet()
    told = await world.run(world.raw_of(asked(link)))
    assert told.outcome.result == "applied"
    assert await world.held(customer) == str(company.id)
    assert await world.writes() == [], "mapping only"


async def test_links_of_other_kinds_leave_the_customer_alone(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.change(customer, 7)
    envelope = Envelope("tandem", "customer", str(customer), 5, datetime.now(UTC), UNLINKED)
    body = b'{"kind": "agent-member", "right": "5", "generation": 9}'
    told = await world.run(world.raw_of(Message(REDO, str(customer).encode(), body, envelope.headers())))
    assert told.outcome.result == "skipped"
    assert (await world.change(customer, 8)).outcome.result == "applied"


async def test_a_deleted_company_is_c8_and_nothing_is_created_instead(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    await world.change(customer, 7)
    [company] = await world.found("1001")
    await world.control.post(f"human/company/{company.id}/delete", {"member": "mkova"})
    told = await world.change(customer, 8)
    assert told.codes == ["C8"]


async def test_an_inactive_row_is_not_inserted_by_a_change_from_before(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    before = await world.row(customer)
    await world.hand.edit(customer, Active=False)
    told = await world.run(world.raw(before, 7))
    assert told.outcome.result == "skipped"
    assert await world.found("1001") == []


async def test_older_changes_after_newer_ones_are_superseded(world: World) -> None:
    customer = await world.hand.customer("1001", City="Ghent")
    old = world.raw(await world.row(customer), 7)
    await world.hand.edit(customer, City="Bruges")
    await world.change(customer, 8)
    told = await world.run(old)
    assert told.outcome.result == "superseded"
    [company] = await world.found("1001")
    assert company.city == "Bruges"


async def test_unknown_commands_and_subjects_are_named(world: World) -> None:
    for subject, action, named in (("7", "dance", "dance"), ("x7", LINKED, "ce_subject")):
        told = await world.run(world.raw_of(command(REDO, subject, action)))
        assert told.codes == ["E1"]
        assert named in told.outcome.text
