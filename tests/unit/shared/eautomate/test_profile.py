from pathlib import Path

import pytest

from shared.eautomate.errors import ProfileError
from shared.eautomate.profile import Profile, load_profile
from shared.eautomate.tables import build_tables


def test_without_a_file_the_documented_names_hold() -> None:
    assert load_profile(None) == Profile()
    assert build_tables().customers.c.CustomerNumber.name == "CustomerNumber"


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text("properties: {company_id: CW_Company}\ntables: {ARCustomers: {widths: {Address: 128}}}\n")
    tables = build_tables(load_profile(str(path)))
    assert tables.profile.properties.company_id == "CW_Company"
    assert tables.profile.properties.site_id == "ZCJ_CW_SiteAddressRecID"
    assert (tables.customers.c.Address.type.length, tables.customers.c.City.type.length) == (128, 32)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text", ["properties: {company: X}", "tables: [", "nothing: 1", "tables: {ARCustomers: {columns: 5}}"]
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "profile.yaml"
    path.write_text(text)
    with pytest.raises(ProfileError, match=r"profile\.yaml"):
        load_profile(str(path))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"none\.yaml"):
        load_profile(str(tmp_path / "none.yaml"))


@pytest.mark.parametrize(
    "tables", [{"ARCustomer": {"name": "X"}}, {"ARCustomers": {"columns": {"Nummer": "X"}}}]
)
def test_names_nobody_uses_are_refused(tables: dict[str, object]) -> None:
    with pytest.raises(ProfileError, match="does not use"):
        build_tables(Profile.model_validate({"tables": tables}))
