"""What the probes and the metrics say while ConnectWise is away."""

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from shared.telemetry import METRICS
from tests.deployment import until
from tests.faults.system.crew import SERVICES, Crew

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(180)]

SYNC = ("sync-1", "sync-2")


def test_while_connectwise_is_away_customer_sync_lives_and_is_not_ready(crew: Crew) -> None:
    crew.stage.end("connectwise")
    numbers = crew.wave(30)
    until(lambda: any(crew.health(name, "readyz")[0] == 503 for name in SYNC), "a declared pause", 60)
    paused = [name for name in SYNC if crew.health(name, "readyz")[0] == 503]
    for name in SYNC:
        status, body = crew.health(name, "livez")
        assert status == 200, body
    reason = crew.health(paused[0], "readyz")[1]["customer_sync"]["reason"]
    assert "ConnectWise" in reason or reason.startswith("starting"), reason
    for name in ("mapping", "eautomate_connector"):
        assert crew.health(name, "readyz")[0] == 200
    crew.stage.start_connectwise()
    until(lambda: all(crew.health(name, "readyz")[0] == 200 for name in SYNC), "ready again", 60)
    crew.settled(numbers)


def test_metrics_of_every_service_can_be_read(crew: Crew) -> None:
    crew.settled(crew.wave(4))
    wanted = {next(iter(metric.describe())).name for metric in METRICS}
    done = 0.0
    for name in SERVICES:
        text = httpx.get(
            f"http://127.0.0.1:{crew.stage.port(name)}/metrics", timeout=10, trust_env=False
        ).text
        families = {family.name: family for family in text_string_to_metric_families(text)}
        assert wanted <= set(families), wanted - set(families)
        done += sum(
            sample.value
            for sample in families["tandem_writes"].samples
            if sample.name == "tandem_writes_total" and sample.labels["action"] == "created"
        )
        assert {sample.labels["service"]: sample.value for sample in families["tandem_service_up"].samples}
    assert done >= 4
