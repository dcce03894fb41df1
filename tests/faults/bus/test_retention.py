from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition

from shared.bus.topics import oldest_offsets
from shared.events import topics
from tests.faults.bus.bench import Bench


async def test_the_oldest_offset_is_what_retention_left(bench: Bench) -> None:
    await bench.send(40)
    name = topics.change(bench.settings.topic_prefix, "eautomate", "customer")
    parts = [TopicPartition(name, number) for number in range(bench.settings.partitions)]
    assert set((await oldest_offsets(bench.settings, parts)).values()) == {0}
    admin = AIOKafkaAdminClient(bootstrap_servers=bench.settings.bootstrap_servers)
    await admin.start()
    try:
        await admin.delete_records({parts[0]: RecordsToDelete(before_offset=3)})
    finally:
        await admin.close()
    assert (await oldest_offsets(bench.settings, parts))[parts[0]] == 3
