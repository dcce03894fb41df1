"""Invoices put together from JSON as recorded (reference connectwise-entities 6.3 to 6.13)."""

from decimal import Decimal
from typing import Any

import pytest

from shared.connectwise.companies import MalformedRecordError
from shared.connectwise.invoices import Parts, agreements_on, billed, invoice, joined

HREF = "https://na.myconnectwise.net/v4_6_release/apis/3.0//x/1"
INVOICE: dict[str, Any] = {
    "id": 18601,
    "invoiceNumber": "104301MS",
    "type": "Agreement",
    "status": {"id": 1, "name": "New", "isClosed": False, "_info": {"status_href": HREF}},
    "company": {"id": 1204, "identifier": "NorthgateDental", "name": "Northgate Dental Group"},
    "billToCompany": {"id": 1204, "identifier": "NorthgateDental", "name": "Northgate Dental Group"},
    "applyToType": "Agreement",
    "applyToId": 88,
    "date": "2025-04-01T00:00:00Z",
    "agreementAmount": Decimal("250.00"),
    "productTotal": Decimal("948.00"),
    "subtotal": Decimal("1198.00"),
    "total": Decimal("1449.58"),
    "payments": Decimal("0.00"),
    "balance": Decimal("1449.58"),
    "currency": {"id": 7, "name": "Euro", "currencyCode": "EUR"},
    "agreement": {"id": 88, "name": "Managed Care - Gold", "_info": {"agreement_href": HREF}},
    "customFields": [{"id": 21, "caption": "ERP Doc No", "type": "Text", "value": ""}],
    "_info": {"lastUpdated": "2025-03-31T16:02:44Z", "updatedBy": "mkova", "products_href": HREF},
}
SEAT: dict[str, Any] = {
    "id": 20501,
    "invoice": {"id": 18601, "identifier": "104301MS"},
    "catalogItem": {"id": 702, "identifier": "MS-SEAT", "_info": {"catalog_href": HREF}},
    "description": "Managed seat",
    "customerDescription": "Managed seat",
    "sequenceNumber": Decimal("1.00"),
    "quantity": Decimal("24.00"),
    "unitOfMeasure": {"id": 1, "name": "Each"},
    "price": Decimal("39.50"),
    "extPrice": Decimal("948.00"),
    "discount": Decimal("0.00"),
    "billableOption": "Billable",
    "agreement": {"id": 88, "name": "Managed Care - Gold"},
    "cancelledFlag": False,
    "uom": "Each",
}
AGREEMENT: dict[str, Any] = {
    "id": 88,
    "name": "Managed Care - Gold",
    "type": {"id": 6, "name": "Managed Services", "_info": {"type_href": HREF}},
    "nextInvoiceDate": "2025-05-01T00:00:00Z",
    "customFields": [{"id": 31, "caption": "ZCJ_ContractNumber", "type": "Text", "value": "CW-40757-01"}],
    "_info": {"lastUpdated": "2025-03-04T14:22:09Z"},
}
ADDITION: dict[str, Any] = {
    "id": 4471,
    "product": {"id": 702, "identifier": "MS-SEAT", "_info": {"catalog_href": HREF}},
    "quantity": Decimal("24.00"),
    "unitPrice": Decimal("39.50"),
    "billCustomer": "Billable",
    "effectiveDate": "2025-01-01T00:00:00Z",
    "_info": {"lastUpdated": "2025-03-01T06:00:12Z"},
}
ITEM: dict[str, Any] = {
    "id": 702,
    "identifier": "MS-SEAT",
    "type": {"id": 9, "name": "Managed Service"},
    "unitOfMeasure": {"id": 2, "name": "User"},
}
PARTS = Parts(
    lines={18601: [SEAT]},
    agreements={88: AGREEMENT},
    additions={88: [ADDITION]},
    catalog={702: ITEM},
    territories={1204: "North Region"},
)


def with_lines(*lines: dict[str, Any], **more: Any) -> Parts:
    return Parts(
        lines={18601: lines},
        agreements=PARTS.agreements,
        additions=more.pop("additions", PARTS.additions),
        catalog=more.pop("catalog", PARTS.catalog),
        territories=PARTS.territories,
        **more,
    )


def test_an_invoice_carries_everything_that_explains_it() -> None:
    made = invoice(joined(INVOICE, PARTS))
    assert (made.order_key, made.subject, made.companyTerritory) == ("88", "18601", "North Region")
    assert made.agreement is not None
    assert made.agreement.type is not None
    assert made.agreement.type.name == "Managed Services"
    assert made.agreement.customFields[0].value == "CW-40757-01"
    [line] = made.lines
    assert (line.quantity, line.price, line.extPrice) == (Decimal(24), Decimal("39.5"), Decimal(948))
    assert (line.productType, line.unitOfMeasureName) == ("Managed Service", "Each")
    [addition] = made.additions
    assert (addition.id, addition.agreementId) == (4471, 88)


def test_amounts_travel_to_the_cent_and_come_back_the_same() -> None:
    made = invoice(joined(INVOICE, PARTS))
    again = type(made).model_validate_json(made.value())
    assert again.content_hash() == made.content_hash()
    assert again.total == Decimal("1449.58")
    assert again.lines[0].price == Decimal("39.50")


def test_stamps_and_links_of_any_part_are_no_content() -> None:
    before = invoice(joined(INVOICE, PARTS))
    saved = {**INVOICE, "_info": {"lastUpdated": "2025-04-01T08:00:00Z", "products_href": "other"}}
    moved = Parts(
        lines={18601: [{**SEAT, "_info": {"lastUpdated": "2025-04-02T08:00:00Z"}}]},
        agreements={88: {**AGREEMENT, "_info": {"lastUpdated": "2025-04-02T08:00:00Z"}}},
        additions={88: [{**ADDITION, "_info": {"lastUpdated": "2025-04-02T08:00:00Z"}}]},
        catalog=PARTS.catalog,
        territories=PARTS.territories,
    )
    after = invoice(joined(saved, moved))
    assert after.content_hash() == before.content_hash()
    assert "_href" not in after.value().decode()


def test_rows_stand_by_sequence_and_cancelled_ones_are_left_out() -> None:
    rows = [
        {**SEAT, "id": 3, "sequenceNumber": Decimal("2.00")},
        {**SEAT, "id": 2, "sequenceNumber": Decimal("1.00")},
        {**SEAT, "id": 1, "sequenceNumber": Decimal("2.00")},
        {**SEAT, "id": 4, "cancelledFlag": True},
        {**SEAT, "id": 5, "sequenceNumber": None},
    ]
    assert [row["id"] for row in billed(rows)] == [5, 2, 1, 3]
    assert [line.id for line in invoice(joined(INVOICE, with_lines(*rows))).lines] == [5, 2, 1, 3]


def test_a_row_without_a_unit_takes_the_catalog_items() -> None:
    bare = {name: value for name, value in SEAT.items() if name not in ("unitOfMeasure", "uom", "extPrice")}
    [line] = invoice(joined(INVOICE, with_lines(bare))).lines
    assert (line.unitOfMeasureName, line.extPrice) == ("User", None)


def test_a_row_whose_item_is_gone_has_no_product_type() -> None:
    [line] = invoice(joined(INVOICE, with_lines(SEAT, catalog={}))).lines
    assert (line.productType, line.unitOfMeasureName) == (None, "Each")


def test_additions_of_children_billed_with_their_parent_come_along() -> None:
    child = {**SEAT, "id": 20502, "agreement": {"id": 91, "name": "Backup"}}
    parts = with_lines(SEAT, child, additions={88: [ADDITION], 91: [{**ADDITION, "id": 5001}]})
    assert agreements_on(INVOICE, [SEAT, child]) == [88, 91]
    made = invoice(joined(INVOICE, parts))
    assert [(one.id, one.agreementId) for one in made.additions] == [(4471, 88), (5001, 91)]


def test_a_deleted_agreement_is_still_the_one_the_invoice_names() -> None:
    made = invoice(joined(INVOICE, Parts()))
    assert made.agreement is not None
    assert (made.agreement.id, made.agreement.name, made.agreement.type) == (88, "Managed Care - Gold", None)
    unnamed = {name: value for name, value in INVOICE.items() if name != "agreement"}
    assert invoice(joined(unnamed, Parts())).order_key == "88"


def test_a_credit_memo_without_an_agreement_is_one_all_the_same() -> None:
    memo = {"id": 18700, "invoiceNumber": "CM-1", "type": "CreditMemo", "total": Decimal("-10.00")}
    made = invoice(joined(memo, Parts()))
    assert (made.agreement, made.lines, made.order_key) == (None, (), "invoice-18700")


@pytest.mark.parametrize(
    ("row", "parts", "named"),
    [
        ({**INVOICE, "subtotal": "a lot"}, PARTS, "subtotal"),
        ({**INVOICE, "type": None}, PARTS, "type"),
        (INVOICE, with_lines({**SEAT, "quantity": "two"}), "lines.0.quantity"),
        (INVOICE, with_lines({**SEAT, "sequenceNumber": "first"}), "lines.0.sequenceNumber"),
        (INVOICE, with_lines(SEAT, additions={88: [{**ADDITION, "unitPrice": []}]}), "additions.0.unitPrice"),
    ],
)
def test_a_part_without_its_shape_is_named(row: dict[str, Any], parts: Parts, named: str) -> None:
    with pytest.raises(MalformedRecordError, match=rf"invoice 18601.*{named}"):
        invoice(joined(row, parts))
