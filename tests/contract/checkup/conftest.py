from tests.contract.connectwise.conftest import control, standin
from tests.contract.eautomate.conftest import database, empty

__all__ = ["control", "database", "empty", "standin"]
