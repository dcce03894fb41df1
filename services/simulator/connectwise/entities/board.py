"""Service boards and what is theirs alone: statuses, types, subtypes, items and teams."""

from services.simulator.connectwise.business.board import BoardWordRules, StatusRules
from services.simulator.connectwise.business.vocabulary import VocabularyRules
from services.simulator.connectwise.entities.billing import BILL
from services.simulator.connectwise.fields import (
    Entity,
    Field,
    Kind,
    Mount,
    flag,
    key,
    number,
    one_of,
    ref,
    text,
)
from services.simulator.connectwise.settings import NEWEST

_ESCALATIONS = ("NotResponded", "Responded", "ResolutionPlan", "Resolved", "NoEscalation")

BOARD = Entity(
    key="board",
    noun="Board",
    mounts=(Mount("service/boards"),),
    href="board",
    guard="Table Setup",
    light=True,
    rules=VocabularyRules("board"),
    first_id=23,
    fields=(
        key(),
        text("name", 50, required=True),
        ref("location", "location", required=True),
        ref("department", "department", required=True),
        flag("inactiveFlag"),
        flag("projectFlag"),
        flag("billTicketsAfterClosedFlag"),
        flag("billTicketSeparatelyFlag"),
        flag("billUnapprovedTimeExpenseFlag"),
        flag("overrideBillingSetupFlag"),
        ref("workRole", "workRole"),
        ref("workType", "workType"),
        one_of("billTime", *BILL),
        one_of("billExpense", *BILL),
        one_of("billProduct", *BILL),
        ref("autoCloseStatus", "boardStatus"),
        flag("discussionsLockedFlag"),
        flag("timeEntryLockedFlag"),
        flag("markFirstNoteIssueFlag"),
        flag("restrictBoardByDefaultFlag"),
        flag("defaultFlag", read_only=True, hidden=True),
    ),
)


def _of_board(name: str, noun: str, path: str, *fields: Field, href: str, status: bool = False) -> Entity:
    # Served below its board; also its name is unique there only.
    return Entity(
        key=name,
        noun=noun,
        mounts=(Mount(f"service/boards/{{}}/{path}", "board"),),
        href=href,
        guard="Table Setup",
        light=True,
        rules=StatusRules(name) if status else BoardWordRules(name),
        first_id=401,
        fields=(key(), *fields),
    )


_BOARD = ref("board", "board", read_only=True, indexed=True)

STATUS = _of_board(
    "boardStatus",
    "BoardStatus",
    "statuses",
    text("name", 50, required=True, indexed=True),
    _BOARD,
    number("sortOrder"),
    flag("displayOnBoard"),
    flag("inactive"),
    flag("closedStatus"),
    flag("timeEntryNotAllowed"),
    flag("defaultFlag"),
    one_of("escalationStatus", *_ESCALATIONS, default="NoEscalation"),
    text("customerPortalDescription", 500),
    flag("customerPortalFlag"),
    ref("emailTemplate", "emailTemplate"),
    text("customStatusIndicatorName", 30),
    flag("roundRobinCatchall", since=NEWEST),
    flag("saveTimeAsNote", since=NEWEST),
    href="status",
    status=True,
)

TYPE = _of_board(
    "boardType",
    "BoardType",
    "types",
    text("name", 50, required=True),
    one_of("category", "Reactive", "Proactive", default="Reactive"),
    flag("defaultFlag"),
    flag("inactiveFlag"),
    flag("requestForChangeFlag"),
    text("integrationXref", 50),
    _BOARD,
    ref("location", "location"),
    ref("department", "department"),
    href="type",
)

SUBTYPE = _of_board(
    "boardSubType",
    "BoardSubType",
    "subtypes",
    text("name", 50, required=True),
    flag("inactiveFlag"),
    Field("typeAssociationIds", Kind.INTS),
    flag("addAllTypesFlag", write_only=True, default=None),
    flag("removeAllTypesFlag", write_only=True, default=None),
    _BOARD,
    href="subType",
)

ITEM = _of_board(
    "boardItem",
    "BoardItem",
    "items",
    text("name", 50, required=True),
    flag("inactiveFlag"),
    _BOARD,
    href="item",
)

TEAM = _of_board(
    "boardTeam",
    "BoardTeam",
    "teams",
    text("name", 30, required=True),
    ref("teamLeader", "member"),
    Field("members", Kind.INTS),
    flag("defaultFlag"),
    flag("notifyOnTicketDelete"),
    number("locationId"),
    number("businessUnitId"),
    number("boardId", derive=lambda record: record.get("board")),
    ref("board", "board", read_only=True, indexed=True, hidden=True),
    href="team",
)

ENTITIES = (BOARD, STATUS, TYPE, SUBTYPE, ITEM, TEAM)
