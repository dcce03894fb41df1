import pytest

from services.eautomate_connector.needs import needed
from services.eautomate_connector.settings import EAutomateConnectorSettings
from shared.processes import Process, ProcessesSettings

TABLE = (
    Process("customer_sync", "ID747"),
    Process("agreement_sync", "ID964"),
    Process("call_dispatch", "ID912"),
)


@pytest.mark.parametrize(
    ("enabled", "contracts", "calls"),
    [
        ([], True, True),
        (["ID747"], False, False),
        (["ID747", "ID964"], True, False),
        (["ID747", "ID912"], False, True),
    ],
)
def test_what_is_read_is_what_the_enabled_processes_need(
    enabled: list[str], contracts: bool, calls: bool
) -> None:
    found = needed(EAutomateConnectorSettings(), ProcessesSettings(enabled=enabled), TABLE)
    assert (found.contracts, found.calls) == (contracts, calls)


def test_what_is_set_stays_as_it_is_set() -> None:
    given = EAutomateConnectorSettings(contracts=False, calls=True)
    assert needed(given, ProcessesSettings(enabled=["ID964"]), TABLE) == given


def test_a_process_this_release_does_not_have_needs_nothing() -> None:
    assert needed(EAutomateConnectorSettings(), ProcessesSettings(), TABLE[:1]).calls is False
