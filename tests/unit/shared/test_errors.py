import re
from pathlib import Path

from shared.errors import CATALOGUE, as_markdown

ROOT = Path(__file__).parents[3]
CODE = re.compile(r"""(?:Fault|Reject|Wait|NoMatch|Trouble|_refusal)\(\s*(?:code=)?"([A-Z]\d{1,2})\"""")


def test_the_page_is_what_the_catalogue_says() -> None:
    page = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    assert page == as_markdown(), "python -m shared.errors > docs/errors.md"


def test_the_page_has_every_code_with_what_to_do() -> None:
    page = as_markdown()
    for entry in CATALOGUE.values():
        assert f"## {entry.code}: {entry.title}\n" in page
        assert entry.meaning in page
        assert entry.mend in page


def test_every_code_that_is_raised_is_in_the_catalogue() -> None:
    found = {
        code
        for folder in ("services", "shared")
        for file in (ROOT / folder).rglob("*.py")
        for code in CODE.findall(file.read_text(encoding="utf-8"))
    }
    assert {"C1", "C2", "C3", "C4", "C5", "C8", "C9", "C10", "E1", "X1", "X2"} <= found
    assert found <= set(CATALOGUE)


def test_every_entry_is_a_sentence_for_people() -> None:
    for entry in CATALOGUE.values():
        assert entry.meaning.endswith(".")
        assert entry.mend.endswith(".")
        assert re.fullmatch(r"[A-Z]\d{1,2}", entry.code)
