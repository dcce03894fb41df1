"""Statuses of calls in the dealer's own codes. Pure."""

from services.service_sync.settings import CallStatus, ServiceSyncSettings
from shared.eautomate.profile import CallStatuses


def created_status(settings: ServiceSyncSettings, statuses: CallStatuses) -> str:
    """The status that calls are given (variable ``call_status``)."""
    if settings.call_status is CallStatus.OK_TO_INVOICE:
        return statuses.ok_to_invoice
    return statuses.pending
