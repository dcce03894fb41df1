"""Commands of a person who works with customers, employees and codes."""

from typing import Annotated

import typer

from services.simulator.eautomate.commands.tools import Number, client, pairs, told

app = typer.Typer()

Employee = Annotated[str, typer.Argument(help="employee number")]
CodeTable = Annotated[str, typer.Argument(help="e.g. GLBranches, ARCustomerTypes, SCContractCodes")]


@app.command()
def edit(
    context: typer.Context,
    number: Number,
    fields: Annotated[list[str] | None, typer.Argument(help="COLUMN=VALUE, e.g. City=Akron")] = None,
    phone: Annotated[str | None, typer.Option(help="Phone1")] = None,
    name: Annotated[str | None, typer.Option(help="CustomerName")] = None,
) -> None:
    """Open a customer, change what is given, press OK; nothing given is a no-op save."""
    values = pairs(fields)
    values |= {key: value for key, value in (("Phone1", phone), ("CustomerName", name)) if value is not None}
    with told():
        client(context).save_customer(number, **values)


@app.command()
def add(
    context: typer.Context,
    number: Number,
    name: str,
    parent: Annotated[str | None, typer.Option(help="customer number of the head office")] = None,
    configuration: Annotated[str | None, typer.Option(help="custom-property configuration")] = None,
) -> None:
    """Add a customer, or a location of one."""
    with told():
        people = client(context)
        if configuration is not None:
            # First: a customer without the configuration asked for would be half of what was wanted.
            people.know_configuration(configuration)
        if parent is None:
            people.add_customer(number, name)
        else:
            people.add_location(parent, number, name)
        if configuration is not None:
            people.assign_configuration(number, configuration)


@app.command()
def hold(context: typer.Context, number: Number, code: str = "CH") -> None:
    """Put a customer on hold."""
    with told():
        client(context).put_on_hold(number, code)


@app.command()
def release(context: typer.Context, number: Number) -> None:
    """Release a customer from hold; the code stays on the row."""
    with told():
        client(context).release(number)


@app.command()
def inactivate(context: typer.Context, number: Number) -> None:
    """Take a customer out of use."""
    with told():
        client(context).inactivate(number)


@app.command("assign-configuration")
def assign_configuration(context: typer.Context, number: Number, configuration: str) -> None:
    """Choose a custom-property configuration; the values of the one before are gone."""
    with told():
        client(context).assign_configuration(number, configuration)


@app.command("set-property")
def set_property(
    context: typer.Context, number: Number, name: str, value: Annotated[str, typer.Argument()] = ""
) -> None:
    """Type a property value and press OK."""
    with told():
        client(context).set_property(number, name, value or None)


@app.command("add-employee")
def add_employee(
    context: typer.Context,
    number: Employee,
    first: str,
    last: str,
    email: Annotated[str, typer.Option()] = "",
    *,
    sales_rep: Annotated[bool, typer.Option("--sales-rep", help="sells as well")] = False,
) -> None:
    """Add an employee with the configuration for ConnectWise."""
    with told():
        client(context).add_agent(number, first, last, sales_rep=sales_rep, Email=email)


@app.command("edit-employee")
def edit_employee(
    context: typer.Context,
    number: Employee,
    fields: Annotated[list[str] | None, typer.Argument(help="COLUMN=VALUE, e.g. Email=a@b.example")] = None,
) -> None:
    """Open an employee, change what is given, press OK."""
    with told():
        client(context).edit_agent(number, **pairs(fields))


@app.command("set-employee-property")
def set_employee_property(
    context: typer.Context, number: Employee, name: str, value: Annotated[str, typer.Argument()] = ""
) -> None:
    """Type an employee's property value and press OK."""
    with told():
        client(context).set_agent_property(number, name, value or None)


@app.command("assign-sales-rep")
def assign_sales_rep(
    context: typer.Context, number: Number, employee: Annotated[str, typer.Argument(help="or nobody")] = ""
) -> None:
    """Give a customer to a sales rep."""
    with told():
        client(context).assign_sales_rep(number, employee or None)


@app.command("rename-code")
def rename_code(context: typer.Context, table: CodeTable, code: str, new: str) -> None:
    """Rename a code; the rows that carry it do not move."""
    with told():
        client(context).rename_code(table, code, new)


@app.command()
def show(context: typer.Context, number: Number) -> None:
    """Print a customer's filled columns and its property values."""
    with told():
        people = client(context)
        filled = {key: value for key, value in people.customer(number).items() if value not in ("", None)}
        for key, value in (filled | people.properties(number)).items():
            typer.echo(f"{key} = {value.hex() if isinstance(value, bytes) else value}")
