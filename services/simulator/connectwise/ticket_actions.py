"""Endpoints of tickets and time that are no table: merging, attaching, all notes, drafts, sheets, documents."""

from collections.abc import Callable
from typing import Any

from services.simulator.connectwise.business.sheet import ACTIONS, act
from services.simulator.connectwise.business.ticket_merge import attach, merge
from services.simulator.connectwise.call import Call, allow
from services.simulator.connectwise.coerce import Coercer
from services.simulator.connectwise.errors import ApiError, FieldProblem, invalid, not_found
from services.simulator.connectwise.fields import Entity, Record
from services.simulator.connectwise.lists import page_size, positive
from services.simulator.connectwise.serialize import encode
from services.simulator.connectwise.store import Row
from services.simulator.connectwise.wire import Response, answer

Extra = Callable[[Call, list[int]], Response]
_DONE = {"success": True}
_EMPTY = ("documents", "configurations", "scheduleentries", "activities")
"""What a ticket may have that the stand-in has none of."""


def _ticket(call: Call, entity: Entity, ident: int, verb: str) -> Row:
    # The ticket of a path, if the caller may.
    call.caller().demand(entity.guard, verb)
    row, sees = call.state.store.get("ticket", ident), call.caller().view(entity)
    if row is None or not entity.opens(row.data) or (sees is not None and not sees(row.data)):
        raise not_found(entity.noun, ident)
    call.caller().demand(entity.guard, verb, row, entity)
    return row


def _body(call: Call) -> dict[str, Any]:
    body = call.request.json() if call.request.body.strip() else {}
    if not isinstance(body, dict):
        raise ApiError(400, "InvalidObject", "A JSON object is expected.")
    return body


def _numbers(body: dict[str, Any], name: str) -> list[int]:
    found = body.get(name)
    if not isinstance(found, list) or not found or not all(isinstance(one, int) for one in found):
        raise ApiError(400, "InvalidObject", f"{name} is required.")
    return found


def _merge(call: Call, numbers: list[int]) -> Response:
    """`{"mergeTicketIds": [...], "status": {...}}` (the model): the tickets become part of this one."""
    allow(call.request.method, "POST")
    entity, body = call.state.store.entities["ticket"], _body(call)
    into = _ticket(call, entity, numbers[0], "edit")
    rows = [_ticket(call, entity, one, "edit") for one in _numbers(body, "mergeTicketIds")]
    status = None
    if body.get("status"):
        try:
            beside = into.data
            status = Coercer(call.state.store).reference(
                entity, entity.by_name["status"], body["status"], beside
            )
        except FieldProblem as problem:
            raise invalid("ticketMerge", [problem.item]) from problem
    writer = call.writer()
    merge(writer, into, rows, status)
    call.wrote(writer)
    return answer(200, {**_DONE, "message": "The tickets have been merged."})


def _attach(call: Call, numbers: list[int]) -> Response:
    """`{"childTicketIds": [...]}` (the model): the tickets become children of this one."""
    allow(call.request.method, "POST")
    entity = call.state.store.entities["ticket"]
    above = _ticket(call, entity, numbers[0], "edit")
    rows = [_ticket(call, entity, one, "edit") for one in _numbers(_body(call), "childTicketIds")]
    writer = call.writer()
    attach(writer, above, rows)
    call.wrote(writer)
    return answer(200, {**_DONE, "message": "The tickets have been attached."})


def _all_notes(name: str) -> Extra:
    def serve(call: Call, numbers: list[int]) -> Response:
        """Notes, and those time entries that are notes too, by time; paged, not filtered."""
        allow(call.request.method, "GET")
        ticket = _ticket(call, call.state.store.entities[name], numbers[0], "inquire")
        rows = sorted(_notes(call, ticket), key=lambda one: str(one[0]))
        params = call.request.params()
        size = page_size(params)
        start = (positive(params, "page", 1) - 1) * size
        return Response(200, encode([one for _, one in rows[start : start + size]]).encode())

    return serve


_FLAGS = {
    "detailDescriptionFlag": "addToDetailDescriptionFlag",
    "internalAnalysisFlag": "addToInternalAnalysisFlag",
    "resolutionFlag": "addToResolutionFlag",
}


def _notes(call: Call, ticket: Row) -> list[tuple[Any, Record]]:
    store, show = call.state.store, call.serializer()
    found = []
    for name, kind, when in (
        ("ticketNote", "TicketNote", "dateCreated"),
        ("timeEntry", "TimeEntryNote", "timeStart"),
    ):
        table = store.table(name)
        for ident in sorted(table.find("ticket", ticket.id)):
            data = table.rows[ident].data
            own = kind == "TicketNote"
            flags = {flag: bool(data.get(flag if own else timed)) for flag, timed in _FLAGS.items()}
            text = data.get("text") if own else data.get("notes")
            if not own and not (text and any(flags.values())):
                continue
            shown: Record = {
                "id": ident,
                "noteType": kind,
                "ticket": show.reference("ticket", ticket.id),
                "text": text,
                "isMarkdownFlag": False,
                **flags,
                "issueFlag": bool(data.get("issueFlag")),
                "bundledFlag": False,
                "mergedFlag": False,
                "originalAuthor": data.get("createdBy") or data.get("_enteredBy"),
                "_info": {"lastUpdated": data.get("_lastUpdated"), "updatedBy": data.get("_updatedBy")},
            }
            for reference in ("member", "contact"):
                if data.get(reference) is not None:
                    shown[reference] = show.reference(reference, data[reference])
            if not own:
                shown |= {part: data[part] for part in ("timeStart", "timeEnd") if data.get(part)}
            found.append((data.get(when), shown))
    return found


def _nothing(name: str, *, count: bool) -> Extra:
    def serve(call: Call, numbers: list[int]) -> Response:
        """A list of which there is nothing here."""
        allow(call.request.method, "GET")
        _ticket(call, call.state.store.entities[name], numbers[0], "inquire")
        return answer(200, {"count": 0} if count else [])

    return serve


def _documents(call: Call, _numbers: list[int]) -> Response:
    """Documents need to be asked for by record; uploads are forms, never JSON (documented)."""
    if call.request.method == "POST":
        if "multipart" not in call.request.headers.get("content-type", ""):
            raise ApiError(415, "ConnectWiseApi", "Unsupported Media Type.")
        raise ApiError(501, "NotSimulated", "The stand-in keeps no documents.")
    allow(call.request.method, "GET")
    params = call.request.params()
    if not params.get("recordtype") or not params.get("recordid"):
        raise ApiError(400, "InvalidObject", "recordType and recordId are required.")
    return answer(200, {"count": 0} if call.request.path.endswith("/count") else [])


def _draft(call: Call, _numbers: list[int]) -> Response:
    """`POST /time/entries/defaults`: what a time entry would be; nothing is stored or checked."""
    allow(call.request.method, "POST")
    entity = call.state.store.entities["timeEntry"]
    call.caller().demand(entity.guard, "add")
    write = call.writer().draft(entity, _body(call))
    if write.items:
        raise invalid(entity.singular, write.items)
    return call.shown(entity, Row(0, {**write.record, "id": 0}))


def _sheet(action: str) -> Extra:
    def serve(call: Call, numbers: list[int]) -> Response:
        """Do it to the sheet and its entries."""
        allow(call.request.method, "POST")
        entity = call.state.store.entities["timeSheet"]
        call.caller().demand(entity.guard, "edit")
        row, sees = call.state.store.get("timeSheet", numbers[0]), call.caller().view(entity)
        if row is None or (sees is not None and not sees(row.data)):
            raise not_found(entity.noun, numbers[0])
        writer = call.writer()
        act(writer, row, action)
        call.wrote(writer)
        return answer(200, {**_DONE, "message": f"The action {action} has been carried out."})

    return serve


TICKET_EXTRAS: dict[str, Extra] = {
    "service/tickets/{}/merge": _merge,
    "service/tickets/{}/attachchildren": _attach,
    "service/tickets/{}/allnotes": _all_notes("ticket"),
    "project/tickets/{}/allnotes": _all_notes("projectTicket"),
    "system/documents": _documents,
    "system/documents/count": _documents,
    "time/entries/defaults": _draft,
    **{f"time/sheets/{{}}/{action}": _sheet(action) for action in ACTIONS},
    **{
        f"{path}/{{}}/{what}{'/count' if count else ''}": _nothing(name, count=count)
        for path, name in (("service/tickets", "ticket"), ("project/tickets", "projectTicket"))
        for what in _EMPTY
        for count in (False, True)
    },
}
"""By path shape, numbers written as {}."""
