"""What a command says when something outside it is wrong, and the exit code that goes with it."""

from aiokafka.errors import KafkaError
from pydantic import ValidationError
from sqlalchemy.exc import ArgumentError, DBAPIError

from shared.bus.producer import PublishError
from shared.checkup.wording import wrong_value
from shared.config import KafkaSettings, MappingClientSettings, load
from shared.connectwise.errors import ConnectWiseError
from shared.eautomate.errors import EAutomateError
from shared.links.errors import MappingUnavailable

EXIT_CONFIG = 78
EXIT_UNAVAILABLE = 69


def told(error: Exception) -> tuple[str, int] | None:
    """Text for people and exit code; None for an error of the program itself."""
    match error:
        case ValidationError():
            faults = error.errors(include_url=False, include_input=False)
            return "\n".join(
                f"{_variable(fault['loc'])}: {wrong_value(fault)}" for fault in faults
            ), EXIT_CONFIG
        case ValueError() | FileNotFoundError():
            return str(error), EXIT_CONFIG
        case ArgumentError():
            text = "the URL of a database (TANDEM_STORE__URL, TANDEM_EAUTOMATE__URL) is wrong"
            return f"{text}: {error}", EXIT_CONFIG
        case DBAPIError():
            return f"a database refuses or does not answer: {error.orig}", EXIT_UNAVAILABLE
        case MappingUnavailable():
            url = load("mapping", MappingClientSettings).url
            return (
                f"{error}; asked at {url} (TANDEM_MAPPING__URL), does `tandem run all` run?",
                EXIT_UNAVAILABLE,
            )
        case KafkaError():
            servers = load("kafka", KafkaSettings).bootstrap_servers
            return (
                f"no broker answers at {servers} (TANDEM_KAFKA__BOOTSTRAP_SERVERS): {error}",
                EXIT_UNAVAILABLE,
            )
        case PublishError() | ConnectWiseError() | EAutomateError() | OSError():
            return str(error), EXIT_UNAVAILABLE
        case _:
            return None


def _variable(place: tuple[int | str, ...]) -> str:
    return "TANDEM_" + "__".join(str(part) for part in place).upper()
