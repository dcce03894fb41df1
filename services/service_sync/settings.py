"""The variables of ID965, with the vendor's numbers where they are known (spec/variables.md 13.4)."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from shared.config import CommaList, load
from shared.sync.settings import AgentSettings, YesNo


class SyncMode(StrEnum):
    """What brings time over: its ticket's status, or the invoice that bills it; never both (open question 23)."""

    STATUS = "status"
    INVOICE = "invoice only"


class CallStatus(StrEnum):
    """How calls are created."""

    PENDING = "P"
    OK_TO_INVOICE = "OKB"


class CreditHold(StrEnum):
    """What becomes of a ticket of a customer on hold."""

    HOLD = "hold"
    ERROR = "error"


def _upper(value: object) -> object:
    return value.strip().upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    if not isinstance(value, str):
        return value
    return value.strip().lower()


class ServiceSyncSettings(AgentSettings):
    """Section ``service_sync``."""

    sync_mode: Annotated[SyncMode, BeforeValidator(_lower)] = Field(
        default=SyncMode.STATUS,
        description="ID965: status (tickets in ticket_statuses) or invoice only (what an invoice bills)",
    )
    ticket_statuses: CommaList = Field(
        default=[], description="ID965: ticket statuses that are taken in status mode, blank = none is"
    )
    invoice_statuses: CommaList = Field(
        default=[], description="ID965: invoice statuses that are taken in invoice-only mode, blank = none is"
    )
    start_date: date | None = Field(
        default=None,
        description="new: tickets closed, or invoices dated, before it are left alone; blank = none is",
    )
    boards: CommaList = Field(default=[], description="new: service boards, blank = all")
    call_status: Annotated[CallStatus, BeforeValidator(_upper)] = Field(
        default=CallStatus.PENDING,
        description="ID948 Hidden2: status of new calls: P (pending) or OKB (OK to invoice)",
    )
    default_bill_code: str = Field(
        default="", description="ID948 variable 5: bill code of calls without a contract; required"
    )
    default_call_type: str = Field(
        default="",
        description="ID948 variable W: call type where none is called as the ticket's type; required",
    )
    always_default_call_type: YesNo = Field(
        default=False, description="ID948 variable X: whether every call gets the default call type (Yes/No)"
    )
    header_technician: str = Field(
        default="",
        description="ID948: number of the technician on every call; blank = owner, else who worked first",
    )
    default_technician: str = Field(
        default="",
        description="ID965: number of the technician in place of members that are not linked; blank = an error",
    )
    override_billing: YesNo = Field(
        default=False,
        description="ID965, on request: whether hours and amounts are ConnectWise's, not the bill code's (Yes/No)",
    )
    activity_code_map: dict[str, str] = Field(
        default={}, description="ID965: work type, or work role, of ConnectWise -> activity code"
    )
    default_activity_code: str = Field(
        default="", description="ID965: activity code of all other time; blank = an error"
    )
    no_charge_activity_code: str = Field(
        default="",
        description="new: activity code that charges nothing, for DoNotBill and NoCharge time in bill-code mode",
    )
    service_item: str = Field(
        default="",
        description="ID965: standard serviceable item of every call; blank = agreement_sync.service_item",
    )
    default_contract: str = Field(
        default="", description="new: contract of tickets that no other one covers; blank = none"
    )
    credit_hold_calls: Annotated[CreditHold, BeforeValidator(_lower)] = Field(
        default=CreditHold.HOLD,
        description="new: calls of customers on hold: hold (made on hold) or error (a case)",
    )
    credit_hold_code: str = Field(
        default="CH", description="new: on-hold code of such calls where the customer has none"
    )
    require_time: YesNo = Field(
        default=True,
        description="new: whether a ticket without time waits; No with call status P: a call without labour",
    )
    settle_minutes: float = Field(
        default=15.0,
        ge=0,
        description="new: a ticket is taken once it has not changed for so many minutes",
    )
    budget_share: float = Field(default=0.15, gt=0, le=1, description="new: share of the request budget")

    @model_validator(mode="after")
    def _something_to_take(self) -> Self:
        if self.call_status is CallStatus.OK_TO_INVOICE and not self.require_time:
            raise ValueError("require_time must be Yes when call_status is OKB: such a call needs labour")
        return self

    @property
    def _statuses(self) -> str:
        """The setting that chooses in this mode."""
        return "invoice_statuses" if self.sync_mode is SyncMode.INVOICE else "ticket_statuses"

    def lacking(self) -> Iterable[tuple[str, str]]:
        """See ``AgentSettings``."""
        needed = {
            self._statuses: (bool(getattr(self, self._statuses)), "no ticket is taken"),
            "default_bill_code": (
                bool(self.default_bill_code.strip()),
                "tickets that no contract covers wait (S7)",
            ),
            "default_call_type": (
                bool(self.default_call_type.strip()),
                "tickets whose type is no call type wait (S8)",
            ),
            "default_activity_code": (
                bool(self.default_activity_code.strip()),
                "tickets with time of a work type or role that activity_code_map does not name wait (S12)",
            ),
            "service_item": (
                bool(serviceable_item(self)),
                "every ticket waits (S6), for agreement_sync.service_item is blank too",
            ),
        }
        lacking = [(name, so) for name, (given, so) in needed.items() if not given]
        # Where nothing is taken the others do not matter yet.
        return lacking[:1] if not needed[self._statuses][0] else lacking


class _OfAgreements(BaseModel):
    """What the section of ID964 says that calls need too."""

    service_item: str = ""


def serviceable_item(settings: ServiceSyncSettings) -> str:
    """Number of the standard serviceable item, this service's or that of ID964; empty when none is set."""
    return settings.service_item.strip() or load("agreement_sync", _OfAgreements).service_item.strip()


def budget_share() -> float:
    """This service's part of the request budget, as set."""
    return load("service_sync", ServiceSyncSettings).budget_share
