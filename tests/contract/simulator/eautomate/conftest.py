from pathlib import Path

import pytest

from services.simulator.eautomate.client import Client
from services.simulator.eautomate.seed import seed


@pytest.fixture(scope="session")
def dealer_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small dealer, not to be written to."""
    path = tmp_path_factory.mktemp("dealer") / "ea.db"
    seed(path, customers=30, locations=45)
    return path


@pytest.fixture
def client(dealer_file: Path, tmp_path: Path) -> Client:
    """A desk at a dealer of one's own."""
    path = tmp_path / "ea.db"
    path.write_bytes(dealer_file.read_bytes())
    client = Client(path)
    client.add_customer("AB00", "Abel Baker")
    client.assign_configuration("AB00", "ConnectWise")
    return client
