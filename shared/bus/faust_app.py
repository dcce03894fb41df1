"""The Faust app as Tandem runs it; every setting that bounds latency or recovery is explicit.

Faust gives agents, partition assignment and lifecycle, nothing else (no tables, no timers, no web, no topics of
its own making).
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import faust
from aiokafka.errors import KafkaError

from shared.config import KafkaSettings


def make_app(settings: KafkaSettings, group: str) -> Any:
    """A fresh app for one consumer group; an app is never started twice."""
    return faust.App(
        group,
        broker=";".join(f"kafka://{server.strip()}" for server in settings.bootstrap_servers.split(",")),
        broker_session_timeout=8.0,
        broker_heartbeat_interval=2.0,
        broker_rebalance_timeout=15.0,
        broker_request_timeout=20.0,
        broker_commit_interval=1.0,
        broker_commit_every=10_000,
        broker_max_poll_records=500,
        consumer_auto_offset_reset="earliest",
        producer_request_timeout=15.0,
        processing_guarantee="at_least_once",
        stream_wait_empty=False,
        stream_buffer_maxsize=4096,
        # Only with standbys does Faust use its own assignor, which keeps partition n of a source and of its
        # redo topic on one worker.
        table_standby_replicas=1,
        topic_allow_declare=False,
        topic_disable_leader=True,
        store="memory://",
        datadir=str(Path(tempfile.gettempdir()) / "tandem-faust"),
        web_enabled=False,
        autodiscover=False,
        worker_redirect_stdouts=False,
    )


def define_agent(app: Any, topics: Sequence[str], body: Callable[[Any], Awaitable[None]]) -> None:
    """The one place that defines a Faust agent: raw bytes, concurrency 1 (more commits past what is in flight)."""
    channel = app.topic(
        *topics,
        key_type=bytes,
        value_type=bytes,
        key_serializer="raw",
        value_serializer="raw",
        allow_empty=True,
    )

    async def agent(stream: Any) -> None:
        await body(stream)

    app.agent(channel, concurrency=1, name=f"{app.conf.id}.agent")(agent)


def let_go(app: Any) -> str:
    """Let the app stop although no broker answers: its last commit would wait for one for ever, and keep its thread.

    What is done and not committed comes again.

    Returns:
        Which member of its group the app is, empty when it is none: it cannot tell the broker that it leaves.
    """

    async def nothing() -> None:
        return

    app.consumer.commit_and_end_transactions = nothing
    inner = app.consumer._thread._consumer
    if inner is None:
        return ""
    member: str = inner._coordinator.member_id
    stopping = inner.stop

    async def stop() -> None:
        # It raises what its requests met, their being cancelled too: then the thread would never tell its end.
        with contextlib.suppress(KafkaError, asyncio.CancelledError):
            await stopping()
        await inner._client.close()

    inner.stop = stop
    return member
