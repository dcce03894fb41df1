"""Projects, their phases, types and statuses: the tables of fields."""

from decimal import Decimal

from services.simulator.connectwise.business.project import PhaseRules, ProjectRules
from services.simulator.connectwise.business.vocabulary import VocabularyRules
from services.simulator.connectwise.entities.billing import BILL
from services.simulator.connectwise.entities.ticket import METHODS
from services.simulator.connectwise.fields import (
    ALL_STAMPS,
    Entity,
    Field,
    Kind,
    Mount,
    flag,
    key,
    moment,
    money,
    number,
    one_of,
    ref,
    shown,
    text,
)
from services.simulator.connectwise.settings import NEWEST

PROJECT_POD = (10, "project_project")
_NONE = Decimal(0)
_BILLS = tuple(one_of(name, *BILL) for name in ("billTime", "billExpenses", "billProducts"))
_ESTIMATES = tuple(
    money(f"estimated{what}{kind}", default=_NONE)
    for kind in ("Cost", "Revenue")
    for what in ("Time", "Expense", "Product")
)
_PAYS = (
    ref("billToCompany", "company"),
    ref("billToContact", "contact"),
    ref("billToSite", "site"),
    ref("shipToCompany", "company"),
    ref("shipToContact", "contact"),
    ref("shipToSite", "site"),
)

PROJECT = Entity(
    key="project",
    noun="Project",
    mounts=(Mount("project/projects"),),
    href="project",
    stamps=ALL_STAMPS,
    links=(
        ("tickets_href", "project/tickets?conditions=project/id={}"),
        ("phases_href", "project/projects/{}/phases"),
        ("products_href", "procurement/products?conditions=project/id={}"),
        ("timeentries_href", "time/entries?conditions=project/id={}"),
        ("documents_href", "system/documents?recordType=Project&recordId={}"),
    ),
    guard="Project Headers",
    located_by="company",
    mine="manager",
    audit="Project",
    custom_pod=PROJECT_POD,
    rules=ProjectRules(),
    first_id=301,
    fields=(
        key(),
        money("actualHours", read_only=True, default=_NONE),
        moment("actualEnd", read_only=True),
        moment("actualStart", read_only=True),
        ref("agreement", "agreement", within="company"),
        money("billingAmount"),
        text("billingAttention", 50),
        one_of("billingMethod", *METHODS, required=True),
        one_of("billingRateType", "StaffMember", "WorkRole", default="WorkRole"),
        ref("billingTerms", "billingTerm"),
        *_BILLS,
        flag("billProjectAfterClosedFlag"),
        flag("billUnapprovedTimeAndExpense"),
        *_PAYS,
        ref("board", "board", required=True),
        one_of("budgetAnalysis", "ActualHours", "BillableHours", default="ActualHours"),
        flag("budgetFlag"),
        money("budgetHours"),
        ref("company", "company", required=True, indexed=True),
        ref("site", "site", within="company"),
        ref("contact", "contact", within="company"),
        text("customerPO", 50),
        Field("description", Kind.TEXT),
        ref("currency", "currency", read_only=True),
        money("downpayment", default=_NONE),
        moment("estimatedEnd", required=True),
        money("percentComplete", read_only=True, default=_NONE),
        money("estimatedHours"),
        moment("estimatedStart", required=True),
        *_ESTIMATES,
        ref("expenseApprover", "member"),
        ref("timeApprover", "member"),
        flag("includeDependenciesFlag"),
        flag("includeEstimatesFlag"),
        ref("location", "location"),
        ref("department", "department"),
        ref("manager", "member"),
        text("name", 100, required=True),
        ref("opportunity", "opportunity"),
        number("projectTemplateId"),
        flag("restrictDownPaymentFlag"),
        moment("scheduledEnd", read_only=True),
        money("scheduledHours", read_only=True, default=_NONE),
        moment("scheduledStart", read_only=True),
        ref("status", "projectStatus", default="first", indexed=True),
        flag("closedFlag", read_only=True),
        ref("type", "projectType"),
        flag("doNotDisplayInPortalFlag"),
        moment("billingStartDate"),
        ref("taxCode", "taxCode"),
        ref("companyLocation", "location", read_only=True),
        money("poAmount", since=NEWEST),
        Field("customFields", Kind.CUSTOM),
    ),
)

PHASE = Entity(
    key="projectPhase",
    noun="ProjectPhase",
    mounts=(Mount("project/projects/{}/phases", "project"),),
    reference=(shown("name", "description"),),
    href="phase",
    stamps=ALL_STAMPS,
    guard="Project Phase",
    located_by="project",
    rules=PhaseRules(),
    first_id=901,
    fields=(
        key(),
        number("projectId", derive=lambda record: record.get("project")),
        text("description", 100, required=True),
        ref("board", "board"),
        ref("status", "phaseStatus", default="first"),
        ref("agreement", "agreement"),
        ref("opportunity", "opportunity"),
        ref("parentPhase", "projectPhase", within="project"),
        text("wbsCode", 50),
        *_BILLS,
        flag("markAsMilestoneFlag"),
        Field("notes", Kind.TEXT),
        moment("deadlineDate"),
        flag("billSeparatelyFlag"),
        one_of("billingMethod", *METHODS),
        money("billingAmount"),
        money("scheduledHours", read_only=True, default=_NONE),
        text("scheduledStart", read_only=True),
        text("scheduledEnd", read_only=True),
        money("actualHours", read_only=True, default=_NONE),
        text("actualStart", read_only=True),
        text("actualEnd", read_only=True),
        money("budgetHours"),
        number("locationId"),
        number("businessUnitId"),
        money("hourlyRate"),
        moment("billingStartDate"),
        flag("billPhaseClosedFlag"),
        flag("billProjectClosedFlag"),
        money("downpayment", default=_NONE),
        text("poNumber", 25),
        money("poAmount"),
        *_ESTIMATES,
        ref("currency", "currency", read_only=True),
        *_PAYS,
        ref("department", "department", derive=lambda record: record.get("businessUnitId"), since=NEWEST),
        text("startDate", since=NEWEST),
        text("endDate", since=NEWEST),
        ref("billingTerms", "billingTerm", since=NEWEST),
        ref("taxCode", "taxCode", since=NEWEST),
        ref("project", "project", read_only=True, hidden=True, indexed=True),
        Field("customFields", Kind.CUSTOM),
    ),
)


def _words(name: str, noun: str, path: str, longest: int, *fields: Field) -> Entity:
    return Entity(
        key=name,
        noun=noun,
        mounts=(Mount(path),),
        href="type" if name.endswith("Type") else "status",
        guard="Table Setup",
        light=True,
        rules=VocabularyRules(name),
        fields=(
            key(),
            text("name", longest, required=True),
            flag("defaultFlag"),
            flag("inactiveFlag"),
            *fields,
        ),
    )


ENTITIES = (
    *(PROJECT, PHASE),
    _words("projectType", "ProjectType", "project/projectTypes", 30, text("integrationXref", 50)),
    _words("projectStatus", "ProjectStatus", "project/statuses", 30, flag("closedFlag"), flag("noTimeFlag")),
    _words("phaseStatus", "PhaseStatus", "project/phaseStatuses", 30, flag("closedFlag")),
)
