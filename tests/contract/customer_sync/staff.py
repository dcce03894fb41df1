"""What a test does with employees and members, and what it finds afterwards."""

from datetime import UTC, datetime
from typing import Any

from services.customer_sync.customers.gather import PROCESS
from services.customer_sync.customers.writes import AGENT
from services.customer_sync.employees.matching import MEMBER, MEMBER_PROPERTY
from services.customer_sync.employees.wiring import member_handlers, member_store
from services.mapping.messages import command
from services.simulator.eautomate import schema
from shared.bus.producer import Message
from shared.connectwise.members import Members
from shared.events.records import Agent, Member
from shared.links.models import How, Link, MakeLink
from shared.sync.agent import SyncAgent
from tests.contract.customer_sync.world import REDO, World
from tests.contract.running import OUTCOMES, Told

MARTA, BEN, OLIVE, API = 176, 177, 178, 182


class Staff:
    """The agent with the handlers of employees and members."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.members = Members(world.companies._client)
        self.store = member_store(world.store._engine)
        self.start()

    def start(self) -> None:
        """Start the agent anew."""
        handlers = member_handlers(self.store, self.world.port, self.members, self.world.mapping)
        agent = SyncAgent(PROCESS, AGENT, OUTCOMES, handlers)
        self.world.start(agent)

    async def agent(self, key: int) -> Agent:
        """The employee as stored."""
        return (await self.world.port.agents_by_id([key]))[key]

    async def change(self, key: int, sequence: int, redo: str | None = None) -> Told:
        """The employee as it is now arrives as a change."""
        return await self.world.run(self.world.raw(await self.agent(key), sequence, redo))

    async def changed_member(self, member: int, sequence: int) -> Told:
        """The member as it is now arrives as a change."""
        return await self.world.run(self.world.raw(await self.member(member), sequence))

    async def member(self, ident: int) -> Member:
        """The member as it is."""
        found = await self.members.member_by_id(ident)
        assert found is not None
        return found

    async def edit(self, member: int, **changes: Any) -> None:
        """Somebody edits a member."""
        await self.world.control.post(f"human/member/{member}", {"changes": changes})

    async def link(self, key: int) -> Link | None:
        """The employee's link."""
        return (await self.world.mapping.find(MEMBER.kind, lefts=[str(key)])).lefts[str(key)].link

    async def held(self, key: int) -> str:
        """The RecID in the employee's property."""
        return (await self.agent(key)).properties.get(MEMBER_PROPERTY, "")

    async def type(self, key: int, value: str | None) -> None:
        """Foreign SQL or a person puts a value into the property."""
        own, attribute = schema.ShAgentCustomProperties, await self.world.hand.attribute(MEMBER_PROPERTY)
        async with self.world.port.engine.begin() as connection:
            await connection.execute(own.delete().filter_by(AgentID=key, ShAttributeID=attribute))
            await connection.execute(own.insert().values(AgentID=key, ShAttributeID=attribute, TextVal=value))

    async def unlink(self, key: int) -> Told:
        """A person ends the link; the command arrives."""
        ended = await self.world.mapping.unlink(MEMBER.kind, str(key), by="jo", why="wrong one")
        return await self.told(ended.link)

    async def link_by_hand(self, key: int, member: int) -> Told:
        """A person links; the command arrives."""
        request = MakeLink(
            kind=MEMBER.kind, left=str(key), right=str(member), how=How.BY_HAND, by="jo", why="asked them"
        )
        return await self.told(await self.world.mapping.make(request))

    async def told(self, link: Link) -> Told:
        """What mapping tells about a person's decision arrives."""
        sent = command(link, datetime.now(UTC))
        message = Message(REDO, sent.key.encode(), sent.value.encode(), sent.headers)
        return await self.world.run(self.world.raw_of(message))
