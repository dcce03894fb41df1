from tests.contract.connectwise.conftest import control, standin
from tests.contract.eautomate.conftest import coded, database, empty

__all__ = ["coded", "control", "database", "empty", "standin"]
