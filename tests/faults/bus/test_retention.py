from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.structs import TopicPartition

from shared.bus.offsets import Offsets
from shared.events import topics
from tests.faults.bus.bench import Bench


async def test_the_oldest_offset_is_what_retention_left(bench: Bench) -> None:
    await bench.send(40)
    name = topics.change(bench.settings.topic_prefix, "eautomate", "customer")
    parts = [TopicPartition(name, number) for number in range(bench.settings.partitions)]
    offsets = Offsets(bench.settings, "test")
    admin = AIOKafkaAdminClient(bootstrap_servers=bench.settings.bootstrap_servers)
    await admin.start()
    try:
        assert set((await offsets.oldest(parts)).values()) == {0}
        assert sum((await offsets.ends(parts)).values()) == 40
        await admin.delete_records({parts[0]: RecordsToDelete(before_offset=3)})
        assert (await offsets.oldest(parts))[parts[0]] == 3
        assert sum((await offsets.ends(parts)).values()) == 40
    finally:
        await offsets.close()
        await admin.close()
