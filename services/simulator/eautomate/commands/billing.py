"""Commands of the billing clerk and of accounting."""

from typing import Annotated

import typer

from services.simulator.eautomate.commands.tools import Contract, Invoice, On, SomeAmount, client, table, told
from services.simulator.eautomate.drafts import exact

app = typer.Typer()


@app.command()
def queue(context: typer.Context, on: On = None) -> None:
    """List the contracts to be billed by a day."""
    with told():
        rows = client(context).billing_queue(on.date() if on else None)
        table(
            ("contract", "customer", "name", "next billing"),
            [(row.number, row.customer, row.name, row.next_date) for row in rows],
        )


@app.command()
def preview(context: typer.Context, contract: Contract) -> None:
    """Print the contract's next invoice; nothing is saved."""
    with told():
        draft = client(context).preview(contract)
        typer.echo(f"{draft.number}, {draft.from_date} to {draft.to_date}")
        table(
            ("line", "description", "from", "to", "amount"),
            [
                *(
                    (line.detail_id, line.description, line.from_date, line.to_date, line.amount)
                    for line in draft.lines
                ),
                ("", "before tax", "", "", draft.amount),
                ("", "tax", "", "", draft.tax),
                ("", "total", "", "", draft.total),
            ],
        )


@app.command()
def bill(context: typer.Context, contract: Contract, on: On = None) -> None:
    """Bill a contract out of the queue; print the invoice's number."""
    with told():
        typer.echo(client(context).bill(contract, on.date() if on else None))


@app.command("bill-due")
def bill_due(context: typer.Context, on: On = None) -> None:
    """Bill everything in the queue, as the billing task does; print the invoices' numbers."""
    with told():
        for number in client(context).bill_due(on.date() if on else None):
            typer.echo(number)


@app.command()
def invoices(context: typer.Context, contract: Contract) -> None:
    """List the invoices made from a contract, void ones too."""
    with told():
        table(
            ("invoice", "date", "PO", "total", "due", "state"),
            [
                (
                    row["InvoiceNumber"],
                    row["Date"][:10],
                    row["PONumber"],
                    exact(row["Total"]),
                    exact(row["Due"]),
                    "void" if row["Void"] else "sent" if row["Sent"] else "",
                )
                for row in client(context).contract_invoices(contract)
            ],
        )


@app.command()
def void(
    context: typer.Context,
    invoice: Invoice,
    *,
    reset: Annotated[bool, typer.Option(help="put the contracts back to before the invoice")] = True,
) -> None:
    """Void an invoice, and reset its contracts so that they can be billed again."""
    with told():
        people = client(context)
        (people.void_and_reset if reset else people.void)(invoice)


@app.command()
def pay(context: typer.Context, invoice: Invoice, amount: SomeAmount = None, on: On = None) -> None:
    """Receive a payment for an invoice; print the receipt's number."""
    with told():
        typer.echo(client(context).receive(invoice, amount, on.date() if on else None))


@app.command()
def unapply(context: typer.Context, invoice: Invoice) -> None:
    """Take every receipt off an invoice: it is due again."""
    with told():
        client(context).unapply(invoice)


@app.command()
def credit(context: typer.Context, invoice: Invoice, amount: SomeAmount = None) -> None:
    """Apply a credit memo to an invoice; print the memo's number."""
    with told():
        typer.echo(client(context).credit(invoice, amount))


@app.command("write-off")
def write_off(context: typer.Context, invoice: Invoice) -> None:
    """Write off what is due on an invoice."""
    with told():
        client(context).write_off(invoice)


@app.command("mark-sent")
def mark_sent(context: typer.Context, invoice: Invoice) -> None:
    """Say that an invoice went to the customer."""
    with told():
        client(context).mark_sent(invoice)


@app.command("rename-invoice")
def rename_invoice(context: typer.Context, invoice: Invoice, new: str) -> None:
    """Give an invoice another number."""
    with told():
        client(context).rename_invoice(invoice, new)
