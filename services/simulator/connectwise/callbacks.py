"""Delivering callbacks: what is posted where, signed how, tried again when."""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import random
import time
import uuid
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from services.simulator.connectwise.clock import Clock
from services.simulator.connectwise.fields import Entity, Record
from services.simulator.connectwise.serialize import Serializer, encode
from services.simulator.connectwise.settings import Knobs, Settings
from services.simulator.connectwise.store import Row, Store, fold

SWITCHED_OFF_AFTER = 3 * 24 * 3600.0
TRIED_AGAIN = frozenset({404, 409, 419, 429})
"""Answers after which the server tries again; all others but 2xx are lost at once (documented)."""
TYPES = {
    "agreement": "agreement",
    "catalogItem": "productcatalog",
    "company": "company",
    "contact": "contact",
    "invoice": "invoice",
    "member": "member",
    "project": "project",
    "site": "site",
    "ticket": "ticket",
    "timeEntry": "time",
}
"""Callback types of the entities that can change here."""
_PARTIAL = ("customFields", "communicationItems", "types")
_PRODUCT, _PARTNER = "64a1f00c2b7d9e0001ab0001", "64a1f00c2b7d9e0001ab0002"


@dataclass(slots=True)
class Delivery:
    """One message on its way, and what became of it."""

    callback: int
    url: str
    body: bytes
    signature: str
    action: str
    type: str
    ident: int
    due: float = 0.0
    statuses: list[int | str] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        """As the control plane lists it."""
        return {
            "callback": self.callback,
            "url": self.url,
            "action": self.action,
            "type": self.type,
            "id": self.ident,
            "statuses": self.statuses,
            "body": self.body.decode(),
        }


class Callbacks:
    """The queue of deliveries. `publish` fills it with every write; `deliver` empties it."""

    def __init__(self, store: Store, clock: Clock, settings: Settings, knobs: Knobs) -> None:
        self.store = store
        self._clock = clock
        self._settings = settings
        self._knobs = knobs
        self.waiting: deque[Delivery] = deque()
        self.done: deque[Delivery] = deque(maxlen=10_000)
        self._chance = random.Random(1)  # noqa: S311 -- repeatable faults, not secrets

    def rebind(self, store: Store, knobs: Knobs) -> None:
        """Go on with a new store and new knobs; what waited is forgotten."""
        self.store, self._knobs = store, knobs
        self.waiting.clear()
        self.done.clear()

    def publish(self, changes: Mapping[tuple[str, int], str], member: str) -> None:
        """Queue a message for every callback that a member's changes concern."""
        registered = self.store.table("callbackEntry")
        if not registered.rows:
            return
        for (name, ident), action in changes.items():
            kind = TYPES.get(name)
            if kind is None:
                continue
            row = self.store.get(name, ident) or self.store.last(name, ident)
            if row is None:
                continue
            for callback in list(registered.after(0)):
                if callback.data.get("type") == kind and self._concerns(callback.data, name, row, member):
                    self._queue(self._message(callback, name, row, action, member))

    def _concerns(self, callback: Record, name: str, row: Row, member: str) -> bool:
        if callback.get("inactiveFlag"):
            return False
        if callback.get("isSelfSuppressedFlag"):
            owner = self.store.get("member", callback.get("memberId"))
            if owner is not None and fold(owner.data.get("identifier")) == fold(member):
                return False
        level, wanted = str(callback["level"]), callback["objectId"]
        return level == "owner" or wanted in self._objects(level, name, row)

    def _objects(self, level: str, name: str, row: Row) -> list[Any]:
        # What of a record a level's objectId is compared with.
        data = row.data
        if level == TYPES[name]:
            return [row.id]
        if level == "type":
            return [data["type"]] if name == "agreement" else list(data.get("types") or ())
        if level == "integratorTag":
            return [int(one) for one in data.get("integratorTags") or () if str(one).isdigit()]
        if level == "location":
            return [data.get("defaultLocation")]
        if level == "territory" and name != "company":
            company = self.store.get("company", data.get("company"))
            return [company.data.get("territory")] if company is not None else []
        return [data.get(level)]

    def _message(self, callback: Row, name: str, row: Row, action: str, member: str) -> Delivery:
        origin = str(callback.data.get("base") or "")
        codebase = self._settings.codebase if self._settings.mode == "cloud" else "v4_6_release/"
        entity = self.store.entities[name]
        serializer = Serializer(self.store, f"{origin}/{codebase}/apis/3.0/", self._settings.generation)
        key_url = (
            f"{origin}/{codebase}/system/callbackkey/index.rails"
            f"?companyName={self._settings.company}&id={callback.data['keyId']}"
        )
        body = json.dumps(
            {
                "MessageId": str(uuid.uuid4()),
                "FromUrl": urlsplit(origin).netloc,
                "CompanyId": self._settings.company,
                "MemberId": member,
                "Action": action,
                "Type": callback.data["type"],
                "ID": row.id,
                "ProductInstanceId": _PRODUCT,
                "PartnerId": _PARTNER,
                "Entity": None if action == "deleted" else partial(serializer, entity, row),
                "Metadata": {"key_url": key_url},
                "CallbackObjectRecId": callback.id,
            },
            separators=(",", ":"),
            ensure_ascii=False,
        ).encode()
        return Delivery(
            callback.id,
            f"{callback.data['url']}{row.id}&action={action}",
            body,
            signature(str(callback.data["signingKey"]), body),
            action,
            str(callback.data["type"]),
            row.id,
        )

    def _queue(self, delivery: Delivery) -> None:
        knobs = self._knobs
        if self._chance.random() < knobs.callback_drop:
            delivery.statuses.append("dropped")
            self.done.append(delivery)
            return
        delivery.due = time.monotonic() + knobs.callback_delay
        copies = 2 if self._chance.random() < knobs.callback_duplicate else 1
        for _ in range(copies):
            if self.waiting and self._chance.random() < knobs.callback_reorder:
                self.waiting.insert(self._chance.randrange(len(self.waiting)), delivery)
            else:
                self.waiting.append(delivery)

    async def deliver(self) -> None:
        """Send what waits, one after the other, until cancelled."""
        async with httpx.AsyncClient(trust_env=False, follow_redirects=False) as client:
            while True:
                held = self._knobs.callbacks_held
                now = time.monotonic()
                if held or not self.waiting or self.waiting[0].due > now:
                    await asyncio.sleep(0.02)
                    continue
                delivery = self.waiting.popleft()
                await self._send(client, delivery)
                self.done.append(delivery)

    async def _send(self, client: httpx.AsyncClient, delivery: Delivery) -> None:
        headers = {"content-type": "application/json", "x-content-signature": delivery.signature}
        for pause in (0.0, *self._knobs.callback_retry_seconds):
            await asyncio.sleep(pause)
            try:
                async with asyncio.timeout(self._knobs.callback_timeout):
                    answer = await client.post(delivery.url, content=delivery.body, headers=headers)
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
                delivery.statuses.append(type(error).__name__)
                break
            delivery.statuses.append(answer.status_code)
            if answer.is_success:
                self._mark(delivery.callback, failed=False)
                return
            if answer.status_code not in TRIED_AGAIN:
                break
        self._mark(delivery.callback, failed=True)

    def _mark(self, ident: int, *, failed: bool) -> None:
        # Three days in which nothing arrived switch a callback off (documented).
        row = self.store.get("callbackEntry", ident)
        if row is None:
            return
        since = row.data.get("failingSince")
        now = self._clock.now()
        changed = dict(row.data)
        if not failed:
            changed["failingSince"] = None
        elif since is None:
            changed["failingSince"] = str(now)
        elif now - float(since) >= SWITCHED_OFF_AFTER:
            changed["inactiveFlag"] = True
        if changed != row.data:
            self.store.put("callbackEntry", ident, changed, now)

    def key(self, ident: str) -> str | None:
        """The signing key of a `key_url`'s id."""
        rows = self.store.table("callbackEntry").rows.values()
        return next((str(row.data["signingKey"]) for row in rows if row.data.get("keyId") == ident), None)


def signature(key: str, body: bytes) -> str:
    """`x-content-signature`: base64 of HMAC-SHA256 over the body, keyed by the SHA-256 of the signing key."""
    digest = hmac.new(hashlib.sha256(key.encode()).digest(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def partial(serializer: Serializer, entity: Entity, row: Row) -> str:
    """The record as a string of JSON, without what callbacks leave out (recorded)."""
    whole = json.loads(serializer.whole(entity, row))
    for name in _PARTIAL:
        whole.pop(name, None)
    with contextlib.suppress(KeyError):
        whole["_info"] = {key: value for key, value in whole["_info"].items() if not key.startswith("date")}
    return encode(whole)
