"""Everything one running stand-in knows: store, clock, knobs, faults, request log."""

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from services.simulator.connectwise.callbacks import Callbacks
from services.simulator.connectwise.clock import Clock
from services.simulator.connectwise.entities import ENTITIES
from services.simulator.connectwise.faults import Faults
from services.simulator.connectwise.invented import add_companies
from services.simulator.connectwise.lists import Lister
from services.simulator.connectwise.serialize import Serializer
from services.simulator.connectwise.settings import Knobs, Settings
from services.simulator.connectwise.store import Store
from services.simulator.connectwise.tenant import furnish
from services.simulator.connectwise.write import Author, Writer


@dataclass(slots=True)
class Key:
    """A key pair and the member it belongs to; `expires` in the server's time, None for never."""

    member: str
    private: str
    expires: float | None = None


@dataclass
class State:
    """The whole of it. `seed_companies` are created anew by `reset`."""

    settings: Settings = field(default_factory=Settings)
    seed_companies: int = 0
    knobs: Knobs = field(default_factory=Knobs)
    clock: Clock = field(default_factory=Clock)
    requests: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=50_000))
    stats: Counter[tuple[str, str]] = field(default_factory=Counter)
    recent: deque[float] = field(default_factory=deque)

    def __post_init__(self) -> None:
        self.faults = Faults()
        self.callbacks = Callbacks(Store(()), self.clock, self.settings, self.knobs)
        self._start_over()

    def _start_over(self) -> None:
        self.store = Store(ENTITIES)
        self.lister = Lister(self.store, self.knobs)
        self.callbacks.rebind(self.store, self.knobs)
        self.keys = {self.settings.public_key: Key(self.settings.member, self.settings.private_key)}
        self._serializers: dict[tuple[str, str], Serializer] = {}
        furnish(self.store, self.settings)
        add_companies(self.store, self.clock, self.seed_companies)

    def reset(self, seed_companies: int | None = None) -> None:
        """Back to the first day: records, knobs, faults, log and clock. Settings stay."""
        if seed_companies is not None:
            self.seed_companies = seed_companies
        self.knobs = Knobs(read_latency=self.knobs.read_latency, write_latency=self.knobs.write_latency)
        self.clock.reset()
        self.faults.clear()
        self.requests.clear()
        self.stats.clear()
        self.recent.clear()
        self._start_over()

    def serializer(self, base: str, generation: str) -> Serializer:
        """The renderer for a host and a model generation; kept, because it remembers rendered references."""
        found = self._serializers.get((base, generation))
        if found is None:
            found = self._serializers[(base, generation)] = Serializer(self.store, base, generation)
        return found

    def writer(self, author: Author, generation: str | None = None, *, checked: bool = True) -> Writer:
        """A write engine for an author; without a generation the tenant's own."""
        model = generation or self.settings.generation
        return Writer(self.store, self.clock, self.knobs, author, model, checked=checked)
