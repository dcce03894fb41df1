"""Names that differ by release or dealer: tables, columns, widths, properties (reference eautomate.md 11).

A YAML file such as::

    properties:
      company_id: ZCJ_CW_CompanyID
    list_values: true
    tables:
      GLBranches:
        name: ShBranches
        columns: {BranchNumber: Branch}
        widths: {BranchName: 64}
"""

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.eautomate.errors import ProfileError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PropertyNames(_Strict):
    """Custom properties by what they mean."""

    company_id: str = Field(
        default="ZCJ_CW_CompanyID", description="customer: RecID of the ConnectWise company"
    )
    site_id: str = Field(
        default="ZCJ_CW_SiteAddressRecID", description="location: RecID of the ConnectWise site"
    )
    sync_to_cw: str = Field(default="ZCJ_SyncToCW", description="customer: No keeps it out of ConnectWise")
    member_id: str = Field(default="ZCJ_CW_MemberID", description="employee: RecID of the ConnectWise member")

    def of_customers(self) -> tuple[str, ...]:
        """The properties a customer or location may carry, sorted."""
        return tuple(sorted((self.company_id, self.site_id, self.sync_to_cw)))


class TableNames(_Strict):
    """How one table is called here; what is absent is as documented."""

    name: str | None = None
    columns: dict[str, str] = {}
    widths: dict[str, int] = {}


class NumberSeries(_Strict):
    """A table that hands out numbers, one row a series; how the product does it is not public.

    Where there is no such table, a new contract takes the highest ``ContractID`` plus one, as its number too, and
    a new call the highest ``CallID`` plus one behind a prefix.
    """

    owner: str = Field(default="ea_double", description="the table's schema")
    table: str = "NumberSeries"
    series: str = Field(default="Series", description="column: which series")
    prefix: str = Field(default="Prefix", description="column: what stands before the number")
    next_no: str = Field(default="NextNo", description="column: the number given next")
    width: str = Field(default="Width", description="column: digits, filled up with zeros")
    contract: str = Field(default="Contract", description="series of contract numbers")
    contract_id: str = Field(default="ContractID", description="series of SCContracts.ContractID")
    call: str = Field(default="Call", description="series of call numbers")
    call_prefix: str = Field(
        default="CW",
        description="what the number of a call begins with where there is no series: e-automate's own numbers"
        " must never come to it",
    )


class CallStatuses(_Strict):
    """Codes of ``SCCalls.Status``; those of cleared and canceled calls are told nowhere (reference eautomate.md 5.2)."""

    pending: str = "P"
    scheduled: str = "S"
    dispatched: str = "D"
    on_hold: str = "H"
    complete: str = "C"
    cleared: str = Field(default="CLR", description="ready to review")
    ok_to_invoice: str = "OKB"
    invoiced: str = "I"
    cancelled: str = "X"
    open: tuple[str, ...] = Field(
        default=(),
        description="statuses of calls that are still to be worked on; empty = pending, scheduled, dispatched"
        " and on hold",
    )

    @property
    def open_codes(self) -> tuple[str, ...]:
        """Of calls that are still to be worked on."""
        return self.open or (self.pending, self.scheduled, self.dispatched, self.on_hold)

    @property
    def final_codes(self) -> tuple[str, ...]:
        """Of calls nothing becomes of any more."""
        return self.invoiced, self.cancelled


class Profile(_Strict):
    """One dealer's names."""

    properties: PropertyNames = PropertyNames()
    list_values: bool = Field(default=True, description="whether the table of drop-down values exists")
    tables: dict[str, TableNames] = {}
    number_series: NumberSeries = NumberSeries()
    item_line_type: int | None = Field(
        default=None,
        description="ContractDetailTypeID of item lines; as on the newest item line there is when empty, else 1",
    )
    call_statuses: CallStatuses = CallStatuses()
    call_hold_types: tuple[int, ...] = Field(
        default=(), description="ShOnHoldCodes.TypeID of the hold codes service calls may have; empty = all"
    )
    material_status: int | None = Field(
        default=None,
        description="SCCallMaterials.UsageStatusID of a material that was used; as on the newest material there"
        " is when empty, else 1",
    )


def load_profile(path: str | None) -> Profile:
    """Read the profile file, or the documented names when there is none.

    Raises:
        ProfileError: the file is missing, not YAML, or holds an unknown key.
    """
    if path is None:
        return Profile()
    try:
        return Profile.model_validate(yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {})
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise ProfileError(f"e-automate profile {path}: {error}") from error
