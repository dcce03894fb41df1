"""The embedded Apache Kafka goes down with whoever started it, however that ends."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import psutil
import pytest

pytestmark = pytest.mark.kafka

START = """
import signal
import time
# Whoever runs the tests in the background leaves SIGINT ignored to its children.
signal.signal(signal.SIGINT, signal.default_int_handler)
from services.simulator.kafka.broker import Broker
with Broker() as broker:
    print(broker.port, flush=True)
    time.sleep(600)
"""


@pytest.fixture
def starter() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", START], stdout=subprocess.PIPE, text=True)
    yield process
    process.kill()
    process.wait()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_broker_outlives_its_starter(starter: subprocess.Popen[str], how: signal.Signals) -> None:
    assert starter.stdout is not None
    port = starter.stdout.readline().strip()
    assert _brokers(port)
    starter.send_signal(how)
    starter.wait(60)
    end = time.monotonic() + 20
    while _brokers(port) and time.monotonic() < end:
        time.sleep(0.1)
    assert not _brokers(port)


def _brokers(port: str) -> list[int]:
    return [
        connection.pid
        for connection in psutil.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
        and connection.laddr
        and connection.laddr.port == int(port)
        and connection.pid
    ]
