"""The front door: who is calling, with which model, and which codebase the path names."""

import base64
import binascii
import re
from dataclasses import dataclass

from services.simulator.connectwise.errors import ApiError, no_endpoint, not_found
from services.simulator.connectwise.settings import NEWEST, OLDEST
from services.simulator.connectwise.state import State
from services.simulator.connectwise.wire import Request, Response, answer

ALIAS = "v4_6_release"
_VERSION = re.compile(r"version\s*=\s*(\d{4}\.\d+)")
_UNPREFIXED = re.compile(r"^(na|eu|au|aus|za)\.myconnectwise\.net(:\d+)?$", re.IGNORECASE)
_UNKNOWN_CLIENT = {NEWEST: 403, OLDEST: 401}


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes: the codebase it named and the split, lower-case path behind `apis/3.0/`."""

    codebase: str
    parts: tuple[str, ...]


def target(path: str) -> Target | None:
    """Read an API path; None when it is none. Doubled slashes and case do not matter (documented)."""
    parts = tuple(part for part in path.lower().split("/") if part)
    if len(parts) < 3 or parts[1] != "apis" or parts[2] != "3.0":
        return None
    return Target(parts[0], parts[3:])


def callback_key(state: State, request: Request) -> Response:
    """The signing key of a callback, for who has got in. 404 for a key that is not there."""
    params = request.params()
    known = params.get("companyname", "").lower() == state.settings.company.lower()
    key = state.callbacks.key(params.get("id", "")) if known else None
    if key is None:
        raise not_found("Key", params.get("id", ""))
    return answer(200, {"signing_key": key})


def check_codebase(state: State, named: str) -> None:
    """Serve only the alias and the present codebase; an old one is 404 after an upgrade (reported)."""
    if named not in (ALIAS, state.settings.codebase.strip("/").lower()):
        raise no_endpoint()


def company_info(state: State, company: str) -> Response:
    """Discovery, without authentication. An unknown company is 200 with the literal null (reported)."""
    settings = state.settings
    if company.lower() != settings.company.lower():
        return answer(200, None)
    cloud = settings.mode == "cloud"
    return answer(
        200,
        {
            "CompanyName": settings.company_name,
            "Codebase": settings.codebase if cloud else f"{ALIAS}/",
            "VersionCode": f"v{settings.generation}",
            "VersionNumber": "v4.6.125000",
            "CompanyID": settings.company,
            "IsCloud": str(cloud) if state.knobs.is_cloud_as_text else cloud,
            "SiteUrl": "api-na.myconnectwise.net" if cloud else "",
        },
    )


def authenticate(state: State, request: Request) -> str:
    """The identifier of the member whose key is used. Raises what a bad key, company or clientId gets."""
    settings = state.settings
    if settings.mode == "cloud" and _UNPREFIXED.match(request.headers.get("host", "")):
        raise ApiError(403, "Security", "SSL is required.", [])
    member = _member(state, request.headers.get("authorization", ""))
    if member is None:
        raise bad_credentials(state)
    if state.knobs.check_client_id:
        given = request.headers.get("clientid", "").strip().lower()
        if not given or (settings.client_id and given != settings.client_id.lower()):
            # 401 or 403 by release, as reported.
            status = 401 if settings.mode == "onprem" else _UNKNOWN_CLIENT.get(settings.generation, 403)
            raise ApiError(status, "ConnectWiseApi", "UserNotAuthenticated")
    if _blocked(state, member):
        raise ApiError(403, "Security", "UserNotAuthenticated")
    return member


def _blocked(state: State, identifier: str) -> bool:
    # A member who has been deactivated has a licence no more.
    rows = state.store.table("member")
    return any(
        bool(rows.rows[ident].data.get("inactiveFlag")) for ident in rows.find("identifier", identifier)
    )


def bad_credentials(state: State) -> ApiError:
    """401 on-premises; on cloud hosts bad credentials surface as 404 (reported)."""
    if state.settings.mode == "cloud":
        return no_endpoint()
    return ApiError(401, "Unauthorized", "The username or password is incorrect.")


def _member(state: State, header: str) -> str | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(encoded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None
    user, _, private = text.partition(":")
    company, _, public = user.partition("+")
    key = state.keys.get(public)
    if company.lower() != state.settings.company.lower() or key is None or key.private != private:
        return None
    if key.expires is not None and key.expires < state.clock.now():
        return None
    return key.member


def generation(state: State, accept: str) -> str:
    """The model generation that serves a request: the one its media type pins, the newest when it pins none.

    An unknown version gets the newest. The tenant's own generation is the upper bound.
    """
    newest = state.settings.generation
    found = _VERSION.search(accept)
    if found is None or found.group(1) >= newest:
        return newest
    return OLDEST


def content_type(request: Request, model: str) -> str:
    """The vendor's media type for those who ask for it, plain JSON otherwise (inferred)."""
    if "vnd.connectwise.com" in request.headers.get("accept", ""):
        return f"application/vnd.connectwise.com+json; version={model}; charset=utf-8"
    return "application/json; charset=utf-8"


def origin(state: State, request: Request) -> str:
    """Scheme and host of hrefs: the un-prefixed cloud host, or the one that was called."""
    settings = state.settings
    host = settings.href_host
    if host == "self" or (not host and settings.mode == "onprem"):
        return f"http://{request.headers.get('host', 'localhost')}"
    return f"https://{host or 'na.myconnectwise.net'}"


def href_base(state: State, request: Request) -> str:
    """The beginning of hrefs: un-prefixed host and a doubled slash behind `3.0`, as recorded."""
    return f"{origin(state, request)}/{ALIAS}/apis/3.0//"


def link_base(request: Request) -> str:
    """The beginning of `Link` addresses: they are for following, so they stay on the host that was called."""
    scheme = request.headers.get("x-forwarded-proto", "http")
    codebase = next(part for part in request.path.split("/") if part)
    return f"{scheme}://{request.headers.get('host', 'localhost')}/{codebase}/apis/3.0/"
