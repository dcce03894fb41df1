"""Both systems, opened for one command of the desk."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.agreement_sync.asking import AGENT
from services.agreement_sync.settings import AgreementSyncSettings
from shared.config import ConnectWiseSettings, EAutomateSettings, load
from shared.connectwise.client import ConnectWise
from shared.connectwise.limiter import Limiter
from shared.eautomate.port import EAutomate

SERVICE = "templates"
RETRY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Systems:
    """Both systems; ConnectWise is only read."""

    client: ConnectWise
    eautomate: EAutomate
    settings: AgreementSyncSettings


@asynccontextmanager
async def systems() -> AsyncIterator[Systems]:
    """Open both systems as the settings name them.

    Raises:
        pydantic.ValidationError, ValueError: settings are wrong.
    """
    connectwise = load("connectwise", ConnectWiseSettings)
    settings = load(AGENT, AgreementSyncSettings)
    pace = Limiter(SERVICE, connectwise.requests_per_minute, connectwise.concurrency)
    async with ConnectWise(connectwise, SERVICE, pace, retry_seconds=RETRY_SECONDS, read_only=True) as client:
        eautomate = EAutomate.open(load("eautomate", EAutomateSettings))
        try:
            yield Systems(client, eautomate, settings)
        finally:
            await eautomate.close()
