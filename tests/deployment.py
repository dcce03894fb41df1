"""A running deployment as people see it: e-automate, ConnectWise, dead letters, outcomes, links."""

import asyncio
import json
import time
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from services.customer_sync.customers.matching import PROPERTY
from services.simulator.eautomate.codes import CONFIGURATION, insert_codes
from services.simulator.eautomate.database import transaction
from services.simulator.stage import Stage
from shared.bus.producer import Message, Producer
from shared.cli.letters import Letter, read_all, read_letters
from shared.config import KafkaSettings
from shared.events import topics
from shared.links.client import MappingClient
from shared.links.kinds import LinkKind
from shared.links.models import Link
from shared.sync.outcome import Outcome

T = TypeVar("T")

AGENT = "customer_sync"
CLIENT_TYPE = 1
ADDRESS = {"Address": "1 High Street", "City": "Akron", "State": "OH", "Zip": "44301"}


def until(ask: Callable[[], T], what: str, seconds: float = 40.0, every: float = 0.1) -> T:
    """Ask until the answer is true in Python's sense; returns it.

    Raises:
        AssertionError: it never was; the text has the last answer.
    """
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"{what}: not within {seconds:.0f} s; last seen {answer!r}")
        time.sleep(every)


class Deployment:
    """Questions to a stage and things people do on it."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.people = stage.people
        with transaction(stage.eautomate_file) as file:
            if file.execute("SELECT 1 FROM ShAttributes").fetchone() is None:
                insert_codes(file)
        self.kafka = KafkaSettings(bootstrap_servers=stage.bootstrap_servers, topic_prefix=stage.prefix)

    # e-automate

    def add_customer(self, number: str, name: str, *, configured: bool = True, **fields: Any) -> int:
        """A customer, saved once with everything it has; its ``CustomerID``."""
        given = {**ADDRESS, **({"ShTrackingConfigID": CONFIGURATION} if configured else {}), **fields}
        return self.people.add_customer(number, name, **given)

    def add_with_properties(self, number: str, name: str, properties: dict[str, str], **fields: Any) -> int:
        """A customer that is taken into use once its properties are typed in."""
        customer = self.add_customer(number, name, Active=0, **fields)
        for attribute, value in properties.items():
            self.people.set_property(number, attribute, value)
        self.people.reactivate(number)
        return customer

    def recid(self, number: str) -> str:
        """The RecID in the customer's property, empty when there is none."""
        return self.people.properties(number).get(PROPERTY) or ""

    def customer_id(self, number: str) -> int:
        """``CustomerID`` of a customer."""
        return int(self.people.customer(number)["CustomerID"])

    def row_versions(self) -> dict[str, Any]:
        """Row version of every customer, and every property value, in e-automate."""
        with transaction(self.stage.eautomate_file) as file:
            rows = file.execute('SELECT CustomerID, "timestamp" FROM ARCustomers').fetchall()
            values = file.execute(
                "SELECT CustomerID, ShAttributeID, TextVal FROM ARCustomerCustomProperties"
            ).fetchall()
        return {f"row {row[0]}": row[1] for row in rows} | {
            f"value {row[0]}/{row[1]}": row[2] for row in values
        }

    # ConnectWise

    def add_company(self, identifier: str, name: str, account: str = "", **record: Any) -> int:
        """Somebody enters a company in ConnectWise; its RecID."""
        body: dict[str, Any] = {
            "identifier": identifier,
            "name": name,
            "site": {"name": "Main"},
            "addressLine1": "1 High Street",
        }
        body |= {"types": [{"id": CLIENT_TYPE}], **record}
        if account:
            body["accountNumber"] = account
        answer = self._control("POST", "/human/company", {"record": body})
        return int(answer["id"])

    def edit_company(self, company: int, **changes: Any) -> None:
        """Somebody edits a company in ConnectWise."""
        self._control("POST", f"/human/company/{company}", {"changes": changes})

    def delete_company(self, company: int) -> None:
        """Somebody deletes a company in ConnectWise."""
        self._control("POST", f"/human/company/{company}/delete", {})

    def restore_company(self, company: int) -> None:
        """Somebody takes a company out of the recycle bin."""
        self._control("POST", f"/human/company/{company}/restore", {})

    def fault(self, kind: str, **rule: Any) -> None:
        """Put a fault in force at ConnectWise."""
        self._control("POST", "/faults", [{"kind": kind, **rule}])

    def clear_faults(self) -> None:
        """ConnectWise is well again."""
        self._control("DELETE", "/faults")

    def fault_hits(self) -> int:
        """How often a fault struck so far."""
        return sum(int(rule["hits"]) for rule in self._control("GET", "/faults"))

    def advance_clock(self, seconds: float) -> None:
        """Let time pass at ConnectWise."""
        self._control("POST", "/clock", {"advance": seconds})

    def knobs(self, **knobs: Any) -> None:
        """Set the stand-in's knobs."""
        self._control("POST", "/knobs", knobs)

    def requests(self, method: str, path: str = "") -> list[dict[str, Any]]:
        """Requests ConnectWise was sent, oldest first; ``path`` is a pattern."""
        found: list[dict[str, Any]] = self._control(
            "GET", "/requests", params={"method": method, "path": path}
        )
        return [request for request in found if "/_sim" not in request["path"]]

    def company(self, ident: int | str) -> dict[str, Any]:
        """A company as an API client sees it."""
        with self.stage.api() as api:
            found: dict[str, Any] = api.get(f"/company/companies/{ident}").raise_for_status().json()
            return found

    def holds(self, company: int | str, field: str, value: object) -> bool:
        """Whether a company's field has this value now."""
        return bool(self.company(company).get(field) == value)

    def companies(self, condition: str) -> list[dict[str, Any]]:
        """Companies that are not deleted, under a condition in ConnectWise's words."""
        with self.stage.api() as api:
            params = {"conditions": f"deletedFlag=false and ({condition})", "pageSize": "1000"}
            found: list[dict[str, Any]] = (
                api.get("/company/companies", params=params).raise_for_status().json()
            )
            return found

    def numbered(self, number: str) -> list[dict[str, Any]]:
        """Companies that carry a customer's number in Company ID or Account ID."""
        return self.companies(f'identifier="{number}" or accountNumber="{number}"')

    def created(self, number: str, seconds: float = 40.0) -> dict[str, Any]:
        """The one company of a new customer, once it is linked and stored."""
        until(lambda: self.recid(number), f"customer {number} holds a RecID", seconds)
        (company,) = self.numbered(number)
        assert self.recid(number) == str(company["id"])
        return company

    def audit_trail(self, company: int) -> list[dict[str, Any]]:
        """A company's audit trail."""
        with self.stage.api() as api:
            params = {"type": "Company", "id": str(company)}
            found: list[dict[str, Any]] = (
                api.get("/system/audittrail", params=params).raise_for_status().json()
            )
            return found

    # Tandem

    def messages(self, topic: str) -> list[Any]:
        """Every message of a topic."""
        return asyncio.run(read_all(self.kafka, topic))

    def letters(self) -> list[Letter]:
        """Every dead letter."""
        return asyncio.run(read_letters(self.kafka, AGENT))

    def letter(self, customer: int, code: str, seconds: float = 40.0) -> Letter:
        """The newest dead letter of a customer, once it has this code."""

        def newest() -> Letter | None:
            found = [letter for letter in self.letters() if letter.record == f"eautomate:customer:{customer}"]
            return found[-1] if found and found[-1].code == code else None

        found = until(newest, f"dead letter {code} of customer {customer}", seconds, every=0.3)
        assert found is not None
        return found

    def outcomes(self, record: str) -> list[Outcome]:
        """What was done about a record (``eautomate/customer/7``), oldest first."""
        found = [
            Outcome.model_validate_json(message.value)
            for message in self.messages(topics.outcomes(self.kafka.topic_prefix))
            if message.key == record.encode()
        ]
        return sorted(found, key=lambda outcome: outcome.at)

    def more_outcomes(self, record: str, than: int) -> bool:
        """Whether a record has more outcomes than so many."""
        return len(self.outcomes(record)) > than

    def outcome(self, customer: int, result: str, seconds: float = 40.0, after: int = 0) -> Outcome:
        """The newest outcome of a customer, once it is this result and more than ``after`` are there."""

        def newest() -> Outcome | None:
            found = self.outcomes(f"eautomate/customer/{customer}")
            return found[-1] if len(found) > after and found[-1].result == result else None

        found = until(newest, f"customer {customer} {result}", seconds, every=0.3)
        assert found is not None
        return found

    def seen_company(self, company: int) -> None:
        """Wait until customer_sync knows a company."""
        until(
            lambda: self.outcomes(f"connectwise/company/{company}"), f"company {company} is known", every=0.3
        )

    def links(self) -> list[Link]:
        """Every customer's link that holds."""
        return asyncio.run(_links(self.stage.url))

    def link_of(self, customer: int) -> Link | None:
        """The link of one customer."""
        url = f"{self.stage.url}/links"
        params = {"kind": "customer-company", "left": str(customer)}
        found = httpx.get(url, params=params, timeout=10, trust_env=False).raise_for_status().json()["links"]
        return Link.model_validate(found[0]) if found else None

    def explain(self, number: str) -> dict[str, Any]:
        """What ``tandem explain customer`` answers."""
        found: dict[str, Any] = json.loads(self.stage.tandem("explain", "customer", number, "--json"))
        return found

    def behind(self) -> int:
        """How many messages customer_sync has not acknowledged yet."""
        return sum(end - done for done, end in self.progress().values())

    def progress(self) -> dict[tuple[str, int], tuple[int, int]]:
        """What customer_sync has acknowledged and where it ends, by topic and partition."""
        return asyncio.run(_progress(self.kafka))

    def send(self, *messages: Message) -> None:
        """Write messages to topics as anybody could."""

        async def send() -> None:
            producer = await Producer(self.kafka, "anybody").start()
            try:
                for message in messages:
                    await producer.send([message])
            finally:
                await producer.stop()

        asyncio.run(send())

    def health(self, process: str, probe: str) -> tuple[int, dict[str, Any]]:
        """Status and body of a probe; status 0 when nobody answers."""
        try:
            answer = httpx.get(
                f"http://127.0.0.1:{self.stage.port(process)}/{probe}", timeout=5, trust_env=False
            )
        except httpx.HTTPError as error:
            return 0, {"error": str(error)}
        return answer.status_code, answer.json()

    def differences(self, customers: Iterable[str]) -> list[str]:
        """What is not as it should be: one company a customer, one link, the RecID stored, same phone."""
        companies: dict[str, list[dict[str, Any]]] = {}
        for company in self.stage.companies():
            companies.setdefault(str(company.get("accountNumber") or ""), []).append(company)
        links = {link.left: link.right for link in self.links()}
        found = []
        for number in customers:
            row = self.people.customer(number)
            own = companies.get(number, [])
            if len(own) != 1:
                found.append(f"customer {number} has {len(own)} companies")
                continue
            recid = str(own[0]["id"])
            if links.get(str(row["CustomerID"])) != recid:
                found.append(f"customer {number}: link {links.get(str(row['CustomerID']))}, company {recid}")
            if self.recid(number) != recid:
                found.append(f"customer {number}: property {self.recid(number)!r}, company {recid}")
            if (own[0].get("phoneNumber") or "") != (row["Phone1"] or ""):
                found.append(
                    f"customer {number}: phone {row['Phone1']!r}, company {own[0].get('phoneNumber')!r}"
                )
        return found

    def in_step(self, customers: Iterable[str], seconds: float = 60.0) -> None:
        """Wait until every customer is as it should be; then nothing may be there twice.

        Raises:
            AssertionError: it never came to be, or something is there twice.
        """
        numbers = list(customers)
        end = time.monotonic() + seconds
        while found := self.differences(numbers):
            assert time.monotonic() < end, f"{len(found)} differences, e.g. {found[:5]}"
            time.sleep(0.5)
        everybody = self.stage.companies()
        for field in ("identifier", "accountNumber"):
            values = [company[field] for company in everybody if company.get(field)]
            assert len(values) == len(set(values)), f"{field} is there twice"
        rights = [link.right for link in self.links()]
        assert len(rights) == len(set(rights))

    def _control(self, method: str, path: str, body: Any = None, params: dict[str, str] | None = None) -> Any:
        answer = self.stage.control.request(method, path, json=body, params=params)
        assert answer.status_code < 400, answer.text
        return answer.json() if answer.content else None


async def _progress(settings: KafkaSettings) -> dict[tuple[str, int], tuple[int, int]]:
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.bootstrap_servers)
    consumer = AIOKafkaConsumer(bootstrap_servers=settings.bootstrap_servers)
    await admin.start()
    await consumer.start()
    try:
        done = await admin.list_consumer_group_offsets(f"{settings.topic_prefix}-{AGENT}")
        parts = [
            TopicPartition(topic, number)
            for topic in (
                topics.change(settings.topic_prefix, "eautomate", "customer"),
                topics.change(settings.topic_prefix, "connectwise", "company"),
                topics.change(settings.topic_prefix, "connectwise", "site"),
                topics.change(settings.topic_prefix, "eautomate", "agent"),
                topics.change(settings.topic_prefix, "connectwise", "member"),
                topics.redo(settings.topic_prefix, AGENT),
            )
            for number in range(settings.partitions)
        ]
        ends = await consumer.end_offsets(parts)
        return {
            (part.topic, part.partition): (done[part].offset if part in done else 0, ends[part])
            for part in parts
        }
    finally:
        await consumer.stop()
        await admin.close()


async def _links(url: str) -> list[Link]:
    client = MappingClient(url)
    try:
        return [link async for link in client.list(kind=LinkKind.CUSTOMER_COMPANY)]
    finally:
        await client.close()
