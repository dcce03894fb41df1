"""Metrics and logging: one typed list of metrics, one way to log.

``METRICS`` is the whole list; names are what alerts and dashboards refer to. Logs are structured lines on
standard error; payloads and secrets are never logged.
"""

import logging
import sys

import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared.repeats import Repeats

CHANGES = Counter(
    "tandem_changes_total", "Messages a sync agent finished, by what came of them", ["agent", "result"]
)
RECORD_SECONDS = Histogram(
    "tandem_record_seconds", "Seconds from taking a record to its outcome", ["agent"],
    buckets=(0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30),
)  # fmt: skip
RETRIES = Counter("tandem_retries_total", "Attempts repeated in place after transient trouble", ["agent"])
PAUSES = Counter(
    "tandem_pauses_total", "Declared pauses: transient trouble lasted longer than a batch", ["agent"]
)
PAUSED = Gauge("tandem_paused", "1 while an agent is in a declared pause", ["agent"])
LAG = Gauge("tandem_lag_records", "Messages not finished yet on the partitions of this worker", ["agent"])
IN_FLIGHT = Gauge("tandem_in_flight_records", "Records being worked on", ["agent"])
DEAD_LETTERS = Counter("tandem_dead_letters_total", "Dead letters written", ["agent", "code"])
PUBLISHED = Counter("tandem_published_total", "Changes a connector published", ["connector", "entity"])
UNCHANGED = Counter(
    "tandem_unchanged_total", "Records a connector read and found unchanged", ["connector", "entity"]
)
PASS_SECONDS = Histogram(
    "tandem_pass_seconds", "Seconds of a connector's pass", ["connector", "entity"],
    buckets=(0.1, 0.5, 2, 10, 60, 300, 1800),
)  # fmt: skip
WATERMARK_AGE = Gauge(
    "tandem_watermark_age_seconds", "Seconds since a connector's last complete pass", ["connector", "entity"]
)
LEASE_HELD = Gauge("tandem_lease_held", "1 while this replica holds the lease", ["lease"])
REQUESTS = Counter(
    "tandem_connectwise_requests_total", "Requests to ConnectWise", ["service", "method", "status"]
)
REQUEST_SECONDS = Histogram(
    "tandem_connectwise_request_seconds", "Seconds of a request to ConnectWise", ["service", "method"],
    buckets=(0.01, 0.05, 0.2, 1, 5, 30),
)  # fmt: skip
BUDGET_WAIT_SECONDS = Counter(
    "tandem_connectwise_budget_wait_seconds_total",
    "Seconds spent waiting for the request budget",
    ["service"],
)
WRITES = Counter("tandem_writes_total", "Effects written to a system", ["agent", "system", "action"])
LINKS = Gauge("tandem_links", "Links kept, by kind", ["kind"])
OUTBOX_AGE = Gauge("tandem_outbox_age_seconds", "Age of the oldest link not yet on its topic")
CASES = Gauge("tandem_cases", "Open cases, parked and ignored ones left out", ["process", "code"])
CASES_PARKED = Gauge("tandem_cases_parked", "Cases no longer retried by the clock", ["process"])
CASES_WOKEN = Counter("tandem_cases_woken_total", "Cases sent to their agent again", ["agent", "reason"])
UNREADABLE = Counter("tandem_unreadable_total", "Messages error_reporting could not take in", ["topic"])
SERVICE_UP = Gauge("tandem_service_up", "1 while a service is live", ["service"])
SERVICE_READY = Gauge("tandem_service_ready", "1 while a service is ready", ["service"])

METRICS = (
    CHANGES, RECORD_SECONDS, RETRIES, PAUSES, PAUSED, LAG, IN_FLIGHT, DEAD_LETTERS, PUBLISHED, UNCHANGED,
    PASS_SECONDS, WATERMARK_AGE, LEASE_HELD, REQUESTS, REQUEST_SECONDS, BUDGET_WAIT_SECONDS, WRITES, LINKS,
    OUTBOX_AGE, CASES, CASES_PARKED, CASES_WOKEN, UNREADABLE, SERVICE_UP, SERVICE_READY,
)  # fmt: skip


def configure_logging(level: str = "INFO", json: bool = False) -> None:
    """Send structured logs to standard error.

    Args:
        level: ``DEBUG`` ... ``ERROR``.
        json: one JSON object a line instead of text for people.
    """
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer()
        if json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    handler.addFilter(Repeats(("aiokafka", "faust", "mode")))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # At every first start of a broker it says "error" about a coordinator that is not there yet, and goes on.
    logging.getLogger("aiokafka.consumer.group_coordinator").setLevel(logging.CRITICAL)
    # Chatty at INFO, and httpx logs full URLs.
    for noisy in ("httpx", "httpcore", "aiokafka", "faust", "mode", "aiosqlite", "uvicorn.access", "alembic"):
        logging.getLogger(noisy).setLevel(max(root.level, logging.WARNING))
