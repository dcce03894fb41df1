"""Short ways to say what is asked of mapping."""

from typing import Any

from shared.links.kinds import LinkKind
from shared.links.models import How, MakeLink

Json = dict[str, Any]

COMPANY = LinkKind.CUSTOMER_COMPANY


def wish(left: int | str = 1001, right: int | str = 77, how: How = How.COMPANY_ID, **more: Any) -> MakeLink:
    """A request to link a customer and a company."""
    text = {"by": "customer_sync", "why": "Company ID equals the customer number"} | more
    return MakeLink(kind=COMPANY, left=str(left), right=str(right), how=how, **text)


def body(left: int | str = 1001, right: int | str = 77, how: str = "company_id", **more: Any) -> Json:
    """The same as JSON."""
    wanted: Json = {
        "kind": "customer-company",
        "left": str(left),
        "right": str(right),
        "how": how,
        "by": "customer_sync",
        "why": "Company ID equals the customer number",
    }
    return wanted | more


def apart(left: int | str = 1001, **more: Any) -> Json:
    """A request to unlink, as JSON."""
    wanted = {"kind": "customer-company", "left": str(left), "by": "ann", "why": "wrong company"}
    return wanted | more
