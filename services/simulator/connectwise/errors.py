"""The error bodies of the API."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One line of `errors[]`; `field` is the JSON name of what is wrong."""

    code: str
    message: str
    resource: str
    field: str

    def body(self) -> dict[str, str]:
        """The JSON object of this line."""
        return {"code": self.code, "message": self.message, "resource": self.resource, "field": self.field}


class ApiError(Exception):
    """An answer other than success: status, code, message and, for validation, the lines."""

    def __init__(self, status: int, code: str, message: str, items: list[Item] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.items = items

    def body(self) -> dict[str, Any]:
        """The JSON object of the whole answer. `errors` is absent without lines, as recorded answers show."""
        shown: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.items is not None and not self.items:
            shown["errors"] = None  # as the gateway in front of the API does
        if self.items:
            shown["errors"] = [item.body() for item in self.items]
        return shown


class FieldProblem(Exception):  # noqa: N818 -- one line of an answer, not an answer
    """A value in a body is wrong; becomes one line of `errors[]`."""

    def __init__(self, item: Item) -> None:
        super().__init__(item.message)
        self.item = item


def invalid(resource: str, items: list[Item]) -> ApiError:
    """400 with the umbrella code; the wording is the one of recorded answers."""
    return ApiError(400, "InvalidObject", f"{resource} object is invalid", items)


def in_use(status: int, resource: str, message: str) -> ApiError:
    """A deletion refused because of what depends on the record: 400, or 409 on some releases (reported)."""
    if status == 409:
        return ApiError(409, "ConnectWiseApi", message)
    return invalid(resource, [Item("InUse", message, resource, "id")])


def not_found(noun: str, key: object) -> ApiError:
    """404 of a record that is not there."""
    return ApiError(404, "NotFound", f"{noun} {key} not found")


def no_endpoint() -> ApiError:
    """404 of a path that is not served (recorded wording); cloud hosts also say it for bad credentials."""
    return ApiError(404, "ConnectWiseApi", "The endpoint does not exist.")


def bad_condition(message: str) -> ApiError:
    """400 of a filter, an order or a literal the server cannot read (recorded code)."""
    return ApiError(400, "ApiFindCondition", message)


def broken_value(message: str) -> ApiError:
    """500 with which deserialisation faults surface (reported: they are not 400)."""
    return ApiError(500, "ConnectWiseApi", message)
