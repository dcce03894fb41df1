"""What a check found: one line of `tandem config check`."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    FAULT = "fault"


SETTINGS = "settings"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        area: ``settings``, or the system that was asked.
        subject: a setting as the YAML file writes it (``kafka.partitions``), or what was asked.
        text: what is wrong, or what was found; never a secret.
        fix: what to do, empty when nothing needs doing.
        code: of the error catalogue, empty when there is none.
    """

    area: str
    subject: str
    level: Level
    text: str
    fix: str = ""
    code: str = ""

    @property
    def variable(self) -> str:
        """The setting as an environment variable, empty when this is about none."""
        return variable(self.subject) if self.area == SETTINGS else ""

    def facts(self) -> dict[str, str]:
        """For ``--json``."""
        section, _, _ = self.subject.partition(".")
        named = {"section": section, "path": self.subject, "variable": self.variable}
        return {
            "area": self.area,
            "subject": self.subject,
            "level": self.level.value,
            "text": self.text,
            "fix": self.fix,
            "code": self.code,
            **(named if self.area == SETTINGS else {}),
        }

    def line(self) -> str:
        """One line for people."""
        what = self.variable or f"{self.area}, {self.subject}"
        return f"{what}: {self.text}" + (f" ({self.fix})" if self.fix else "")


def variable(path: str) -> str:
    """``kafka.partitions`` as ``TANDEM_KAFKA__PARTITIONS``; what is a variable already stays."""
    return path if path.startswith("TANDEM_") else f"TANDEM_{path.replace('.', '__')}".upper()


def faults(findings: Iterable[Finding]) -> list[Finding]:
    """Those that keep a process from starting."""
    return [finding for finding in findings if finding.level is Level.FAULT]
