"""The rights an API member needs, by function, and the one read that tries each (spec/overview.md 4.2)."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Right:
    """One function of a security role.

    Attributes:
        module, function: as the product's security role calls them.
        path: of the read that shows whether Inquire is granted.
        processes: numbers of those that read it.
        writers: what a process needs beside Inquire once it writes: (number, add, edit).
    """

    module: str
    function: str
    path: str
    processes: tuple[str, ...]
    writers: tuple[tuple[str, bool, bool], ...] = field(default=())

    @property
    def name(self) -> str:
        """How a person finds it in the role."""
        return f"{self.module} / {self.function}"


ALL = ("ID747", "ID964", "ID965", "ID912", "ID522", "ID966")
BILLED = ("ID964", "ID965", "ID522")

RIGHTS = (
    Right("Companies", "Company Maintenance", "/company/companies", ALL, (("ID747", True, True),)),
    Right(
        "Finance", "Agreements", "/finance/agreements", ("ID964", "ID965", "ID522"), (("ID964", False, True),)
    ),
    Right("Finance", "Invoicing", "/finance/invoices", BILLED, (("ID964", True, True),)),
    Right(
        "Service Desk", "Service Tickets", "/service/tickets", ("ID965", "ID912"), (("ID912", True, True),)
    ),
    Right("Project", "Project Headers", "/project/projects", ("ID522",)),
    Right("Project", "Project Tickets", "/project/tickets", ("ID522",)),
    Right("Time & Expense", "Time Entry", "/time/entries", ("ID965", "ID522")),
    Right("Time & Expense", "Expense Entry", "/expense/entries", ("ID965", "ID522")),
    Right("Procurement", "Products", "/procurement/products", (*BILLED, "ID966")),
    Right("Procurement", "Product Catalog", "/procurement/catalog", ("ID964", "ID966")),
    Right("Sales", "Sales Orders", "/sales/orders", ("ID966",), (("ID966", False, True),)),
    Right("Sales", "Opportunities", "/sales/opportunities", ("ID966",)),
    Right("System", "Table Setup", "/company/companies/types", ALL),
    Right("System", "Member Maintenance", "/system/members", ("ID747", "ID965", "ID522")),
    Right("System", "My Company", "/system/locations", ("ID747",)),
)
"""Sites go with companies, additions with agreements, payments with invoices, phases with projects."""
