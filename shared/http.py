"""The process's HTTP port: probes, metrics, and what its services add.

``/livez`` is about progress, ``/readyz`` about taking work; both answer 503 with the reasons when one service is
not. ``/docs`` and ``/openapi.json`` describe the rest.
"""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared import telemetry
from shared.service import Health, Service


class Hosted(Protocol):
    """A service in its host; the service may be replaced after a fatal error."""

    name: str
    service: Service
    on_rebuilt: Callable[[], None]


def make_http(hosts: Sequence[Hosted]) -> FastAPI:
    """The application for these services."""
    app = FastAPI(title="Tandem", description="Health, metrics and links.", docs_url="/docs", redoc_url=None)

    @app.get("/livez", tags=["health"], summary="Is progress made?")
    async def livez() -> JSONResponse:
        return _answer({host.name: host.service.live() for host in hosts})

    @app.get("/readyz", tags=["health"], summary="Is work taken?")
    async def readyz() -> JSONResponse:
        return _answer({host.name: host.service.ready() for host in hosts})

    @app.get("/metrics", tags=["health"], summary="Prometheus metrics")
    async def metrics() -> Response:
        for host in hosts:
            telemetry.SERVICE_UP.labels(host.name).set(host.service.live().ok)
            telemetry.SERVICE_READY.labels(host.name).set(host.service.ready().ok)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    own = list(app.router.routes)

    def mount() -> None:
        app.router.routes[:] = own
        app.openapi_schema = None
        for host in hosts:
            for router in host.service.routers():
                app.include_router(router)

    mount()
    for host in hosts:
        host.on_rebuilt = mount
    return app


def _answer(healths: dict[str, Health]) -> JSONResponse:
    body: dict[str, Any] = {
        name: {"ok": health.ok, "reason": health.reason} for name, health in healths.items()
    }
    return JSONResponse(body, status_code=200 if all(health.ok for health in healths.values()) else 503)
