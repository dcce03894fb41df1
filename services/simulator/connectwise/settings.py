"""What can be set about the stand-in: who may come in, and which of the documented variations it shows."""

from dataclasses import dataclass, field

NEWEST = "2025.1"
OLDEST = "2022.1"


@dataclass(slots=True)
class Settings:
    """Identity and credentials of the one tenant that is simulated; all of them are invented."""

    company: str = "northgate"
    company_name: str = "Northgate Managed IT"
    public_key: str = "FakePublicKey0001"
    private_key: str = "FakePrivateKey001"
    client_id: str = "00000000-0000-4000-8000-000000000000"
    member: str = "tandem"
    generation: str = NEWEST
    mode: str = "cloud"
    codebase: str = "v2025_1/"
    href_host: str = ""
    """Host of hrefs and links. Empty: the un-prefixed cloud host, or the caller's host on-premises.
    `self` means the caller's host in both modes."""
    server_time_zone: str = "GMT Standard Time"


@dataclass(slots=True)
class Knobs:
    """Behaviour that the real product leaves open; all of it may change at run time."""

    noop_patch_bumps: bool = True
    child_bumps_parent: bool = False
    reference_subpath_patch: bool = False
    like_percent_ignored: bool = False
    check_client_id: bool = True
    refusals_name_the_right: bool = True
    """Whether a 403 of the security role says which right is missing."""
    denied_lists_are_empty: bool = False
    """A list one may not inquire is `200 []` instead of 403 (reported of some endpoints)."""
    is_cloud_as_text: bool = False
    """companyinfo has been seen with `IsCloud` as a boolean and as text."""
    in_use_status: int = 400
    """400 or 409 for the deletion of a record in use."""
    merge_leaves: str = "bin"
    """What a merge leaves of the source: `bin` (deletedFlag) or `nothing` (404)."""
    overpayment: str = "allow"
    """`allow` or `refuse` payments of more than the balance (unverified)."""
    payments_bump_invoice: bool = False
    """Whether a payment moves the `lastUpdated` of its invoice and fires its callback (unverified)."""
    rows_bump_invoice: bool = True
    """Whether a changed product row moves the `lastUpdated` of its invoice (unverified)."""
    closed_invoices_take_custom_fields: bool = True
    """Whether the endpoint of closed invoices writes custom fields, which its public model does not have."""
    additions_in_agreement_amount: bool = False
    """Whether agreement invoices count additions in `agreementAmount` instead of `productTotal`."""
    missed_additions_follow: bool = False
    """Whether the next invoice also bills, in a prorated row, what began within the period billed before."""
    tickets_take_agreement: bool = False
    """Whether a new ticket gets the agreement of its company that covers time, where there is just one."""
    read_latency: float = 0.0
    write_latency: float = 0.0
    latency: dict[str, float] = field(default_factory=dict)
    """Seconds by HTTP method; wins over the read and write latencies."""
    callbacks_need_https: bool = False
    """Refuse callback URLs that are not https (inferred of the product; tests listen without)."""
    callbacks_held: bool = False
    callback_timeout: float = 5.0
    callback_retry_seconds: list[float] = field(default_factory=lambda: [2.0, 4.0])
    callback_delay: float = 0.0
    callback_drop: float = 0.0
    callback_duplicate: float = 0.0
    callback_reorder: float = 0.0
    """Chances between 0 and 1."""
    rate_limit_per_minute: int = 0
    retry_after: int = 30
