import pytest

from shared.connectwise.errors import IgnoredPatchError
from shared.connectwise.patch import confirm, operations, replace


def test_only_what_differs_is_sent_and_references_go_whole() -> None:
    assert operations({"name": "Acme", "status": {"id": 5}, "faxNumber": None}, {12: "C-1"}) == [
        {"op": "replace", "path": "name", "value": "Acme"},
        {"op": "replace", "path": "status", "value": {"id": 5}},
        {"op": "replace", "path": "faxNumber", "value": None},
        {"op": "replace", "path": "customFields", "value": [{"id": 12, "value": "C-1"}]},
    ]


def test_nothing_differs_nothing_is_sent() -> None:
    assert operations({}) == []


def test_a_path_into_a_reference_is_refused() -> None:
    with pytest.raises(ValueError, match="status/id"):
        operations({"status/id": 5})


def test_an_answer_that_holds_what_was_sent_is_confirmed() -> None:
    confirm(
        {
            "name": "Acme  Ltd",
            "status": {"id": 5, "name": "Active"},
            "customFields": [{"id": 12, "value": "x"}],
        },
        [
            replace("name", "Acme\nLtd"),
            replace("/status", {"id": 5}),
            replace("faxNumber", ""),
            replace("customFields", [{"id": 12, "value": "x"}]),
        ],
    )


@pytest.mark.parametrize(
    "operation",
    [
        replace("name", "Other"),
        replace("status", {"id": 6}),
        replace("territory", {"name": "East"}),
        replace("customFields", [{"id": 12, "value": "y"}]),
    ],
)
def test_an_answer_that_ignored_a_field_is_named(operation: dict[str, object]) -> None:
    held = {"name": "Acme", "status": {"id": 5}, "customFields": [{"id": 12, "value": "x"}]}
    with pytest.raises(IgnoredPatchError, match=str(operation["path"])):
        confirm(held, [operation])
