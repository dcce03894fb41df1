"""One Apache Kafka node (KRaft) on a free loopback port, for the demo and the tests."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType

from services.simulator.kafka.artefacts import KafkaUnavailable, cache_folder, jars, java

CLUSTER_ID = "dGFuZGVtLWtyYWZ0LTAwMQ"
STOP_SECONDS = 20.0
"""A broker asked to stop while it starts may never do so; then it is killed."""
START_SECONDS = 60.0

# The guard lets the broker go down with whoever started it, also after a kill -9: the pipe on its standard
# input closes, `read` ends, and the broker is told to stop.
GUARD = '"$@" </dev/null & child=$!; trap "kill $child" TERM; (read -r _; kill $$) <&3 3<&- & wait $child; wait $child'

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=PLAINTEXT
controller.listener.names=CONTROLLER
log.dirs={data}
num.partitions=1
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
broker.session.timeout.ms=3000
broker.heartbeat.interval.ms=500
message.max.bytes=6291456
num.network.threads=2
num.io.threads=2
"""

LOGGING = """\
status = error
appender.file.type = File
appender.file.name = file
appender.file.fileName = {folder}/server.log
appender.file.layout.type = PatternLayout
appender.file.layout.pattern = %d %p %m (%c)%n
rootLogger.level = warn
rootLogger.appenderRef.file.ref = file
"""


def free_port() -> int:
    """A loopback port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Broker:
    """A broker that is stopped with the block, with Ctrl-C, and when this process dies.

    Raises:
        KafkaUnavailable: on ``start``, when Java or Maven is missing or the broker does not come up.
    """

    def __init__(self, folder: Path | None = None, heap_megabytes: int = 512) -> None:
        """Prepare; ``folder`` keeps data between runs, a temporary one is removed at the end."""
        self._given = folder
        self.folder = folder or Path(tempfile.mkdtemp(prefix="tandem-kafka-"))
        self.port = free_port()
        self._controller = free_port()
        self._heap = heap_megabytes
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def bootstrap_servers(self) -> str:
        """``host:port`` for clients."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> "Broker":
        """Start and wait until the broker answers."""
        command = self._java("kafka.Kafka")
        self.folder.mkdir(parents=True, exist_ok=True)
        data = self.folder / "data"
        properties = self.folder / "server.properties"
        properties.write_text(PROPERTIES.format(port=self.port, controller=self._controller, data=data))
        if not data.exists():
            shutil.copytree(self._formatted(), data)
        self._process = subprocess.Popen(  # noqa: S603
            ["/bin/sh", "-c", f"exec 3<&0; {GUARD}", "kafka", *command, str(properties)],
            stdin=subprocess.PIPE,
            stdout=(self.folder / "stdout.log").open("ab"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait_until_up()
        return self

    def stop(self) -> None:
        """Stop as an operator would, and wait for it; data stays."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Kill -9, as a crash of the machine would."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        """Stop and remove a temporary folder."""
        self.stop()
        if self._given is None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> "Broker":
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def tool(self, main_class: str, *arguments: str, stdin: bytes | None = None) -> str:
        """Run one of Kafka's own console tools against this broker; returns what it printed."""
        done = subprocess.run(  # noqa: S603
            [*self._java(main_class, heap=128), *arguments], input=stdin, capture_output=True, check=True
        )
        return done.stdout.decode()

    def _java(self, main_class: str, heap: int | None = None) -> list[str]:
        logging = self.folder / "log4j2.properties"
        self.folder.mkdir(parents=True, exist_ok=True)
        logging.write_text(LOGGING.format(folder=self.folder))
        return [
            java(), f"-Xmx{heap or self._heap}m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
            "-Djava.awt.headless=true", f"-Dlog4j2.configurationFile={logging}",
            "-cp", f"{jars()}/*", main_class,
        ]  # fmt: skip

    def _formatted(self) -> Path:
        """A formatted, empty log folder; formatting costs a Java start, so it is kept and copied."""
        kept = cache_folder() / "formatted"
        if kept.is_dir():
            return kept
        making = kept.with_name(f"formatted.{os.getpid()}")
        properties = self.folder / "format.properties"
        properties.write_text(PROPERTIES.format(port=9092, controller=9093, data=making))
        subprocess.run(  # noqa: S603
            [*self._java("kafka.tools.StorageTool"), "format", "-t", CLUSTER_ID, "-c", str(properties)],
            check=True,
            capture_output=True,
        )
        with contextlib.suppress(OSError):
            making.rename(kept)
        return kept

    def _wait_until_up(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self._process is None or self._process.poll() is not None:
                break
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 0.5):
                return
            time.sleep(0.1)
        said = (self.folder / "stdout.log").read_text(errors="replace")[-800:]
        self.kill()
        raise KafkaUnavailable(f"Apache Kafka did not come up on port {self.port}: {said}")

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        if process.stdin is not None:
            process.stdin.close()
