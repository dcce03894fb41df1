"""The report as one page of HTML that can be mailed as it is: nothing is loaded, colours stand in the tags."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.error_reporting.agreements import words
from services.error_reporting.agreements.reminder import Reminder
from services.error_reporting.agreements.report import AgreementReport, Tone, line_tone

COLOURS = {
    Tone.GOOD: "background-color:#c6efce;color:#006100",
    Tone.BAD: "background-color:#ffc7ce;color:#9c0006",
    Tone.WARN: "background-color:#ffeb9c;color:#7f6000",
    Tone.PLAIN: "",
}


def page(report: AgreementReport | Reminder) -> str:
    """The page; whatever comes from a record is escaped."""
    name = "reminder.html.j2" if isinstance(report, Reminder) else "report.html.j2"
    return _ENVIRONMENT.get_template(name).render(report=report)


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"money": words.money, "quantity": words.quantity, "day": words.day}
    environment.globals |= {"words": words, "colour": COLOURS.get, "line_tone": line_tone}
    return environment


_ENVIRONMENT = _environment()
