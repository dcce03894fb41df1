"""What the ledger in e-automate calls things of ID965."""

CALL = "call"
"""A call made of a ticket."""
WORK = "work"
"""The ticket's work, added to a call that was moved to it."""


def ledger_ticket(subject: str) -> str:
    """A ticket, or the part of it that an invoice bills."""
    return f"ticket/{subject}"
