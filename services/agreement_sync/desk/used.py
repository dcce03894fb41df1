"""Which agreement types and product types ConnectWise uses, and the templates e-automate has for them; only reads."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from services.agreement_sync.desk.health import Held, InUse, What, key_of, room
from services.agreement_sync.rules.templates import latest
from services.agreement_sync.settings import AgreementSyncSettings
from shared.connectwise.agreements import AGREEMENTS, AgreementInvoices, dated_from
from shared.connectwise.catalog import CATALOG
from shared.connectwise.client import ConnectWise
from shared.connectwise.conditions import equals, every
from shared.connectwise.invoices import AGREEMENT, INVOICES, ref_id
from shared.connectwise.paging import walk
from shared.eautomate.port import EAutomate
from shared.eautomate.values import folded

OVER = frozenset({"cancelled", "expired", "inactive"})
BILLED_DAYS = 100
"""How far back invoices tell which products are billed: a quarter, and some days."""


async def in_use(client: ConnectWise, everything: bool = False, days: int = BILLED_DAYS) -> InUse:
    """Types of agreements in force, and product types of what agreements are billed for.

    A product type is in use when an agreement invoice of the last ``days`` has a product of it, or when the
    catalog has products of class Agreement of it.

    Args:
        everything: every active type ConnectWise knows, used or not.

    Raises:
        TransientError, UnauthorizedError: as ``ConnectWise.get``.
    """
    invoices = AgreementInvoices(client)
    types: Counter[str] = Counter()
    async for page in walk(
        client, AGREEMENTS, fields=("id", "type/id", "type/name", "cancelledFlag", "agreementStatus")
    ):
        for row in page.rows:
            over = str(row.get("agreementStatus") or "").casefold() in OVER or row.get("cancelledFlag")
            name = str((row.get("type") or {}).get("name") or "").strip()
            if name and not over:
                types[name] += 1
    products = await _billed(client, invoices, days) | await _of_agreements(client)
    if everything:
        for one in await invoices.agreement_types():
            if one.name and not _inactive(one):
                types.setdefault(one.name.strip(), 0)
        products |= {
            one.name.strip()
            for one in await invoices.catalog.product_types()
            if one.name and not _inactive(one)
        }
    return InUse(dict(types), products)


async def held(eautomate: EAutomate, used: InUse, settings: AgreementSyncSettings) -> Held:
    """What e-automate has of the templates that are wanted, and of names like theirs."""
    wanted: dict[What, list[str]] = {
        What.CONTRACT: [key_of(What.CONTRACT, name, settings) for name in used.agreement_types],
        What.BASE: [key_of(What.BASE, name, settings) for name in used.agreement_types],
        What.PRODUCT: [key_of(What.PRODUCT, name, settings) for name in used.product_types],
    }
    fitting = {what: [key for key in keys if len(key) <= room(what)] for what, keys in wanted.items()}
    numbers = [*fitting[What.BASE], *fitting[What.PRODUCT]]
    if settings.service_item.strip():
        numbers.append(settings.service_item.strip())
    default = settings.default_contract_template.strip()
    numbered = await eautomate.contracts_by_numbers([default]) if default else {}
    by_major = await eautomate.contract_templates([*fitting[What.CONTRACT], *([default] if default else [])])
    prefixes = {settings.prefix_base_template.strip(), settings.prefix_product_template.strip()}
    items = [item for prefix in sorted(prefixes) for item in await eautomate.items_starting(prefix)]
    return Held(
        templates=by_major,
        items=await eautomate.items_by_numbers(numbers),
        majors=[
            one.major for one in await eautomate.contracts_starting(settings.prefix_contract_template.strip())
        ],
        numbers=sorted({item.number for item in items}),
        internal=await internal_customers(eautomate),
        default=numbered.get(folded(default)) or latest(by_major.get(folded(default), ())),
    )


async def internal_customers(eautomate: EAutomate) -> frozenset[int]:
    """The dealer's own customers, which own the templates; by ``CustomerID``."""
    found: set[int] = set()
    last = 0
    while page := await eautomate.customers_all(last):
        last = page[-1].customer_id
        found |= {row.customer_id for row in page if row.company_customer}
    return frozenset(found)


async def _billed(client: ConnectWise, invoices: AgreementInvoices, days: int) -> set[str]:
    since = (datetime.now(UTC) - timedelta(days=days)).date()
    condition = every(equals("type", AGREEMENT), dated_from("date", since))
    pages = walk(client, INVOICES, conditions=condition, fields=("id",))
    ids = [int(row["id"]) async for page in pages for row in page.rows]
    rows = [row for held_rows in (await invoices.billed_rows(ids)).values() for row in held_rows]
    # Products that merely share the invoice become no contract line.
    items = {ref_id(row, "catalogItem") for row in rows if ref_id(row, "agreement") is not None}
    catalog = await invoices.catalog.items(item for item in items if item is not None)
    return _type_names(catalog.values())


async def _of_agreements(client: ConnectWise) -> set[str]:
    condition = every(equals("productClass", "Agreement"), equals("inactiveFlag", False))
    pages = walk(client, CATALOG, conditions=condition, fields=("id", "type/id", "type/name"))
    return _type_names([row async for page in pages for row in page.rows])


def _type_names(rows: Iterable[dict[str, object]]) -> set[str]:
    names = set()
    for row in rows:
        kind = row.get("type")
        name = str(kind.get("name") or "").strip() if isinstance(kind, dict) else ""
        if name:
            names.add(name)
    return names


def _inactive(one: object) -> bool:
    return bool(getattr(one, "inactiveFlag", False))
