"""Endpoints that are no list and no record: system info, audit trail, merge, keys, defaults, bundles."""

import secrets
from collections.abc import Callable
from typing import Any

from services.simulator.connectwise.audit import TYPES
from services.simulator.connectwise.bundles import bundle
from services.simulator.connectwise.business.merge import merge
from services.simulator.connectwise.business.printing import printed
from services.simulator.connectwise.business.system import deactivated
from services.simulator.connectwise.call import Call, allow
from services.simulator.connectwise.errors import ApiError, not_found
from services.simulator.connectwise.lists import Listing, page_size, positive
from services.simulator.connectwise.raising import by_action
from services.simulator.connectwise.settings import NEWEST
from services.simulator.connectwise.state import Key
from services.simulator.connectwise.store import Row
from services.simulator.connectwise.ticket_actions import TICKET_EXTRAS
from services.simulator.connectwise.wire import Response, answer

_TOKEN_SECONDS = 4 * 3600
_GUARDS = {
    "Agreement": "Agreements",
    "AgreementAddition": "Agreements",
    "Company": "Company Maintenance",
    "Contact": "Contacts",
    "Invoice": "Invoicing",
    "ProductCatalog": "Product Catalog",
    "Project": "Project Headers",
    "ProjectTicket": "Project Tickets",
    "Ticket": "Service Tickets",
    "Time": "Time Entry",
}


def _system_info(call: Call, _numbers: list[int]) -> Response:
    allow(call.request.method, "GET")
    cloud = call.state.settings.mode == "cloud"
    return answer(
        200,
        {
            "version": f"v{call.state.settings.generation}",
            "isCloud": cloud,
            "serverTimeZone": call.state.settings.server_time_zone,
            "licenseBits": [{"name": "API", "activeFlag": True}],
            **({"cloudRegion": "NA"} if cloud else {}),
            **({"maxWorkFlowRecordsAllowed": 1000} if call.generation >= NEWEST else {}),
        },
    )


def _audit_rows(call: Call) -> list[dict[str, Any]]:
    allow(call.request.method, "GET")
    params = call.request.params()
    wanted = next((one for one in TYPES if one.lower() == params.get("type", "").lower()), None)
    if wanted is None:
        raise ApiError(400, "InvalidObject", "type is required.")
    ident = params.get("id", "")
    if not ident.isdigit():
        raise ApiError(400, "InvalidObject", "id or deviceIdentifier is required.")
    call.caller().demand(_GUARDS.get(wanted, ""), "inquire")
    return call.state.store.audits.get((wanted, int(ident)), [])


def _audit(call: Call, _numbers: list[int]) -> Response:
    # Offset paging only: the trail ignores the forward-only header (reported).
    rows, params = _audit_rows(call), call.request.params()
    size = page_size(params)
    start = (positive(params, "page", 1) - 1) * size
    return answer(200, rows[start : start + size])


def _audit_count(call: Call, _numbers: list[int]) -> Response:
    return answer(200, {"count": len(_audit_rows(call))})


def _merge(call: Call, numbers: list[int]) -> Response:
    allow(call.request.method, "POST")
    company = call.state.store.entities["company"]
    call.caller().demand(company.guard, "edit")
    sees = call.caller().view(company)
    body = call.request.json()
    source = call.state.store.get("company", numbers[0])
    if source is None or (sees is not None and not sees(source.data)):
        raise not_found("Company", numbers[0])
    if not isinstance(body, dict) or not isinstance(body.get("toCompanyId"), int):
        raise ApiError(400, "InvalidObject", "toCompanyId is required.")
    writer = call.writer()
    merge(writer, source, body["toCompanyId"], body)
    call.wrote(writer)
    return answer(200, {"success": True, "message": "The companies have been merged."})


def _print(call: Call, numbers: list[int]) -> Response:
    """An invoice with all that is needed to print it."""
    allow(call.request.method, "GET")
    entity = call.state.store.entities["invoice"]
    call.caller().demand(entity.guard, "inquire")
    row, sees = call.state.store.get("invoice", numbers[0]), call.caller().view(entity)
    if row is None or (sees is not None and not sees(row.data)):
        raise not_found(entity.noun, numbers[0])
    return Response(200, printed(call.state.store, call.serializer(), row).encode())


def _default_company(call: Call, _numbers: list[int]) -> Response:
    """What a new company would begin with."""
    allow(call.request.method, "GET")
    entity = call.state.store.entities["company"]
    call.caller().demand(entity.guard, "inquire")
    return call.shown(entity, Row(0, {"id": 0, **call.writer().defaults(entity)}))


def _my_security(call: Call, _numbers: list[int]) -> Response:
    """The settings of the caller's role."""
    allow(call.request.method, "GET")
    member = call.caller().row
    entity = call.state.store.entities["securityRoleSetting"]
    role = member.data.get("securityRole") if member is not None else None
    query = {"pagesize": "1000", **call.request.params()}
    listing = Listing(entity, query, call.generation, ("role", int(role or 0)))
    page = call.state.lister.page(listing, call.serializer(), forward=False)
    return Response(200, page.body.encode())


def _deactivate(call: Call, numbers: list[int]) -> Response:
    allow(call.request.method, "POST")
    entity = call.state.store.entities["member"]
    call.caller().demand(entity.guard, "edit")
    row = call.state.store.get("member", numbers[0])
    if row is None:
        raise not_found("Member", numbers[0])
    writer = call.writer()
    writer.store_again(entity, row, deactivated(row.data, call.state.clock.stamp()))
    call.wrote(writer)
    return answer(200, {"success": True, "message": "The member has been deactivated."})


def _bundles(call: Call, _numbers: list[int]) -> Response:
    allow(call.request.method, "POST")
    return bundle(call)


def token(call: Call, identifier: str) -> Response:
    """Keys with which records show a human in `updatedBy`; valid for four hours (documented)."""
    allow(call.request.method, "POST")
    call.caller().demand("Member Maintenance", "edit")
    store = call.state.store
    table = store.table("member")
    by_id = {int(identifier)} & table.rows.keys() if identifier.isdigit() else set()
    found = table.find("identifier", identifier) or by_id
    if not found:
        raise not_found("Member", identifier)
    member = table.rows[min(found)].data["identifier"]
    public, private = secrets.token_hex(8), secrets.token_hex(8)
    expires = call.state.clock.now() + _TOKEN_SECONDS
    call.state.keys[public] = Key(str(member), private, expires)
    return answer(
        200,
        {"publicKey": public, "privateKey": private, "expiration": call.state.clock.stamp(_TOKEN_SECONDS)},
    )


def _token(call: Call, numbers: list[int]) -> Response:
    return token(call, str(numbers[0]))


EXTRAS: dict[str, Callable[[Call, list[int]], Response]] = {
    "system/info": _system_info,
    "system/audittrail": _audit,
    "system/audittrail/count": _audit_count,
    "system/mysecurity": _my_security,
    "system/bundles": _bundles,
    "system/members/{}/deactivate": _deactivate,
    "system/members/{}/tokens": _token,
    "company/companies/{}/merge": _merge,
    "company/companies/default": _default_company,
    "finance/agreements/{}/invoice": by_action,
    "finance/info/invoice/{}": _print,
    **TICKET_EXTRAS,
}
"""By path shape, numbers written as {}."""
