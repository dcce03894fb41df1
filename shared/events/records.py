"""The records that travel in changes: one pydantic model a record kind, a full snapshot each.

Unknown fields pass through in the payload (``extra="allow"``), known ones are typed strictly. ``SCHEMA`` is
part of the content hash: raise it when a model gains or loses a field, so that every record is sent anew.
"""

import hashlib
from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """What every record has in common."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True)

    SOURCE: ClassVar[str]
    ENTITY: ClassVar[str]
    SCHEMA: ClassVar[int] = 1

    @property
    def subject(self) -> str:
        """The record's own key in its system, as text."""
        raise NotImplementedError

    @property
    def order_key(self) -> str:
        """What must stay in order: the Kafka key."""
        return self.subject

    def value(self) -> bytes:
        """The snapshot as it travels: JSON, UTF-8."""
        return self.model_dump_json(exclude_none=True).encode()

    def content_hash(self) -> str:
        """Hash over the model's own fields and the schema number; a no-op save keeps it."""
        known = self.model_dump_json(include=set(type(self).model_fields), exclude=self.volatile())
        return hashlib.sha256(f"{self.SCHEMA}:{known}".encode()).hexdigest()

    def volatile(self) -> set[str]:
        """Fields that move without a change of content (row versions, stamps)."""
        return set()


HEAD_OFFICE_WORDS = ("dealer", "inactive", "prospect", "sync: <value of ZCJ_SyncToCW>")


class Customer(Record):
    """An e-automate customer or location (``ARCustomers``), with its property values.

    Text is as stored with trailing blanks removed; an empty column is ``""``, a NULL one ``None``.
    """

    SOURCE: ClassVar[str] = "eautomate"
    ENTITY: ClassVar[str] = "customer"
    SCHEMA: ClassVar[int] = 2

    customer_id: int
    number: str
    name: str
    attn: str = ""
    address: str = ""
    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""
    phone1: str = ""
    fax: str = ""
    email: str = ""
    website: str = ""
    active: bool = True
    prospect: bool = False
    company_customer: bool = False
    hold: bool = False
    on_hold_code: str | None = None
    parent_id: int | None = None
    """``LocationID`` as stored; a head office carries its own id or NULL (reference eautomate 2.1)."""
    bill_to_id: int | None = None
    branch: str | None = None
    customer_type: str | None = None
    territory: str | None = None
    sales_rep_number: str | None = None
    sales_rep_name: str | None = None
    contract_types: tuple[str, ...] = ()
    """Types of the customer's own active contracts, sorted, each once."""
    head_office: tuple[str, ...] = ()
    """Of a location: what its head office is that decides about sites too (``HEAD_OFFICE_WORDS``, sorted)."""
    configuration: str | None = None
    """Name of the custom-property configuration on the record, None when it has none."""
    storable_properties: tuple[str, ...] = ()
    """Names of the ZCJ properties the configuration holds, sorted."""
    properties: dict[str, str] = {}
    """Property values by name; a property without a value is absent."""
    row_version: str = ""
    """``[timestamp]`` as 16 hex digits."""

    @property
    def subject(self) -> str:
        """``CustomerID``."""
        return str(self.customer_id)

    @property
    def is_location(self) -> bool:
        """Whether this row is a location of another customer."""
        return self.parent_id is not None and self.parent_id != self.customer_id

    @property
    def order_key(self) -> str:
        """A location stays in order with its parent customer."""
        return str(self.parent_id if self.is_location else self.customer_id)

    def volatile(self) -> set[str]:
        """The row version moves with every no-op save."""
        return {"row_version"}


class Agent(Record):
    """An e-automate employee (``ShAgents``): technician, sales rep or both, with its property values."""

    SOURCE: ClassVar[str] = "eautomate"
    ENTITY: ClassVar[str] = "agent"

    agent_id: int
    number: str
    name: str
    email: str = ""
    user_id: str | None = None
    active: bool = True
    sales_rep: bool = False
    technician: bool = False
    configuration: str | None = None
    """Name of the custom-property configuration on the record, None when it has none."""
    storable_properties: tuple[str, ...] = ()
    """Names of the ZCJ properties the configuration holds, sorted."""
    properties: dict[str, str] = {}
    """Property values by name; a property without a value is absent."""
    row_version: str = ""
    """``[timestamp]`` as 16 hex digits."""

    @property
    def subject(self) -> str:
        """``AgentID``."""
        return str(self.agent_id)

    def volatile(self) -> set[str]:
        """The row version moves with every no-op save."""
        return {"row_version"}


class CustomField(BaseModel):
    """A ConnectWise custom field with its value (text kinds only; others are passed as text)."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: int
    caption: str = ""
    value: str | int | float | bool | None = None


class Reference(BaseModel):
    """A ConnectWise reference to another record."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: int
    name: str | None = None
    identifier: str | None = None


class Company(Record):
    """A ConnectWise company (reference connectwise-entities 6.1), field names as on the wire."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=False)

    SOURCE: ClassVar[str] = "connectwise"
    ENTITY: ClassVar[str] = "company"

    id: int
    identifier: str
    name: str = ""
    addressLine1: str | None = None  # noqa: N815 - the wire's own name
    addressLine2: str | None = None  # noqa: N815
    city: str | None = None
    state: str | None = None
    zip: str | None = None
    phoneNumber: str | None = None  # noqa: N815
    faxNumber: str | None = None  # noqa: N815
    website: str | None = None
    accountNumber: str | None = None  # noqa: N815
    status: Reference | None = None
    territory: Reference | None = None
    types: tuple[Reference, ...] = ()
    site: Reference | None = None
    deletedFlag: bool = False  # noqa: N815
    customFields: tuple[CustomField, ...] = ()  # noqa: N815

    @property
    def subject(self) -> str:
        """The company's RecID."""
        return str(self.id)


class Site(Record):
    """A ConnectWise company site, field names as on the wire."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=False)

    SOURCE: ClassVar[str] = "connectwise"
    ENTITY: ClassVar[str] = "site"

    id: int
    name: str
    company: Reference
    addressLine1: str | None = None  # noqa: N815
    addressLine2: str | None = None  # noqa: N815
    city: str | None = None
    stateReference: Reference | None = None  # noqa: N815
    zip: str | None = None
    phoneNumber: str | None = None  # noqa: N815
    faxNumber: str | None = None  # noqa: N815
    primaryAddressFlag: bool = False  # noqa: N815
    inactiveFlag: bool = False  # noqa: N815

    @property
    def subject(self) -> str:
        """The site's RecID."""
        return str(self.id)

    @property
    def order_key(self) -> str:
        """A site stays in order with its company."""
        return str(self.company.id)


class Member(Record):
    """A ConnectWise member (reference connectwise-entities 6.16), field names as on the wire."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=False)

    SOURCE: ClassVar[str] = "connectwise"
    ENTITY: ClassVar[str] = "member"

    id: int
    identifier: str
    firstName: str = ""  # noqa: N815 - the wire's own name
    lastName: str = ""  # noqa: N815
    licenseClass: str | None = None  # noqa: N815
    """``A`` marks API members, who are nobody's technician."""
    employeeIdentifer: str | None = None  # noqa: N815 - spelled so in the product
    officeEmail: str | None = None  # noqa: N815
    primaryEmail: str | None = None  # noqa: N815
    inactiveFlag: bool = False  # noqa: N815

    @property
    def subject(self) -> str:
        """The member's RecID."""
        return str(self.id)
