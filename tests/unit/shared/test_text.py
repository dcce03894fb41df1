import pytest

from shared.text import fold


@pytest.mark.parametrize(
    "text", ["Main", " main ", "MAIN\u200b", "\ufeffMain", "Ma\u00adin", "Main\u00a0", "main \u200e "]
)
def test_what_looks_the_same_is_the_same(text: str) -> None:
    assert fold(text) == "main"


def test_what_can_be_seen_tells_apart() -> None:
    assert fold("10-01") != fold("1001")
    assert fold("Caf\u00e9") != fold("Cafe")
