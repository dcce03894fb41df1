"""An API client written by others, billing agreements."""

from typing import Any

import httpx
import pytest
from pyconnectwise.exceptions import MalformedRequestException, NotFoundException

from tests.contract.simulator.connectwise.billing import agreement_body, bill, customer
from tests.contract.simulator.connectwise.builders import replace


@pytest.fixture
def owner(manage: Any, api: httpx.Client) -> int:
    body = agreement_body(customer(api), billAmount=100)
    return int(manage.finance.agreements.post(data=body).id)


def test_pyconnectwise_works_with_agreements_and_additions(manage: Any, owner: int) -> None:
    one = manage.finance.agreements.id(owner)
    found = one.get()
    assert (found.type.name, found.billing_cycle.name, found.agreement_status) == (
        "Managed Services",
        "Monthly",
        "Active",
    )
    assert (found.bill_amount, found.custom_fields[0].caption) == (100, "ZCJ_ContractNumber")
    body = {"product": {"identifier": "MS-SEAT"}, "quantity": 24, "billCustomer": "Billable"}
    seat = one.additions.post(data=body)
    assert (seat.billed_quantity, seat.ext_price, seat.product.identifier) == (24, 948, "MS-SEAT")
    ended = one.additions.id(seat.id).patch([replace("cancelledDate", "2026-07-01T00:00:00Z")])
    assert (ended.cancelled_date.month, one.additions.count.get().count) == (7, 1)
    one.additions.id(seat.id).delete()
    assert one.additions.get() == []
    with pytest.raises(MalformedRequestException):
        one.patch([replace("name", "x" * 101)])
    query = {"conditions": "type/name='Managed Services'", "orderBy": "id desc"}
    assert [row.id for row in manage.finance.agreements.get(params=query)] == [owner]
    assert manage.finance.agreements.types.id(6).get().prorate_flag is True
    assert manage.finance.agreements.types.info.get()[0].name == "Managed Services"


def test_pyconnectwise_works_with_invoices_and_payments(
    manage: Any, api: httpx.Client, sim: httpx.Client, owner: int
) -> None:
    ident = bill(sim, owner, "2026-06-01", number="40757")["id"]
    found = manage.finance.invoices.get(params={"conditions": "type='Agreement'"})[0]
    assert (found.id, found.invoice_number, found.agreement.name) == (ident, "40757", "Managed Care")
    assert (found.date.month, found.agreement_amount, found.balance) == (6, 100, 108)
    told = manage.finance.info.invoice.id(ident).get()
    assert (told.invoice.id, told.agreement_billing_info[0].agreement_rec_id) == (ident, owner)
    payments = manage.finance.invoices.id(ident).payments
    paid = payments.post(data={"type": "P", "amount": 108, "invoice": {"id": ident}})
    assert (paid.amount, paid.applied_by, paid.invoice.billing_type) == (108, "tandem", "Agreement")
    assert (payments.get()[0].id, manage.finance.invoices.id(ident).get().balance) == (paid.id, 0)
    closed = manage.finance.invoices.id(ident).patch([replace("status", {"name": "Closed"})])
    assert closed.status.name == "Closed"
    narrow = manage.finance.closed_invoices.id(ident).patch([replace("status", {"name": "Paid"})])
    assert (narrow.id, narrow.status.name) == (ident, "Paid")
    assert manage.finance.invoices.id(ident).get().status.name == "Paid"
    payments.id(paid.id).delete()
    with pytest.raises(NotFoundException):
        payments.id(paid.id).get()


def test_pyconnectwise_works_with_the_catalog_and_product_rows(manage: Any, api: httpx.Client) -> None:
    item = manage.procurement.catalog.get(params={"conditions": "identifier='MS-SEAT'"})[0]
    assert (item.type.name, item.category.name, item.unit_of_measure.name) == (
        "Agreement Seat",
        "Managed Services",
        "Each",
    )
    company = customer(api, "Buyer")["id"]
    invoice = manage.finance.invoices.post(data={"type": "Miscellaneous", "company": {"id": company}})
    body = {
        "catalogItem": {"id": item.id},
        "quantity": 2,
        "billableOption": "Billable",
        "invoice": {"id": invoice.id},
    }
    line = manage.procurement.products.post(data=body)
    assert (line.customer_description, line.price, line.invoice.identifier) == (
        "Managed seat",
        39.5,
        invoice.invoice_number,
    )
    assert manage.finance.invoices.id(invoice.id).get().product_total == 79
    assert manage.finance.billing_statuses.get()[0].name == "New"
    assert manage.finance.billing_cycles.get()[0].billing_options == "Monthly"
    assert [one.name for one in manage.procurement.unit_of_measures.get()] == ["Each", "Hour", "EA"]
    assert manage.procurement.types.count.get().count == 5
