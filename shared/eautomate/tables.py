"""Tables and columns the port uses, under the names of reference eautomate.md 10.

A column's key is its documented name, its name the one of the profile. Only columns that are read or written
are listed, so that the probe demands nothing else. ``info["seen"]`` marks tables whose nullability is known.
"""

from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
)
from sqlalchemy.sql.elements import quoted_name

from shared.eautomate.errors import ProfileError
from shared.eautomate.profile import Profile, TableNames
from shared.eautomate.types import LocalDateTime, RowVersion, char, varchar

PRODUCT = "dbo"


@dataclass(frozen=True)
class Tables:
    """One dealer's tables. ``standin`` tells the SQLite stand-in from SQL Server."""

    profile: Profile
    standin: bool
    ledger_schema: str
    product: MetaData
    ledger: MetaData
    customers: Table
    customer_types: Table
    branches: Table
    hold_codes: Table
    territories: Table
    agents: Table
    sales_reps: Table
    technicians: Table
    contracts: Table
    contract_codes: Table
    attributes: Table
    list_values: Table
    configurations: Table
    configuration_attributes: Table
    customer_properties: Table
    agent_properties: Table
    applied: Table
    created: Table
    standin_database: Table


class _Product:
    """Builds product tables under the profile's names."""

    def __init__(self, profile: Profile, metadata: MetaData) -> None:
        self.profile = profile
        self.metadata = metadata

    def table(self, name: str, *columns: Column[Any], seen: bool = False, inserts: bool = False) -> Table:
        names = self.profile.tables.get(name, TableNames())
        known = {column.key for column in columns}
        unknown = (set(names.columns) | set(names.widths)) - known
        if unknown:
            raise ProfileError(f"the profile names columns of {name} Tandem does not use: {sorted(unknown)}")
        for column in columns:
            column.name = quoted_name(
                names.columns.get(column.key, column.name), getattr(column.name, "quote", None)
            )
            if column.key in names.widths:
                column.type = varchar(names.widths[column.key])
        # Product tables may have triggers: OUTPUT without INTO fails on those (error 334).
        return Table(
            names.name or name,
            self.metadata,
            *columns,
            implicit_returning=False,
            info={"logical": name, "seen": seen, "inserts": inserts},
        )


def _key(name: str) -> Column[int]:
    return Column(quoted_name(name, None), Integer, primary_key=True, autoincrement=False)


def _int(name: str, nullable: bool = True) -> Column[int]:
    return Column(quoted_name(name, None), Integer, nullable=nullable)


def _text(name: str, width: int, nullable: bool = False) -> Column[str]:
    return Column(quoted_name(name, None), varchar(width), nullable=nullable)


def _bit(name: str) -> Column[bool]:
    return Column(quoted_name(name, None), Boolean, nullable=False)


def _moment(name: str, zone: tzinfo, nullable: bool = False) -> Column[Any]:
    return Column(quoted_name(name, None), LocalDateTime(zone), nullable=nullable)


def _user(name: str, nullable: bool = False) -> Column[str]:
    return Column(quoted_name(name, None), char(8), nullable=nullable)


def build_tables(
    profile: Profile | None = None,
    ledger_schema: str = "tandem",
    zone: tzinfo = UTC,
    standin: bool = False,
) -> Tables:
    """Definitions for one database.

    Args:
        zone: zone of the server's ``datetime`` columns.
        standin: SQLite: the ledger's schema becomes a prefix; ``dbo`` is dropped by the engine.

    Raises:
        ProfileError: the profile names a table or column that is not used.
    """
    profile = profile or Profile()
    product, ledger = MetaData(schema=PRODUCT), MetaData(schema=None if standin else ledger_schema)
    build = _Product(profile, product).table
    tables = Tables(
        profile=profile,
        standin=standin,
        ledger_schema=ledger_schema,
        product=product,
        ledger=ledger,
        customers=build("ARCustomers", *_customer_columns(zone), seen=True),
        customer_types=build("ARCustomerTypes", *_code_columns("CustomerTypeID", "CustomerType")),
        branches=build(
            "GLBranches", _key("BranchID"), _text("BranchNumber", 15), _text("BranchName", 50), _bit("Active")
        ),
        hold_codes=build("ShOnHoldCodes", *_code_columns("OnHoldCodeID", "OnHoldCode")),
        territories=build("ShTerritories", *_code_columns("TerritoryID", "Territory")),
        agents=build("ShAgents", *_agent_columns(zone)),
        sales_reps=build("ARSalesReps", _key("SalesRepID"), _bit("Active")),
        technicians=build("SCTechnicians", _key("TechnicianID"), _bit("Active")),
        contracts=build("SCContracts", *_contract_columns(zone), seen=True),
        contract_codes=build("SCContractCodes", *_code_columns("ContractCodeID", "ContractCode")),
        attributes=build("ShAttributes", _key("ShAttributeID"), _text("AttributeName", 64)),
        list_values=build(
            "ShAttributeListValues", _key("ListValueID"), _int("ShAttributeID", False), _text("Value", 255)
        ),
        configurations=build("ShTrackingConfigs", _key("ShTrackingConfigID"), _text("TrackingConfig", 64)),
        configuration_attributes=build(
            "ShTrackingConfigAttributes",
            _int("ShTrackingConfigID", False),
            _int("ShAttributeID", False),
            _bit("Required"),
        ),
        customer_properties=build(
            "ARCustomerCustomProperties", *_property_columns("CustomerID", zone), seen=True, inserts=True
        ),
        agent_properties=build("ShAgentCustomProperties", *_property_columns("AgentID", zone), inserts=True),
        applied=_applied(ledger, f"{ledger_schema}_" if standin else ""),
        created=_created(ledger, f"{ledger_schema}_" if standin else ""),
        standin_database=_standin_database(),
    )
    unknown = set(profile.tables) - {table.info["logical"] for table in product.tables.values()}
    if unknown:
        raise ProfileError(f"the profile names tables Tandem does not use: {sorted(unknown)}")
    return tables


def _customer_columns(zone: tzinfo) -> list[Column[Any]]:
    return [
        _key("CustomerID"),
        _int("BillToID"),
        _int("LocationID"),
        _text("CustomerNumber", 32),
        _text("CustomerName", 128),
        _text("Attn", 64),
        _text("Address", 64),
        _text("City", 32),
        _text("State", 16),
        _text("Zip", 16),
        _text("Country", 16),
        _text("Phone1", 32),
        _text("Fax", 32),
        _text("Email", 64),
        _text("WebSite", 64),
        _bit("Prospect"),
        _int("SalesRepID"),
        _int("CustomerTypeID"),
        _bit("Hold"),
        _int("OnHoldCodeID"),
        _bit("Active"),
        _int("BranchID", False),
        _int("TerritoryID"),
        _bit("CompanyCustomer"),
        _int("ShTrackingConfigID"),
        *_saved_columns(zone),
    ]


def _saved_columns(zone: tzinfo) -> list[Column[Any]]:
    """What moves when a row is saved."""
    return [
        _user("UpdatorID"),
        _moment("LastUpdate", zone),
        Column(quoted_name("timestamp", True), RowVersion, nullable=False),
    ]


def _code_columns(key: str, code: str) -> list[Column[Any]]:
    return [_key(key), _text(code, 15), _text("Description", 50), _bit("Active")]


def _agent_columns(zone: tzinfo) -> list[Column[Any]]:
    return [
        _key("AgentID"),
        _text("AgentNumber", 15),
        _text("LastName", 20),
        _text("FirstName", 15),
        _text("PrefFullName", 50),
        _text("Email", 255),
        _int("BranchID", False),
        _user("UserID", nullable=True),
        _bit("Active"),
        _int("ShTrackingConfigID"),
        *_saved_columns(zone),
    ]


def _contract_columns(zone: tzinfo) -> list[Column[Any]]:
    return [
        _key("ContractID"),
        _int("CustomerID", False),
        _int("ContractCodeID", False),
        _moment("StartDate", zone),
        _moment("ExpDate", zone, nullable=True),
        _moment("Terminated", zone, nullable=True),
        _bit("Active"),
    ]


def _property_columns(owner: str, zone: tzinfo) -> list[Column[Any]]:
    return [
        _int(owner, False),
        _int("ShAttributeID", False),
        _int("IDVal"),
        _text("TextVal", 1024, nullable=True),
        _bit("Required"),
        _user("CreatorID"),
        _moment("CreateDate", zone),
    ]


def _applied(metadata: MetaData, prefix: str) -> Table:
    return Table(
        f"{prefix}applied",
        metadata,
        Column("process", varchar(32), nullable=False),
        Column("record", varchar(128), nullable=False),
        Column("generation", Integer, nullable=False),
        Column("sequence", BigInteger, nullable=False),
        Column("applied_at", LocalDateTime(), nullable=False),
        PrimaryKeyConstraint("process", "record", name=f"{prefix}applied_key"),
        implicit_returning=False,
        info={"logical": "applied", "seen": True, "inserts": True},
    )


def _created(metadata: MetaData, prefix: str) -> Table:
    return Table(
        f"{prefix}created",
        metadata,
        Column("process", varchar(32), nullable=False),
        Column("record", varchar(128), nullable=False),
        Column("target_kind", varchar(32), nullable=False),
        Column("generation", Integer, nullable=False),
        Column("target_id", varchar(64), nullable=False),
        Column("created_at", LocalDateTime(), nullable=False),
        PrimaryKeyConstraint("process", "record", "target_kind", "generation", name=f"{prefix}created_key"),
        implicit_returning=False,
        info={"logical": "created", "seen": True, "inserts": True},
    )


def _standin_database() -> Table:
    """The stand-in's answer to sys.databases and MIN_ACTIVE_ROWVERSION(): one row."""
    return Table(
        "standin_database",
        MetaData(),
        Column("database_guid", varchar(36)),
        Column("create_date", varchar(32)),
        Column("min_active_rowversion", LargeBinary),
    )
