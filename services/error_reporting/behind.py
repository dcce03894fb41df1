"""Whether what commands read is up to date: error_reporting runs, and has taken in what the topics hold."""

from aiokafka.errors import KafkaError

from services.error_reporting.folding import folded_topics
from services.error_reporting.queries import Queries
from shared.bus.ahead import Ahead, ahead
from shared.config import KafkaSettings, load

ASK_SECONDS = 3.0


async def behind(queries: Queries) -> str | None:
    """Why what was read may be behind, for people; None while error_reporting runs and has taken in everything.

    Takes some seconds at most, whether a broker answers or not.
    """
    absent, done = await queries.absent(), await queries.positions()
    kafka = load("kafka", KafkaSettings)
    try:
        waiting = await ahead(kafka, folded_topics(kafka.topic_prefix), done, ASK_SECONDS)
    except (KafkaError, OSError, TimeoutError):
        return told(absent, None)
    return told(absent, waiting)


def told(absent: str | None, waiting: Ahead | None) -> str | None:
    """The sentence.

    Args:
        absent: why error_reporting seems not to run; None: it does.
        waiting: what it has not taken in yet; None: no broker answered.
    """
    if waiting is None:
        unknown = "no broker answers, so it cannot be known whether everything has been taken in"
        return f"{absent or 'error_reporting runs'}; {unknown}"
    if not waiting.messages:
        return absent and f"{absent}: what follows may be behind"
    messages = "1 message" if waiting.messages == 1 else f"{waiting.messages:,} messages"
    as_of = f"as of {waiting.since:%Y-%m-%d %H:%M:%S} UTC" if waiting.since is not None else "behind"
    if absent is None:
        return f"error_reporting is still taking in {messages}; what follows is {as_of}"
    return f"{absent}; {messages} wait{'s' if waiting.messages == 1 else ''} to be taken in, and what follows is {as_of}"
