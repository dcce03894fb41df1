"""The loop around a handler: trouble, moved records, outcomes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.bus.batch import read
from shared.bus.delivery import Delivery, Fault, Transient, Verdict
from shared.connectwise import errors as connectwise
from shared.eautomate import errors as eautomate
from shared.eautomate.rows import ChangeKey
from shared.events.change import Change
from shared.events.records import Customer
from shared.links.errors import MappingRefusedError, MappingUnavailable
from shared.sync.agent import STALE_ROUNDS, STALE_TRIES, Applied, SyncAgent, decode_record
from shared.sync.decision import Apply, Check, Decision, Reject, Skip, Wait
from shared.sync.outcome import Effect, Outcome, Overwritten
from shared.sync.overwritten import Untold
from shared.sync.trouble import Stale, as_stale, as_transient
from tests.unit.shared.bus.raws import raw

BODY = b'{"customer_id": 7, "number": "1001", "name": "Acme"}'
CHECKS = (Check(name="is asked", passed=False, seen="no", wanted="yes"),)
EFFECT = Effect(system="ConnectWise", action="updated", target="company 1", fields=("name",))


class Handler:
    """Answers as told."""

    def __init__(self, decision: Decision[str] | None = None) -> None:
        self.decision: Decision[str] = decision or Apply("plan", CHECKS)
        self.applied: list[Applied | Exception] = []
        self.gathering: list[Exception] = []
        self.gathers = 0

    def read(self, delivery: Delivery) -> Customer:
        customer: Customer = decode_record(Customer, delivery)
        return customer

    async def gather(self, changes: Sequence[Change[Customer]]) -> Mapping[str, None]:
        self.gathers += 1
        if self.gathering:
            raise self.gathering.pop(0)
        return {change.envelope.subject: None for change in changes}

    def decide(self, change: Change[Customer], gathered: None) -> Decision[str]:
        return self.decision

    async def apply(self, change: Change[Customer], plan: str) -> Applied:
        answer = self.applied.pop(0) if self.applied else Applied("done", (EFFECT,))
        if isinstance(answer, Exception):
            raise answer
        return answer

    def label(self, change: Change[Customer]) -> str:
        return f"customer {change.record.number} " + "x" * 500


def agent_of(handler: Handler) -> SyncAgent:
    return SyncAgent("ID747", "customer_sync", "outcomes", {("eautomate", "customer"): handler})


async def carried(agent: SyncAgent, delivery: Delivery) -> Verdict:
    return await agent.process(delivery, await agent.prepare([delivery]))


def outcome(verdict: Verdict) -> Outcome:
    [message] = verdict.messages
    assert message.topic == "outcomes"
    return Outcome.model_validate_json(message.value or b"")


async def test_an_outcome_tells_who_what_why_and_what_was_written() -> None:
    verdict = await carried(agent_of(Handler()), read(raw(sequence=5, value=BODY, redo="redrive")))
    told = outcome(verdict)
    assert (told.process, told.agent, told.record, told.sequence) == (
        "ID747", "customer_sync", "eautomate/customer/7", 5,
    )  # fmt: skip
    assert (told.result, told.text, told.effects, told.checks) == ("applied", "done", (EFFECT,), CHECKS)
    assert told.redo == "redrive"
    assert told.label.startswith("customer 1001")
    assert len(told.label) <= 200
    assert datetime.now(UTC).timestamp() - told.at.timestamp() < 60
    [message] = verdict.messages
    assert message.key == b"eautomate/customer/7"
    assert ("tandem-result", b"applied") in message.headers


@pytest.mark.parametrize(
    ("decision", "result", "code"),
    [
        (Skip("no need", CHECKS), "skipped", ""),
        (Skip("older", CHECKS, result="superseded"), "superseded", ""),
        (Wait("C1", "not mapped", CHECKS, ("number:1001",)), "waiting", "C1"),
        (Reject("C4", "several", CHECKS, ("record:connectwise:company:1",)), "rejected", "C4"),
    ],
)
async def test_what_is_not_applied_is_told_and_what_waits_or_is_refused_becomes_a_fault(
    decision: Decision[str], result: str, code: str
) -> None:
    verdict = await carried(agent_of(Handler(decision)), read(raw(value=BODY)))
    told = outcome(verdict)
    assert (verdict.result, told.result, told.code, told.checks) == (result, result, code, CHECKS)
    assert (verdict.fault.code if verdict.fault else "") == code
    if isinstance(decision, Wait | Reject):
        assert verdict.fault is not None
        assert tuple(verdict.fault.blocked_on) == told.blocked_on == tuple(decision.blocked_on)
        assert verdict.fault.at == told.at


async def test_an_outcome_says_when_a_change_was_applied_before_and_when_somebody_asked() -> None:
    again = Handler(Skip("this change was applied before", CHECKS, again=True))
    told = outcome(await carried(agent_of(again), read(raw(value=BODY))))
    assert (told.again, told.command) == (True, False)
    commands = SyncAgent("ID747", "customer_sync", "outcomes", {("tandem", "customer"): Handler()})
    told = outcome(await carried(commands, read(raw(source="tandem", value=BODY))))
    assert (told.again, told.command, told.record) == (False, True, "eautomate/customer/7")


async def test_a_refusal_of_the_other_side_tells_what_was_written_before() -> None:
    handler = Handler()
    handler.applied = [Applied("no", (EFFECT,), Fault("C10", "no such state", blocked_on=("record:x",)))]
    verdict = await carried(agent_of(handler), read(raw(value=BODY)))
    told = outcome(verdict)
    assert (told.result, told.code, told.effects) == ("rejected", "C10", (EFFECT,))
    assert verdict.fault is not None


async def test_a_record_that_moved_is_gathered_and_decided_again() -> None:
    handler = Handler()
    handler.applied = [eautomate.RowChanged("saved since"), Stale("unlinked since")]
    verdict = await carried(agent_of(handler), read(raw(value=BODY)))
    assert verdict.result == "applied"
    assert handler.gathers == 3


async def test_a_record_that_keeps_moving_is_trouble_and_in_the_end_put_aside() -> None:
    handler = Handler()
    handler.applied = [Stale("moved") for _ in range(STALE_TRIES * STALE_ROUNDS)]
    agent, delivery = agent_of(handler), read(raw(value=BODY))
    for _ in range(STALE_ROUNDS - 1):
        with pytest.raises(Transient, match="keeps moving"):
            await carried(agent, delivery)
    verdict = await carried(agent, delivery)
    assert verdict.fault is not None
    assert verdict.fault.code == "X2"
    assert outcome(verdict).result == "rejected"
    assert (await carried(agent, delivery)).result == "applied"


@pytest.mark.parametrize(
    ("value", "headers", "code"),
    [
        (b"{", {}, "E1"),
        (None, {}, "E1"),
        (BODY, {"ce_subject": b"8"}, "E1"),
        (BODY, {"ce_type": b"tandem.eautomate.invoice.changed"}, "E1"),
        (BODY, {"ce_dataschema": b"tandem:eautomate.customer:99"}, "E1"),
        (BODY.replace(b"Acme", b"A\\u0000"), {}, "E1"),
        (b"{}", {"ce_type": b"tandem.eautomate.customer.oversized"}, "E2"),
    ],
)
async def test_an_unreadable_or_unknown_record_is_told_and_does_not_stop_its_batch(
    value: bytes | None, headers: dict[str, bytes], code: str
) -> None:
    message = raw(value=value)
    spoiled = read(replace(message, headers=[*message.headers, *headers.items()]))
    good = read(raw(value=BODY))
    agent = agent_of(Handler())
    prepared = await agent.prepare([spoiled, good])
    verdict = await agent.process(spoiled, prepared)
    assert verdict.fault is not None
    assert verdict.fault.code == outcome(verdict).code == code
    assert (await agent.process(good, prepared)).result == "applied"


TRANSIENT: list[Exception] = [
    connectwise.TransientError("503", retry_after=7.0),
    connectwise.UnauthorizedError("keys"),
    eautomate.TransientError("deadlock"),
    eautomate.UnknownOutcome(ChangeKey("ID747", "customer/7", 1), datetime(2025, 1, 1, tzinfo=UTC)),
    eautomate.SchemaMismatch("a column is missing"),
    eautomate.AccessRefused("the login may not UPDATE"),
    MappingUnavailable("down"),
    MappingRefusedError("not_mapping", "an nginx page"),
]


@pytest.mark.parametrize("error", TRANSIENT, ids=lambda error: type(error).__name__)
async def test_trouble_of_the_world_is_never_an_error_of_the_record(error: Exception) -> None:
    gathering, applying = Handler(), Handler()
    gathering.gathering, applying.applied = [error], [error]
    for handler in (gathering, applying):
        with pytest.raises(Transient) as caught:
            await carried(agent_of(handler), read(raw(value=BODY)))
        assert caught.value.retry_after == getattr(error, "retry_after", None)


@pytest.mark.parametrize(
    "error",
    [
        ValueError("a bug"),
        connectwise.RefusedError("no", status=400),
        connectwise.UnknownOutcomeError("lost"),
        eautomate.ConstraintViolation("no"),
        MappingRefusedError("taken", "by another"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_the_catalogue_does_not_know_leaves_as_it_came(error: Exception) -> None:
    handler = Handler()
    handler.applied = [error]
    with pytest.raises(type(error)):
        await carried(agent_of(handler), read(raw(value=BODY)))
    assert as_transient(error) is None
    assert as_stale(error) is None


async def test_outcomes_fit_into_a_message_whatever_they_tell() -> None:
    huge: Any = Applied("t" * 5_000_000, ())
    handler = Handler()
    handler.applied = [huge]
    verdict = await carried(agent_of(handler), read(raw(value=BODY)))
    assert len(verdict.messages[0].value or b"") < 100_000


NOTED = Overwritten(
    record="connectwise/company/19", generation=0, at=datetime.now(UTC), writes=({"name": ("A", "B")},)
)
OTHER = NOTED.model_copy(update={"generation": 1})


class Notes(Untold):
    """What was noted, in memory."""

    def __init__(self, *noted: Overwritten) -> None:
        self.noted = noted
        self.heard: list[tuple[str, Sequence[Overwritten]]] = []

    async def of(self, records: Sequence[str]) -> dict[str, tuple[Overwritten, ...]]:
        return dict.fromkeys({"eautomate/customer/7"} & set(records), self.noted)

    async def told(self, record: str, overwritten: Sequence[Overwritten]) -> None:
        self.heard.append((record, overwritten))


def noting(handler: Handler, notes: Notes, source: str = "eautomate") -> SyncAgent:
    return SyncAgent("ID747", "customer_sync", "outcomes", {(source, "customer"): handler}, notes)


@pytest.mark.parametrize(
    "decision",
    [
        Apply("plan", CHECKS),
        Skip("no need", CHECKS),
        Wait("C1", "not mapped", CHECKS),
        Reject("C4", "several", CHECKS),
    ],
    ids=lambda decision: type(decision).__name__,
)
@pytest.mark.parametrize("source", ["eautomate", "tandem"])
async def test_what_was_noted_and_not_told_goes_with_any_outcome_of_the_record(
    decision: Decision[str], source: str
) -> None:
    notes = Notes(NOTED)
    agent = noting(Handler(decision), notes, source)
    verdict = await carried(agent, read(raw(value=BODY, source=source)))
    assert outcome(verdict).overwritten == (NOTED,)
    assert notes.heard == [], "it is not with the broker yet"
    assert verdict.sent is not None
    await verdict.sent()
    assert notes.heard == [("eautomate/customer/7", (NOTED,))]


async def test_what_is_noted_now_holds_what_was_untold_of_the_same_link() -> None:
    longer = NOTED.model_copy(update={"writes": (*NOTED.writes, {"name": ("B", "C")})})
    for refused in (None, Fault("C10", "no such state")):
        handler = Handler()
        handler.applied = [Applied("done", (), refused, overwritten=(longer,))]
        verdict = await carried(noting(handler, Notes(NOTED, OTHER)), read(raw(value=BODY)))
        assert outcome(verdict).overwritten == (OTHER, longer)


async def test_after_a_try_that_failed_it_is_asked_again_what_is_untold() -> None:
    notes = Notes()
    handler = Handler()

    async def apply(_change: Change[Customer], _plan: str) -> Applied:
        if not notes.noted:
            notes.noted = (NOTED,)
            raise Stale("the company is gone")
        return Applied("done")

    handler.apply = apply  # type: ignore[method-assign,assignment]
    verdict = await carried(noting(handler, notes), read(raw(value=BODY)))
    assert outcome(verdict).overwritten == (NOTED,)


async def test_a_record_that_keeps_moving_tells_it_when_it_is_put_aside() -> None:
    handler = Handler()
    agent = noting(handler, Notes(NOTED))
    delivery = read(raw(value=BODY))
    handler.applied = [Stale("saved since") for _ in range(STALE_TRIES * STALE_ROUNDS)]
    for _ in range(STALE_ROUNDS - 1):
        with pytest.raises(Transient):
            await carried(agent, delivery)
    verdict = await carried(agent, delivery)
    assert (outcome(verdict).code, outcome(verdict).overwritten) == ("X2", (NOTED,))
