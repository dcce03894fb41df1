"""A whole deployment on one machine: broker, stand-ins, Tandem's services as processes, everything on free ports.

The demo and the tests stand on it. It knows Tandem only from outside: its command line and its settings.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from services.simulator.connectwise.settings import Settings as Tenant
from services.simulator.eautomate.client import Client
from services.simulator.eautomate.database import create
from services.simulator.kafka.broker import Broker, free_port

START_SECONDS = 60.0
STOP_SECONDS = 30.0
ALL = "all"

_TLS = httpx.create_ssl_context()  # made once: every client would read the certificates anew


class StageError(RuntimeError):
    """Something on the stage did not come up; the text has its last words."""


class Stage:
    """Start with ``with``; every process ends with the block, also after Ctrl-C."""

    def __init__(
        self,
        folder: Path,
        *,
        bootstrap_servers: str | None = None,
        prefix: str = "tandem",
        settings: Mapping[str, str] | None = None,
        connectwise_port: int | None = None,
        http_port: int | None = None,
    ) -> None:
        """Prepare.

        Args:
            folder: where files and logs go.
            bootstrap_servers: a running broker; without it one is started.
            settings: environment variables for Tandem, over the stage's own.
        """
        self.folder = folder
        self.reports = folder
        """Where reports are written that people open afterwards."""
        self.prefix = prefix
        self.tenant = Tenant()
        self.eautomate_file = folder / "eautomate.db"
        self.people = Client(self.eautomate_file)
        self.connectwise_port = connectwise_port or free_port()
        self.http_port = http_port or free_port()
        self._bootstrap = bootstrap_servers
        self._settings = dict(settings or {})
        self._broker: Broker | None = None
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._spawned: list[subprocess.Popen[bytes]] = []
        self._ports: dict[str, int] = {}
        self.control = httpx.Client(
            base_url=f"{self.connectwise_url}/_sim", timeout=30, trust_env=False, verify=_TLS
        )

    @property
    def connectwise_url(self) -> str:
        """Where the ConnectWise stand-in listens."""
        return f"http://127.0.0.1:{self.connectwise_port}"

    @property
    def url(self) -> str:
        """Where mapping, health and metrics are, when all services run in one process."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def bootstrap_servers(self) -> str:
        """The broker's address."""
        if self._bootstrap is not None:
            return self._bootstrap
        if self._broker is None:
            raise StageError("the broker is not started yet")
        return self._broker.bootstrap_servers

    @property
    def broker(self) -> Broker:
        """The broker of this stage, to be stopped and started under load."""
        if self._broker is None:
            raise StageError("this stage uses a broker it was given")
        return self._broker

    def environment(self, **more: str) -> dict[str, str]:
        """Tandem's settings as environment variables."""
        return {
            **os.environ,
            "TANDEM_KAFKA__BOOTSTRAP_SERVERS": more.get("TANDEM_KAFKA__BOOTSTRAP_SERVERS")
            or self.bootstrap_servers,
            "TANDEM_KAFKA__TOPIC_PREFIX": self.prefix,
            "TANDEM_CONNECTWISE__URL": self.connectwise_url,
            "TANDEM_CONNECTWISE__COMPANY": self.tenant.company,
            "TANDEM_CONNECTWISE__PUBLIC_KEY": self.tenant.public_key,
            "TANDEM_CONNECTWISE__PRIVATE_KEY": self.tenant.private_key,
            "TANDEM_CONNECTWISE__CLIENT_ID": self.tenant.client_id,
            "TANDEM_CONNECTWISE__REQUESTS_PER_MINUTE": "60000",
            "TANDEM_EAUTOMATE__URL": f"sqlite+aiosqlite:///{self.eautomate_file}",
            "TANDEM_STORE__URL": f"sqlite+aiosqlite:///{self.folder}/store/{{service}}.db",
            "TANDEM_MAPPING__URL": self.url,
            "TANDEM_HTTP__PORT": str(self.http_port),
            "TANDEM_EAUTOMATE_CONNECTOR__POLL_SECONDS": "0.5",
            "TANDEM_CONNECTWISE_CONNECTOR__POLL_SECONDS": "0.5",
            "TANDEM_CUSTOMER_SYNC__SYNC_TYPE": "insert/update customers",
            "TANDEM_CUSTOMER_SYNC__COMPANY_TYPE": "Client",
            "TANDEM_LOG_LEVEL": "INFO",
            **self._settings,
            **more,
        }

    def start(self) -> "Stage":
        """Broker, stand-ins, topics and tables; Tandem's services are started with ``run``.

        Raises:
            StageError: a part does not come up.
            KafkaUnavailable: no broker can be started here.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.eautomate_file.exists():
            create(self.eautomate_file)
        self.start_connectwise(wait=False)
        with ThreadPoolExecutor() as threads:
            ledger = threads.submit(self._ledger)
            if self._bootstrap is None:
                self._broker = Broker(self.folder / "kafka").start()
            self.tandem("topics", "apply")
            ledger.result()
        self._wait_connectwise()
        return self

    def _ledger(self) -> None:
        # The broker may not be there yet, and the tables do not need it.
        self.tandem("db", "upgrade", TANDEM_KAFKA__BOOTSTRAP_SERVERS="127.0.0.1:1")

    def start_connectwise(self, wait: bool = True) -> None:
        """Start the ConnectWise stand-in; its records outlive it."""
        self._spawn(
            "connectwise",
            [
                "simulate",
                "connectwise",
                "--port",
                str(self.connectwise_port),
                "--state",
                str(self.folder / "connectwise.json"),
            ],
            dict(os.environ),
        )
        if wait:
            self._wait_connectwise()

    def _wait_connectwise(self) -> None:
        self._wait("connectwise", f"{self.connectwise_url}/login/companyinfo/{self.tenant.company}")

    def run(self, *services: str, name: str | None = None, wait: bool = True, **settings: str) -> None:
        """Run services in one process, called ``name``; more than one process takes a port of its own."""
        name = name or "-".join(services or (ALL,))
        mapping_here = not services or ALL in services or "mapping" in services
        port = self.http_port if mapping_here else self._ports.setdefault(name, free_port())
        self._ports[name] = port
        environment = self.environment(**{"TANDEM_HTTP__PORT": str(port), **settings})
        self._spawn(name, ["run", *(services or (ALL,))], environment)
        if wait:
            self.wait_ready(name)

    def wait_ready(self, name: str) -> None:
        """Wait until a process takes work."""
        self._wait(name, f"http://127.0.0.1:{self._ports[name]}/readyz")

    def port(self, name: str) -> int:
        """The HTTP port of a process."""
        return self._ports[name]

    def tandem(self, *arguments: str, check: bool = True, **settings: str) -> str:
        """Run a ``tandem`` command to its end; returns what it printed.

        Raises:
            StageError: it failed.
        """
        environment = self.environment(**settings)
        done = subprocess.run(  # noqa: S603
            [*_COMMAND, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        if check and done.returncode != 0:
            raise StageError(
                f"tandem {' '.join(arguments)}: exit {done.returncode}: {done.stdout}{done.stderr}"
            )
        return done.stdout + done.stderr

    def end(self, name: str, how: signal.Signals = signal.SIGTERM) -> int:
        """End a process; returns its exit code."""
        process = self._processes.pop(name)
        if process.poll() is None:
            process.send_signal(how)
        try:
            return process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise StageError(
                f"{name} did not stop within {STOP_SECONDS:.0f} s: {self._words(name)}"
            ) from None

    def running(self, name: str) -> bool:
        """Whether a process is there."""
        process = self._processes.get(name)
        return process is not None and process.poll() is None

    def ended(self) -> set[str]:
        """Processes that ended by themselves."""
        return {name for name, process in self._processes.items() if process.poll() is not None}

    def pid(self, name: str) -> int:
        """Process id, for those who measure."""
        return self._processes[name].pid

    def companies(self) -> list[dict[str, Any]]:
        """Every company ConnectWise has, deleted ones left out, as an API client sees them."""
        found: list[dict[str, Any]] = []
        page = 1
        with self.api() as api:
            while True:
                params: dict[str, str] = {
                    "conditions": "deletedFlag=false",
                    "pageSize": "1000",
                    "page": str(page),
                }
                rows = api.get("/company/companies", params=params).raise_for_status().json()
                found.extend(rows)
                if len(rows) < 1000:
                    return found
                page += 1

    def sites(self) -> list[dict[str, Any]]:
        """Every site of every company, as an API client sees them; one request a company, the API has no more."""
        with self.api() as api:
            params = {"pageSize": "1000"}
            return [
                site
                for company in self.companies()
                for site in api.get(f"/company/companies/{company['id']}/sites", params=params)
                .raise_for_status()
                .json()
            ]

    def api(self) -> httpx.Client:
        """An independent API client of the tenant."""
        return httpx.Client(
            base_url=f"{self.connectwise_url}/v4_6_release/apis/3.0",
            auth=(f"{self.tenant.company}+{self.tenant.public_key}", self.tenant.private_key),
            headers={"clientId": self.tenant.client_id},
            timeout=60,
            trust_env=False,
            verify=_TLS,
        )

    def writes(self) -> int:
        """How many writes ConnectWise has been sent so far."""
        stats = self.control.get("/requests").raise_for_status().json()
        rows = stats if isinstance(stats, list) else stats["requests"]
        return sum(
            row["method"] in {"POST", "PATCH", "PUT", "DELETE"} and "/_sim" not in row["path"] for row in rows
        )

    def metrics(self, name: str = ALL) -> dict[str, float]:
        """The metrics of a process by name, summed over their labels."""
        found: dict[str, float] = {}
        for sample in self._samples(name):
            found[sample.name] = found.get(sample.name, 0.0) + sample.value
        return found

    def counted(self, metric: str, process: str = ALL, **labels: str) -> float:
        """One metric of a process, summed over the labels that are not named."""
        return sum(
            sample.value
            for sample in self._samples(process)
            if sample.name == metric and labels.items() <= sample.labels.items()
        )

    def _samples(self, name: str) -> Iterator[Sample]:
        url = f"http://127.0.0.1:{self._ports[name]}/metrics"
        text = httpx.get(url, timeout=10, trust_env=False, verify=_TLS).text
        for family in text_string_to_metric_families(text):
            yield from family.samples

    def close(self) -> None:
        """End everything."""
        for name in list(self._processes):
            process = self._processes.pop(name)
            if process.poll() is None:
                process.terminate()
        end = time.monotonic() + 10
        for process in self._spawned:
            try:
                process.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.control.close()
        if self._broker is not None:
            self._broker.close()

    def __enter__(self) -> "Stage":
        try:
            return self.start()
        except BaseException:
            self.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _spawn(self, name: str, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(  # noqa: S603
                [*_COMMAND, *arguments], env=dict(environment), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True,
            )  # fmt: skip
        self._processes[name] = process
        self._spawned.append(process)

    def _wait(self, name: str, url: str) -> None:
        end = time.monotonic() + START_SECONDS
        last = ""
        while time.monotonic() < end:
            if not self.running(name):
                raise StageError(f"{name} ended: {self._words(name)}")
            try:
                answer = httpx.get(url, timeout=2, trust_env=False, verify=_TLS)
            except httpx.HTTPError as error:
                last = str(error)
            else:
                if answer.status_code == 200:
                    return
                last = answer.text
            time.sleep(0.1)
        raise StageError(f"{name} is not ready after {START_SECONDS:.0f} s: {last} {self._words(name)}")

    def _words(self, name: str) -> str:
        path = self.folder / f"{name}.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""


_COMMAND = (sys.executable, "-m", "shared.cli")


def clear(folder: Path) -> None:
    """Remove what an earlier stage left."""
    shutil.rmtree(folder, ignore_errors=True)
