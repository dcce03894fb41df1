"""One measured figure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """A figure with what was aimed at.

    Attributes:
        at_most: whether smaller is better.
    """

    name: str
    value: float
    aim: float
    detail: str
    at_most: bool = False

    @property
    def reached(self) -> bool:
        """Whether the aim was reached."""
        return self.value <= self.aim if self.at_most else self.value >= self.aim
