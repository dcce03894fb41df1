"""Which contract an agreement without a link may be, and why. Pure.

Only the contract number in the agreement's own field is certain (spec/agreements.md 6.3, rule 2).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from shared.eautomate.values import folded
from shared.links.contracts import PO, REMARKS
from shared.links.kinds import LinkKind
from shared.links.models import Link
from shared.links.records import Ours, Theirs
from shared.links.scoring import Confidence
from shared.links.suggest import ORDER, Group, Proposal, Row

KIND = LinkKind.AGREEMENT_CONTRACT


def propose_contracts(
    agreements: Iterable[Ours],
    contracts: Iterable[Theirs],
    links: Iterable[Link],
    companies: Mapping[str, str],
    invoices: Mapping[str, str],
) -> list[Proposal]:
    """Proposals for agreements in use without a link, the surest first, then by RecID.

    Args:
        links: those of this kind that hold.
        companies: RecID of the company each customer is linked to, by ``CustomerID``.
        invoices: RecID of the agreement by casefolded number, of the invoices that contracts name.
    """
    known = {link.left: link for link in links if link.kind is KIND}
    everybody = {record.key: record for record in agreements}
    group = _Contracts(
        KIND,
        [record for record in everybody.values() if record.in_use and record.key not in known],
        [record for record in contracts if not record.unusable],
        {link.right: link.left for link in known.values()},
        everybody,
    )
    found = group.of(companies, invoices)
    return sorted(found, key=lambda one: (ORDER[one.confidence], int(one.ours.key), int(one.theirs.key)))


class _Contracts(Group):
    """Agreements and contracts that may belong together."""

    def of(self, companies: Mapping[str, str], invoices: Mapping[str, str]) -> list[Proposal]:
        """Level by level: what a surer level takes is not proposed by the next."""
        self._level(Confidence.CERTAIN, self._named())
        self._level(Confidence.HIGH, self._invoiced(invoices))
        alone, beside = self._same_customer(companies)
        self._level(Confidence.MEDIUM, alone)
        self._level(Confidence.LOW, beside)
        return self._found

    def _named(self) -> list[Row]:
        by_number = {folded(other.code): other for other in self._theirs}
        rows = []
        for record in self._ours:
            other = by_number.get(folded(record.held)) if record.held else None
            if other is not None:
                holder = self._taken.get(other.key)
                conflict = "" if holder is None else f"is linked to {self._told(holder)}"
                rows.append((record, other, "the agreement's field names it", conflict))
        return rows

    def _invoiced(self, invoices: Mapping[str, str]) -> list[Row]:
        ours, theirs = self._open()
        by_key = {record.key: record for record in ours}
        rows: dict[tuple[str, str], Row] = {}
        for other in theirs:
            for what, number in other.numbers:
                record = by_key.get(invoices.get(folded(number), "")) if what in {PO, REMARKS} else None
                if record is not None:
                    reason = f"its {what} names invoice {number} of the agreement"
                    rows.setdefault((record.key, other.key), (record, other, reason, ""))
        return list(rows.values())

    def _same_customer(self, companies: Mapping[str, str]) -> tuple[list[Row], list[Row]]:
        """Pairs of one customer: where there is one of each, and where there are several."""
        ours, theirs = self._open()
        of_company: defaultdict[str, list[Theirs]] = defaultdict(list)
        for other in theirs:
            company = companies.get(other.owner)
            if company is not None:
                of_company[company].append(other)
        agreements = Counter(record.owner for record in ours)
        alone: list[Row] = []
        beside: list[Row] = []
        for record in ours:
            candidates = of_company.get(record.owner, [])
            if len(candidates) == 1 and agreements[record.owner] == 1:
                alone.append((record, candidates[0], "same customer, which has no other of either", ""))
            else:
                beside += [(record, other, "same customer", "") for other in candidates]
        return alone, beside
