"""Callbacks: where the server posts what has changed."""

from services.simulator.connectwise.business.callback import CallbackRules
from services.simulator.connectwise.fields import Entity, Mount, flag, key, number, text
from services.simulator.connectwise.settings import NEWEST

CALLBACK = Entity(
    key="callbackEntry",
    noun="CallbackEntry",
    mounts=(Mount("system/callbacks"),),
    guard="Callbacks",
    rules=CallbackRules(),
    first_id=3301,
    fields=(
        key(),
        text("description", 100),
        text("url", required=True),
        number("objectId", required=True),
        text("type", required=True),
        text("level", required=True),
        number("memberId", read_only=True),
        text("payloadVersion", default="3.0.0"),
        flag("inactiveFlag"),
        flag("isSoapCallbackFlag", read_only=True),
        flag("isSelfSuppressedFlag"),
        text("connectWiseID", read_only=True, since=NEWEST),
        text("base", read_only=True, hidden=True),
        text("keyId", read_only=True, hidden=True),
        text("signingKey", read_only=True, hidden=True),
        text("failingSince", read_only=True, hidden=True),
    ),
)

ENTITIES = (CALLBACK,)
