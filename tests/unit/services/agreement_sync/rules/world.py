"""An agreement, its invoice and e-automate's side as plain values, and what carrying out a plan makes of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from services.agreement_sync.rules.comparing import line_preview
from services.agreement_sync.rules.decide import decide
from services.agreement_sync.rules.gathered import Gathered, OtherInvoice, Party
from services.agreement_sync.rules.periods import Period
from services.agreement_sync.rules.plan import AgreementPlan
from services.agreement_sync.rules.plan import Change as LineChange
from services.agreement_sync.settings import AgreementSyncSettings
from shared.eautomate.contract_rows import BillingCycle, ContractPeriod, CustomerBilling, Item
from shared.eautomate.rows import Code
from shared.eautomate.values import folded
from shared.events.agreements import Addition, Agreement, AgreementBilling, BilledLine, Invoice
from shared.events.change import Change
from shared.events.contracts import BilledPeriod, Contract, ContractInvoice, ContractLine, Receipt
from shared.events.envelope import Envelope
from shared.events.records import Customer
from shared.links.kinds import LinkKind
from shared.links.models import How, Link
from shared.sync.decision import Apply, Check, Decision

AT = datetime(2026, 5, 2, tzinfo=UTC)
TODAY = date(2026, 5, 2)
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
AGREEMENT_ID, COMPANY, CUSTOMER, CONTRACT = 88, 250, 7, 900
TEMPLATE = "**CW Managed Services"
BASE_ITEM = "**CWBase Managed Services"
CYCLES = (
    BillingCycle(1, "Monthly", 0, 1, 0, active=True),
    BillingCycle(2, "Quarterly", 0, 3, 0, active=True),
    BillingCycle(3, "Annual", 0, 0, 1, active=True),
    BillingCycle(4, "Old monthly", 0, 1, 0, active=False),
    BillingCycle(5, "Weekly", 7, 0, 0, active=True),
    BillingCycle(6, "Once", 0, 0, 0, active=True),
)


def at(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day is not None else None


def money(text: str | int | Decimal) -> Decimal:
    return Decimal(text)


def agreement(**given: Any) -> Agreement:
    values: dict[str, Any] = {
        "id": AGREEMENT_ID,
        "name": "Managed Care",
        "type": {"id": 6, "name": "Managed Services"},
        "company": {"id": COMPANY, "name": "Acme Dental"},
        "startDate": "2025-01-01T00:00:00Z",
        "noEndingDateFlag": True,
        "billingCycle": {"id": 2, "name": "Monthly"},
        "prorateFlag": True,
        "nextInvoiceDate": "2026-06-01T00:00:00Z",
    }
    return Agreement.model_validate(values | given)


def addition(ident: int, product: str, quantity: str = "1", price: str = "10", **given: Any) -> Addition:
    values: dict[str, Any] = {
        "id": ident,
        "product": {"id": 1000 + sum(map(ord, product)), "identifier": product},
        "quantity": quantity,
        "billedQuantity": quantity,
        "unitPrice": price,
        "effectiveDate": "2025-01-01T00:00:00Z",
        "agreementId": AGREEMENT_ID,
    }
    return Addition.model_validate(values | given)


def row(
    ident: int, product: str, quantity: str = "1", price: str = "10", ext: str | None = None, **given: Any
) -> BilledLine:
    amount = (
        Decimal(ext) if ext is not None else (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    )
    values: dict[str, Any] = {
        "id": ident,
        "catalogItem": {"id": 1000 + sum(map(ord, product)), "identifier": product},
        "description": product,
        "quantity": quantity,
        "price": price,
        "extPrice": amount,
        "billableOption": "Billable",
        "agreement": {"id": AGREEMENT_ID},
        "productType": "Licence",
        "unitOfMeasureName": "Each",
    }
    return BilledLine.model_validate(values | given)


def invoice(
    base: str = "500",
    lines: Sequence[BilledLine] = (),
    additions: Sequence[Addition] = (),
    number: str = "500",
    ident: int = 18500,
    day: date = MAY,
    of: Agreement | None = None,
    billing: Sequence[AgreementBilling] = (),
    **given: Any,
) -> Invoice:
    """An invoice whose totals tie out; the flat amount stands beside the products."""
    products = sum((line.extPrice or Decimal() for line in lines), Decimal())
    values: dict[str, Any] = {
        "id": ident,
        "invoiceNumber": number,
        "type": "Agreement",
        "status": {"id": 1, "name": "New"},
        "company": {"id": COMPANY, "name": "Acme Dental"},
        "companyTerritory": "East",
        "date": at(day),
        "agreementAmount": base,
        "productTotal": products,
        "subtotal": Decimal(base) + products,
        "total": Decimal(base) + products,
        "balance": Decimal(base) + products,
        "agreement": of if of is not None else agreement(nextInvoiceDate=_next(day)),
        "lines": tuple(lines),
        "additions": tuple(additions),
        "billing": tuple(billing),
    }
    return Invoice.model_validate(values | given)


def _next(day: date) -> str:
    return ((day.replace(day=1) + timedelta(days=32)).replace(day=1)).isoformat() + "T00:00:00Z"


def item(number: str, ident: int | None = None, **given: Any) -> Item:
    values: dict[str, Any] = {
        "item_id": ident if ident is not None else 1 + sum(map(ord, number)) * 7,
        "number": number,
        "description": number.lower(),
        "active": True,
        "serviceable": True,
        "inventory_code": None,
        "expense_code": "EXP",
        "sales_code": "SALES",
        "service_code": "SRV",
        "category": "CAT",
        "unit": "EA",
        "base_distribution_code": "DIST",
        "row_version": "00",
    }
    return Item(**(values | given))


def template(major: str = TEMPLATE, **given: Any) -> Contract:
    values: dict[str, Any] = {
        "contract_id": 50,
        "number": f"{major}-01",
        "major": major,
        "minor": "01",
        "customer_id": 1,
        "contract_type": "MS",
        "bill_code": "FULL",
        "distribution_code": "DIST",
        "acknowledge": False,
    }
    return Contract.model_validate(values | given)


def contract(**given: Any) -> Contract:
    values: dict[str, Any] = {
        "contract_id": CONTRACT,
        "number": "CW-40757-01",
        "major": "CW-40757",
        "minor": "01",
        "customer_id": CUSTOMER,
        "customer_number": "1001",
        "bill_to_id": CUSTOMER,
        "contract_type": "MS",
        "bill_code": "FULL",
        "distribution_code": "DIST",
        "billing_cycle": "Monthly",
        "start_date": date(2025, 1, 1),
        "activated": date(2025, 1, 1),
        "base_billing_start_date": MAY,
        "base_next_billing_date": MAY,
        "sum_individual_base_rates": True,
        "message": "Tandem keeps this contract in step.",
        "acknowledge": True,
    }
    return Contract.model_validate(values | given)


def line(ident: int, number: str, quantity: str = "1", rate: str = "10", **given: Any) -> ContractLine:
    values: dict[str, Any] = {
        "contract_detail_id": ident,
        "item_id": item(number).item_id,
        "item": number,
        "description": number,
        "quantity": quantity,
        "unit_base_rate": rate,
        "location_id": CUSTOMER,
        "start_date": date(2025, 1, 1),
    }
    return ContractLine.model_validate(values | given)


def customer(ident: int = CUSTOMER, number: str = "1001", **given: Any) -> Customer:
    return Customer(customer_id=ident, number=number, name="Acme Dental", **given)


def party(ident: int = CUSTOMER, number: str = "1001") -> Party:
    return Party(customer(ident, number), CustomerBilling(ident, 1, 4, 3, 2, taxable=True))


def link(right: int = CONTRACT, how: How = How.CREATED, kind: LinkKind = LinkKind.AGREEMENT_CONTRACT) -> Link:
    left = str(AGREEMENT_ID) if kind is LinkKind.AGREEMENT_CONTRACT else "18500"
    return Link(kind=kind, left=left, right=str(right), how=how, by="t", why="t", made_at=AT, revision=1)


def bill(
    number: str = "IN1",
    amount: str = "500",
    first: date = MAY,
    last: date = date(2026, 5, 31),
    ident: int = 700,
    **given: Any,
) -> ContractInvoice:
    """An e-automate invoice of the contract; paid when ``receipts`` say so."""
    part = BilledPeriod(contract_id=CONTRACT, from_date=first, to_date=last, amount=Decimal(amount))
    values: dict[str, Any] = {
        "invoice_id": ident,
        "number": number,
        "customer_id": CUSTOMER,
        "po_number": "500",
        "total": amount,
        "due": amount,
        "periods": (part,),
    }
    return ContractInvoice.model_validate(values | given)


def receipt(amount: str, day: date = date(2026, 5, 20), ident: int = 1) -> Receipt:
    return Receipt(receipt_id=ident, day=day, amount=Decimal(amount))


def period_row(
    number: str = "500", ident: int = 18500, first: date = MAY, amount: str = "500", **given: Any
) -> ContractPeriod:
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    values: dict[str, Any] = {
        "contract_id": CONTRACT,
        "period_from": first,
        "period_to": last,
        "invoice_id": ident,
        "invoice_number": number,
        "amount": Decimal(amount),
    }
    return ContractPeriod(**(values | given))


def settings(**given: Any) -> AgreementSyncSettings:
    return AgreementSyncSettings.model_validate({"contract_message": ""} | given)


def gathered(items: Sequence[Item] = (), **given: Any) -> Gathered:
    """Nothing is linked yet; templates, base item and the product template of licences are there."""
    every = [item(BASE_ITEM), item("**CW Licence"), *items]
    values: dict[str, Any] = {
        "fresh": True,
        "today": TODAY,
        "sequence": 5,
        "parties": {COMPANY: party()},
        "templates": {folded(TEMPLATE): (template(),)},
        "template_majors": (TEMPLATE,),
        "items": {folded(one.number): one for one in every},
        "cycles": CYCLES,
        "units": (Code(11, "Each", "each", active=True), Code(12, "BX", "box", active=False)),
    }
    return Gathered(**(values | given))


def linked(
    of: Contract | None = None, items: Sequence[Item] = (), how: How = How.CREATED, **given: Any
) -> Gathered:
    """The agreement has a contract."""
    own = of if of is not None else contract()
    return gathered(
        items, **({"contracts": {own.contract_id: own}, "link": link(own.contract_id, how)} | given)
    )


def change(of: Invoice, action: str = "changed", sequence: int = 5) -> Change[Invoice]:
    return Change(Envelope("connectwise", "invoice", str(of.id), sequence, AT, action), of)


def decided(
    of: Invoice, known: Gathered, with_settings: AgreementSyncSettings | None = None
) -> Decision[AgreementPlan]:
    return decide(change(of), known, with_settings or settings())


def planned(
    of: Invoice, known: Gathered, with_settings: AgreementSyncSettings | None = None
) -> AgreementPlan:
    decision = decided(of, known, with_settings)
    assert isinstance(decision, Apply), decision
    return decision.plan


def check_of(checks: Sequence[Check], name: str) -> Check:
    found = [check for check in checks if check.name == name]
    assert found, [check.name for check in checks]
    return found[-1]


@dataclass
class EAutomate:
    """Carries plans out and bills, as far as the rules look at it."""

    known: Gathered
    next_id: int = 5000
    pairs: dict[int, int] = field(default_factory=dict)

    @property
    def contract(self) -> Contract:
        assert self.known.link is not None
        return self.known.contracts[int(self.known.link.right)]

    def carry_out(self, plan: AgreementPlan) -> None:
        """Everything a plan says about e-automate and the link."""
        if plan.pair is not None:
            self.pairs[plan.invoice.id] = plan.pair.invoice_id
        if plan.rename is not None:
            bills = [
                one.model_copy(update={"number": plan.rename.number})
                if one.invoice_id == plan.rename.bill.invoice_id
                else one
                for one in self.known.bills
            ]
            self.known = replace(self.known, bills=tuple(bills))
        if plan.contract is not None and not plan.writes_contract:
            return
        created = {folded(one.number): item(one.number, self._id()) for one in plan.items}
        items = {**self.known.items, **created}
        own = (
            plan.contract
            if plan.contract is not None
            else contract(lines=(), contract_id=CONTRACT, bill=False)
        )
        lines = {one.contract_detail_id: one for one in own.lines}
        noted = dict(plan.keys if plan.keys is not None else self.known.lines)
        for action in plan.lines:
            fields = {
                name: value for name, value in action.fields.items() if name in ContractLine.model_fields
            }
            if action.change is LineChange.ADD:
                ident = self._id()
                item_id = action.fields.get("item_id") or items[folded(action.item)].item_id
                new = ContractLine(contract_detail_id=ident, item=action.item, item_id=item_id)
                lines[ident] = new.model_copy(update=fields)
                if action.key:
                    noted[action.key] = ident
            elif action.change is LineChange.REMOVE:
                assert lines.pop(action.contract_detail_id or 0).base_billed_thru_date is None
            else:
                ident = action.contract_detail_id or 0
                lines[ident] = lines[ident].model_copy(update=fields)
        header = {name: value for name, value in plan.fields.items() if name in Contract.model_fields}
        if "billing_cycle_id" in plan.fields:
            cycles = {cycle.id: cycle.name for cycle in CYCLES}
            header["billing_cycle"] = cycles[plan.fields["billing_cycle_id"] or 0]
        own = own.model_copy(
            update={**header, "lines": tuple(sorted(lines.values(), key=lambda one: one.contract_detail_id))}
        )
        periods = {one.period_from: one for one in self.known.periods}
        if plan.period is not None:
            periods[plan.period.period_from] = replace(plan.period, contract_id=own.contract_id)
        self.known = replace(
            self.known,
            contracts={**self.known.contracts, own.contract_id: own},
            link=self.known.link or link(own.contract_id, plan.how or How.CREATED),
            items=items,
            lines=noted,
            periods=tuple(periods[first] for first in sorted(periods)),
        )

    def sees(self, of: Invoice) -> Gathered:
        """What is gathered for one invoice, with its own link to an e-automate invoice."""
        right = self.pairs.get(of.id)
        own = link(right, kind=LinkKind.INVOICE_INVOICE) if right is not None else None
        paired = next((one for one in self.known.bills if one.invoice_id == right), None)
        return replace(self.known, pair=own, paired=paired)

    def bill(self, number: str) -> ContractInvoice:
        """Bill the contract's next period."""
        own = self.contract
        assert own.bill
        first = own.base_next_billing_date or MAY
        last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        period = Period(first, last)
        parts = tuple(
            BilledPeriod(
                contract_id=own.contract_id,
                contract_detail_id=one.contract_detail_id,
                from_date=first,
                to_date=last,
                amount=line_preview(one, period),
            )
            for one in own.lines
            if (one.end_date or last) >= first
        )
        total = sum((part.amount for part in parts), Decimal())
        made = ContractInvoice(
            invoice_id=self._id(), number=number, customer_id=CUSTOMER, po_number=own.po_number,
            remarks=own.remarks, total=total, due=total, periods=parts,
        )  # fmt: skip
        billed = {part.contract_detail_id for part in parts}
        lines = tuple(
            one.model_copy(update={"base_billed_thru_date": last})
            if one.contract_detail_id in billed
            else one
            for one in own.lines
        )
        update = {
            "lines": lines,
            "billed": True,
            "base_billed_thru_date": last,
            "base_next_billing_date": period.after,
        }
        self._save(own.model_copy(update=update), (*self.known.bills, made))
        return made

    def void_and_reset(self, made: ContractInvoice) -> None:
        """Void an invoice; the contract is as before it."""
        own = self.contract
        first = min(part.from_date for part in made.periods if part.from_date is not None)
        earlier = [one for one in self.known.bills if not one.void and one.invoice_id != made.invoice_id]
        before = first - timedelta(days=1) if earlier else None
        billed = {part.contract_detail_id for one in earlier for part in one.periods}
        lines = tuple(
            one.model_copy(
                update={"base_billed_thru_date": before if one.contract_detail_id in billed else None}
            )
            for one in own.lines
        )
        update = {
            "lines": lines,
            "billed": bool(earlier),
            "base_billed_thru_date": before,
            "base_next_billing_date": first,
        }
        void = made.model_copy(
            update={
                "void": True,
                "due": Decimal(),
                "periods": tuple(part.model_copy(update={"void": True}) for part in made.periods),
            }
        )
        bills = tuple(void if one.invoice_id == made.invoice_id else one for one in self.known.bills)
        self._save(own.model_copy(update=update), bills)

    def told(self) -> list[tuple[str, Decimal, Decimal, str]]:
        """The lines in force: item, quantity, unit rate, description; as people compare them."""
        return sorted(
            (one.item, one.quantity.normalize(), one.unit_base_rate.normalize(), one.description)
            for one in self.contract.lines
            if one.end_date is None
        )

    def _save(self, own: Contract, bills: tuple[ContractInvoice, ...]) -> None:
        self.known = replace(
            self.known, contracts={**self.known.contracts, own.contract_id: own}, bills=bills
        )

    def _id(self) -> int:
        self.next_id += 1
        return self.next_id


def other(number: str, ident: int, day: date, **given: Any) -> OtherInvoice:
    return OtherInvoice(ident, number, day, **({"status": "New"} | given))
