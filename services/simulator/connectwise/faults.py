"""Faults on demand: which call fails, and how."""

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.simulator.connectwise.errors import ApiError
from services.simulator.connectwise.wire import Response, answer

KINDS = (
    "429",
    "500",
    "503_html",
    "slow",
    "slow_after",
    "409",
    "cut_before",
    "cut_after",
    "cut_middle",
    "truncated_json",
    "stale_search",
    "unauthorized",
    "page_drift",
    "human",
    "upgrade",
)
_AFTER = frozenset({"slow_after", "cut_after", "cut_middle", "truncated_json"})
MEANWHILE = frozenset({"human", "upgrade"})
"""What happens behind a call, between its answer and the next: a person edits, the release changes."""


@dataclass(slots=True)
class Rule:
    """One fault. Of the calls that match method and path: skip the first `after`, then take every n-th
    (or by chance), at most `times`."""

    kind: str
    method: str = "*"
    path: str = ""
    every: int = 1
    after: int = 0
    times: int | None = None
    probability: float | None = None
    seed: int = 1
    seconds: float = 1.0
    rows: int = 1
    retry_after: int | None = None
    message: str = ""
    edit: Mapping[str, Any] = field(default_factory=dict)
    """For `human`: entity, id, member and changes, as under `/_sim/human`."""
    codebase: str = "v2025_2/"
    seen: int = 0
    hits: int = 0
    chance: random.Random = field(init=False)
    pattern: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)  # noqa: S311 -- repeatable faults, not secrets
        self.pattern = re.compile(self.path, re.IGNORECASE)

    @property
    def late(self) -> bool:
        """Whether it strikes after the work is done."""
        return self.kind in _AFTER

    def strikes(self, method: str, path: str) -> bool:
        """Whether this call is hit; counts it."""
        if self.method != "*" and method not in self.method.upper().split("|"):
            return False
        if self.pattern.search(path) is None:
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        self.seen += 1
        if self.seen <= self.after:
            return False
        if self.probability is not None:
            hit = self.chance.random() < self.probability
        else:
            hit = (self.seen - self.after) % max(1, self.every) == 0
        self.hits += hit
        return hit

    def body(self) -> dict[str, Any]:
        """The rule as the control plane shows it."""
        names = (
            "kind",
            "method",
            "path",
            "every",
            "after",
            "times",
            "probability",
            "seconds",
            "seen",
            "hits",
        )
        return {name: getattr(self, name) for name in names}


class Faults:
    """The rules in force, in the order in which they were given."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def add(self, given: list[Mapping[str, Any]]) -> None:
        """Put more rules in force.

        Raises a 400 ApiError for a rule that cannot be read; then none is added.
        """
        self.rules.extend([_rule(one) for one in given])

    def clear(self) -> None:
        """Remove all rules."""
        self.rules.clear()

    def struck(self, method: str, path: str) -> list[Rule]:
        """The rules that hit this call."""
        return [rule for rule in self.rules if rule.strikes(method, path)]


def _rule(given: Mapping[str, Any]) -> Rule:
    known = {
        "method",
        "path",
        "every",
        "after",
        "times",
        "probability",
        "seed",
        "seconds",
        "rows",
        "retry_after",
        "message",
        "edit",
        "codebase",
    }
    kind = str(given.get("kind", "")).replace(" ", "_")
    kind = {"timeout": "500", "500_timeout": "500", "503": "503_html"}.get(kind, kind)
    wrong = set(given) - known - {"kind"}
    if kind not in KINDS or wrong:
        what = (
            f"kind must be one of {', '.join(KINDS)}"
            if kind not in KINDS
            else f"unknown: {', '.join(sorted(wrong))}"
        )
        raise ApiError(400, "BadRule", what)
    for name in ("every", "after", "times", "seed", "probability", "seconds", "rows", "retry_after"):
        value = given.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise ApiError(400, "BadRule", f"{name} must be a number")
    edit = given.get("edit")
    if kind == "human" and not (isinstance(edit, Mapping) and {"entity", "id", "changes"} <= edit.keys()):
        raise ApiError(400, "BadRule", "edit must name entity, id and changes")
    try:
        return Rule(kind=kind, **{name: given[name] for name in known if name in given})
    except (re.error, TypeError) as error:
        raise ApiError(400, "BadRule", str(error)) from error


def failure(rule: Rule) -> Response | None:
    """The answer of a fault that replaces the work; None for faults of another nature."""
    if rule.kind == "429":
        return too_many(rule.retry_after)
    if rule.kind == "500":
        text = rule.message or "Execution Timeout Expired. The timeout period elapsed prior to completion."
        return answer(500, {"code": "ConnectWiseApi", "message": text})
    if rule.kind == "503_html":
        html = "<!DOCTYPE html><html><head><title>Service Unavailable</title></head><body></body></html>"
        return Response(503, html.encode(), "text/html; charset=utf-8")
    if rule.kind == "409":
        text = rule.message or "The record is being processed by another request."
        return answer(409, {"code": "ConnectWiseApi", "message": text})
    if rule.kind == "cut_before":
        return Response(cut="before")
    return None


def too_many(retry_after: int | None) -> Response:
    """429 in the recorded shape, with or without the header."""
    seconds = retry_after if retry_after is not None else 30
    text = f"Too many requests. Please try again in {seconds} seconds."
    response = answer(429, {"error": "ConnectWiseAPI", "message": text})
    if retry_after is not None:
        response.headers.append(("retry-after", str(retry_after)))
    return response


def spoil(rule: Rule, response: Response) -> Response:
    """Apply a fault that strikes after the work to its answer."""
    if rule.kind == "cut_after":
        response.cut = "before"
    elif rule.kind == "cut_middle":
        response.cut = "middle"
    elif rule.kind == "truncated_json":
        half = response.body[: max(1, len(response.body) * 2 // 3)]
        response.body = half if not _whole(half) else half[:-1]
    return response


def _whole(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True
