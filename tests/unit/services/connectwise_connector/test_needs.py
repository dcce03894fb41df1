import pytest

from services.connectwise_connector.needs import TicketWishes, needed
from services.connectwise_connector.settings import ConnectWiseConnectorSettings
from shared.processes import Process, ProcessesSettings

TABLE = (
    Process("connectwise_connector", connectwise=True),
    Process("agreement_sync", "ID964"),
    Process("service_sync", "ID965"),
    Process("call_dispatch", "ID912"),
    Process("project_sync", "ID522"),
)


@pytest.mark.parametrize(
    ("enabled", "mode", "read"),
    [
        ("ID964", "status", {"invoices"}),
        ("ID965", "status", {"tickets"}),
        ("ID965", "invoice", {"tickets", "service_invoices"}),
        ("ID965", "Invoice only", {"tickets", "service_invoices"}),
        ("ID912", "status", {"tickets"}),
        ("ID522", "status", {"project_tickets", "service_invoices"}),
    ],
)
def test_what_no_enabled_process_needs_is_not_read(enabled: str, mode: str, read: set[str]) -> None:
    decided = needed(
        ConnectWiseConnectorSettings(),
        ProcessesSettings(enabled=[enabled]),
        TicketWishes(sync_mode=mode),
        TABLE,
    )
    names = ("invoices", "tickets", "project_tickets", "service_invoices")
    assert {name for name in names if getattr(decided, name)} == read


def test_what_is_set_stays_and_a_process_this_release_lacks_needs_nothing() -> None:
    settings = ConnectWiseConnectorSettings(tickets=False, service_invoices=True, invoices=True)
    decided = needed(settings, ProcessesSettings(), table=TABLE)
    assert (decided.tickets, decided.service_invoices, decided.invoices) == (False, True, True)
    bare = needed(ConnectWiseConnectorSettings(), ProcessesSettings(), table=TABLE[:2])
    assert (bare.invoices, bare.tickets, bare.project_tickets, bare.service_invoices) == (
        True,
        False,
        False,
        False,
    )


def test_notes_are_read_of_the_tickets_that_id965_takes_unless_others_are_named() -> None:
    wishes = TicketWishes(ticket_statuses=["Closed"], boards=["Help Desk"])
    decided = needed(ConnectWiseConnectorSettings(), ProcessesSettings(), wishes)
    assert (decided.ticket_note_statuses, decided.ticket_note_boards) == (["Closed"], ["Help Desk"])
    own = ConnectWiseConnectorSettings(ticket_note_statuses=["Done"])
    assert needed(own, ProcessesSettings(), wishes).ticket_note_statuses == ["Done"]
