"""The filter language: text to a small tree. What the names mean is decided later, in `predicates`.

Accepted is what working queries show; forms nobody has seen working (`is null`, a prefix `not`) are refused.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from services.simulator.connectwise.clock import comparable
from services.simulator.connectwise.errors import bad_condition


@dataclass(frozen=True, slots=True)
class Literal:
    """A value as written: kind is number, string, bool, date, null or bare."""

    kind: str
    value: str | Decimal | bool | None
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`path operator literals`; operators `in`, `like` and `contains` may be negated."""

    path: str
    operator: str
    literals: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Parts joined by `and` or `or`."""

    joined: str
    parts: tuple["Node", ...]


Node: TypeAlias = Comparison | Group

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<string>"(?:\\.|""|[^"\\])*" | '(?:\\.|''|[^'\\])*')
      | (?P<date>\[[^\]]*\])
      | (?P<symbol><=|>=|!=|<>|=|<|>|\(|\)|,)
      | (?P<word>[^\s()<>=!,"'\[\]]+)
    )""",
    re.VERBOSE,
)
_NUMBER = re.compile(r"^[+-]?\d+(\.\d+)?$")
_PATH = re.compile(r"^[A-Za-z_]\w*(/\w+)*$")
_OPERATORS = frozenset({"=", "!=", "<>", "<", "<=", ">", ">="})
_DEEPEST = 100
_WORD_OPERATORS = frozenset({"in", "like", "contains"})


def parse(text: str) -> Node:
    """Read a whole condition. Raises the 400 `ApiFindCondition` for anything it cannot read."""
    reader = _Reader(_tokens(text))
    node = reader.either()
    if reader.peek() is not None:
        raise _unreadable(reader.peek_text())
    return node


def _unreadable(token: str) -> Exception:
    return bad_condition(f"Expected a valid expression near '{token}'.")


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise _unreadable(text[position : position + 20].strip())
        found.append((match.lastgroup, match.group(match.lastgroup)))
        position = match.end()
    return found


class _Reader:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._at = 0
        self._depth = 0

    def peek(self) -> tuple[str, str] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def peek_text(self) -> str:
        token = self.peek()
        return token[1] if token else "end of text"

    def _take(self) -> tuple[str, str]:
        token = self.peek()
        if token is None:
            raise _unreadable("end of text")
        self._at += 1
        return token

    def _is(self, kind: str, text: str) -> bool:
        token = self.peek()
        return token is not None and token[0] == kind and token[1].lower() == text

    def _expect(self, symbol: str) -> None:
        if not self._is("symbol", symbol):
            raise _unreadable(self.peek_text())
        self._at += 1

    def either(self) -> Node:
        return self._joined("or", self._both)

    def _both(self) -> Node:
        return self._joined("and", self._term)

    def _joined(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._is("word", word):
            self._at += 1
            parts.append(part())
        return parts[0] if len(parts) == 1 else Group(word, tuple(parts))

    def _term(self) -> Node:
        if self._is("symbol", "("):
            self._at += 1
            self._depth += 1
            if self._depth > _DEEPEST:
                raise bad_condition("The expression is nested too deeply.")
            node = self.either()
            self._expect(")")
            self._depth -= 1
            return node
        return self._comparison()

    def _comparison(self) -> Comparison:
        kind, path = self._take()
        if kind != "word" or not _PATH.match(path):
            raise _unreadable(path)
        negated = self._is("word", "not")
        if negated:
            self._at += 1
        kind, operator = self._take()
        operator = operator.lower()
        if kind == "word" and operator in _WORD_OPERATORS:
            if operator == "in":
                return Comparison(path, "in", self._list(), negated)
            return Comparison(path, operator, (self._literal(),), negated)
        if negated or kind != "symbol" or operator not in _OPERATORS:
            raise _unreadable(operator)
        return Comparison(path, "!=" if operator == "<>" else operator, (self._literal(),))

    def _list(self) -> tuple[Literal, ...]:
        self._expect("(")
        found = [self._literal()]
        while self._is("symbol", ","):
            self._at += 1
            found.append(self._literal())
        self._expect(")")
        return tuple(found)

    def _literal(self) -> Literal:
        kind, text = self._take()
        if kind == "string":
            return Literal("string", _unquoted(text), text)
        if kind == "date":
            value = comparable(text[1:-1])
            if value is None:
                raise bad_condition(f"{text} is not a valid date time value.")
            return Literal("date", value, text)
        if kind != "word":
            raise _unreadable(text)
        return _word(text)


def _word(text: str) -> Literal:
    lowered = text.lower()
    if lowered == "null":
        return Literal("null", None, text)
    if lowered in ("true", "false"):
        return Literal("bool", lowered == "true", text)
    if _NUMBER.match(text):
        try:
            return Literal("number", Decimal(text), text)
        except InvalidOperation as error:  # pragma: no cover -- the pattern admits only decimals
            raise _unreadable(text) from error
    return Literal("bare", text, text)


def _unquoted(text: str) -> str:
    # Doubling the quote and escaping it by a backslash have both been seen working.
    quote, inner = text[0], text[1:-1]
    return inner.replace("\\" + quote, quote).replace(quote * 2, quote)
