"""What the enabled processes need of e-automate: nothing is read that none of them reads."""

from collections.abc import Sequence

from services.eautomate_connector.settings import EAutomateConnectorSettings
from shared.processes import PROCESSES, Process, ProcessesSettings

CONTRACTS = ("agreement_sync",)
CALLS = ("service_sync", "call_dispatch", "project_sync")


def needed(
    settings: EAutomateConnectorSettings,
    processes: ProcessesSettings,
    table: Sequence[Process] = PROCESSES,
) -> EAutomateConnectorSettings:
    """The settings with everything decided that was left blank.

    Args:
        settings: as set.
        processes: which run.
        table: the processes there are.
    """
    read = {"contracts": processes.any_runs(CONTRACTS, table), "calls": processes.any_runs(CALLS, table)}
    blank = {name: value for name, value in read.items() if getattr(settings, name) is None}
    return settings.model_copy(update=blank)
