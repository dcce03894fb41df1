"""Links and the requests and answers about them, shared by the mapping service and its client."""

import unicodedata
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from shared.links.kinds import LinkKind, facts

BATCH_MOST = 500
"""Items one batch request may carry."""
FIND_MOST = 1000
"""Lefts and rights together that one find request may carry."""


def _one_line(text: str) -> str:
    # NUL breaks PostgreSQL, lone surrogates break UTF-8, other controls break logs and terminals.
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in text):
        raise ValueError("must not contain control characters")
    if text != text.strip():
        raise ValueError("must not begin or end with blanks")
    return text


Key = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_one_line)]
"""A record's own key in its system, as text."""
Person = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_one_line)]
"""Who did it: a person's user name or the name of an agent."""
Reason = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_one_line)]
"""Why it was done, one line."""


class How(StrEnum):
    """How a link came about (spec/customers.md 5.5)."""

    PROPERTY = "property"
    COMPANY_ID = "company_id"
    ACCOUNT_ID = "account_id"
    SITE_NAME = "site_name"
    EMPLOYEE_NUMBER = "employee_number"
    CREATED = "created"
    BY_HAND = "by_hand"
    ADOPTED = "adopted"
    CONTRACT_NUMBER = "contract_number"
    """The agreement's ``ZCJ_ContractNumber`` names the contract."""
    INVOICE_NUMBER = "invoice_number"
    """The e-automate invoice carries the ConnectWise invoice's number."""


class LinkState(StrEnum):
    """Whether a link holds."""

    ACTIVE = "active"
    ENDED = "ended"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _check_shapes(kind: LinkKind, left: str | None, right: str | None) -> None:
    known = facts(kind)
    if left is not None and known.left_shape.fullmatch(left) is None:
        raise ValueError(f"left is {left[:40]!r}, wanted the {known.left_name}")
    if right is not None and known.right_shape.fullmatch(right) is None:
        raise ValueError(f"right is {right[:40]!r}, wanted the {known.right_name}")


class Ending(_Model):
    """Who ended a link, why and when."""

    by: str
    why: str
    at: datetime
    by_hand: bool
    revision: int


class Link(BaseModel):
    """ "This record there is that record here", as stored, answered and published.

    Attributes:
        left: the side the process starts from (``LinkKind``).
        right: the other side.
        made_at: UTC.
        revision: names this link: the service's one rising number at the moment the link was made.
        generation: how often a link of this kind and left has been ended; an active link keeps the number it
            began with, an ended one carries the number after its end.
        order_key: what the left record stays in order with (a location: its parent customer); None: itself.
        ending: set when the link no longer holds.
    """

    # A reader of an older release must survive a field that a newer writer adds.
    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: LinkKind
    left: str
    right: str
    state: LinkState = LinkState.ACTIVE
    how: How
    by: str
    why: str
    made_at: datetime
    revision: int
    generation: int = 0
    order_key: str | None = None
    ending: Ending | None = None

    @property
    def active(self) -> bool:
        """Whether the link holds."""
        return self.state is LinkState.ACTIVE

    @property
    def version(self) -> int:
        """The revision of the link's last change; a reader ignores a lower one for the same kind and left."""
        return self.revision if self.ending is None else self.ending.revision


class MakeLink(_Model):
    """Make one link; the same left and right again is answered with the link that exists.

    Attributes:
        generation: if given, the link is made only while left has exactly this generation: what was decided
            before somebody unlinked must not be applied after it.
    """

    kind: LinkKind
    left: Key
    right: Key
    how: How
    by: Person
    why: Reason
    generation: int | None = Field(default=None, ge=0)
    order_key: Key | None = None

    @model_validator(mode="after")
    def _shapes(self) -> Self:
        _check_shapes(self.kind, self.left, self.right)
        return self


class Unlink(_Model):
    """End the link of a left record.

    Attributes:
        revision: if given, only the link with this revision is ended, so a repeat after a lost answer never
            ends a newer link.
        by_hand: a person's decision: the pair is remembered as separated and the owner is told.
    """

    kind: LinkKind
    left: Key
    by: Person
    why: Reason
    revision: int | None = Field(default=None, ge=1)
    by_hand: bool = True

    @model_validator(mode="after")
    def _shapes(self) -> Self:
        _check_shapes(self.kind, self.left, None)
        return self


class Repoint(_Model):
    """Move the link of a left record to another right record, by hand."""

    kind: LinkKind
    left: Key
    right: Key
    by: Person
    why: Reason

    @model_validator(mode="after")
    def _shapes(self) -> Self:
        _check_shapes(self.kind, self.left, self.right)
        return self


class MakeBatch(_Model):
    """Several links in one transaction, answered item by item."""

    items: list[MakeLink] = Field(min_length=1, max_length=BATCH_MOST)


class MadeStatus(StrEnum):
    """What became of a request to make a link."""

    MADE = "made"
    EXISTING = "existing"
    TAKEN = "taken"
    """Left or right is linked to another record."""
    SEPARATED = "separated"
    """A person separated exactly this pair; only a person or the record's own property joins it again."""
    STALE = "stale"
    """The request names another generation than left has now."""


class Made(_Model):
    """The answer to one request to make a link.

    Attributes:
        link: the link that holds, None when the request was refused.
        in_the_way: the links that stand against a refused request.
    """

    status: MadeStatus
    link: Link | None = None
    in_the_way: tuple[Link, ...] = ()
    message: str = ""


class MadeBatch(_Model):
    """Answers in the order of the requests."""

    results: list[Made]


class Find(_Model):
    """Look up several records of one kind."""

    kind: LinkKind
    lefts: list[Key] = []
    rights: list[Key] = []

    @model_validator(mode="after")
    def _size(self) -> Self:
        if len(self.lefts) + len(self.rights) > FIND_MOST:
            raise ValueError(f"at most {FIND_MOST} lefts and rights together")
        return self


class FoundLeft(_Model):
    """What is known about a left record, linked or not.

    Attributes:
        ever: whether it has or ever had a link.
        separated: the rights a person separated it from and nobody joined again.
    """

    left: str
    link: Link | None = None
    generation: int = 0
    ever: bool = False
    separated: tuple[str, ...] = ()


class Found(_Model):
    """The answer to ``Find``: one entry for every left asked, and the links of the rights that have one."""

    lefts: dict[str, FoundLeft]
    rights: dict[str, Link]


class History(_Model):
    """One left record with the link that holds and the ended ones, newest first."""

    kind: LinkKind
    left: str
    link: Link | None
    generation: int
    ended: list[Link]


class LinkPage(_Model):
    """A page of a list; ``next`` goes into ``after`` of the following request."""

    links: list[Link]
    next: int | None = None


class Unlinked(_Model):
    """The answer to ``Unlink``.

    Attributes:
        changed: False when the link had been ended before (a repeat).
    """

    link: Link
    changed: bool


class Problem(_Model):
    """Why a request was refused, in plain language."""

    code: str
    message: str
    in_the_way: tuple[Link, ...] = ()
