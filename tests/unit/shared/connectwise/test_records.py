"""Records as older and newer releases send them (reference connectwise 2.6)."""

import pytest

from shared.connectwise.companies import MalformedRecordError, company, site
from shared.connectwise.members import member


def test_nulls_of_older_releases_are_what_newer_ones_leave_out() -> None:
    plain = {"id": 1204, "identifier": "ACME01", "name": "Acme"}
    nulls = {
        "accountNumber": None, "city": None, "types": None, "customFields": None, "deletedFlag": None,
        "site": None, "territory": None, "annualRevenue": None,
    }  # fmt: skip
    sent = company(plain | nulls)
    assert sent.content_hash() == company(plain).content_hash()
    assert sent.value() == company(plain).value()


def test_nulls_inside_are_left_out_too() -> None:
    field = {"id": 12, "caption": None, "value": None}
    [held] = company({"id": 1, "identifier": "A", "customFields": [field]}).customFields
    assert (held.caption, held.value) == ("", None)
    read = site(
        {"id": 3, "name": "Main", "company": None, "primaryAddressFlag": None, "inactiveFlag": None}, 7
    )
    assert (read.company.id, read.primaryAddressFlag, read.inactiveFlag) == (7, False, False)
    assert member({"id": 1, "identifier": "mkova", "firstName": None, "inactiveFlag": None}).firstName == ""


def test_what_every_record_has_may_not_be_null() -> None:
    with pytest.raises(MalformedRecordError, match="company 1 as ConnectWise sent it: identifier"):
        company({"id": 1, "identifier": None, "name": "Acme"})
