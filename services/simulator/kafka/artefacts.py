"""Apache Kafka's jars, resolved once with Maven and kept between runs."""

import hashlib
import os
import re
import shutil
import subprocess
from pathlib import Path

POM = Path(__file__).parent / "pom.xml"
OLDEST_JAVA = 17
WAYS_OUT = (
    "Ways out: install Java 17 or newer and Maven (Debian: apt-get install openjdk-17-jre-headless maven), "
    "or name a running broker in TANDEM_KAFKA__BOOTSTRAP_SERVERS=host:port."
)


class KafkaUnavailable(RuntimeError):  # noqa: N818 - reads as what it says
    """No broker can be started here; the text names the ways out."""


def java() -> str:
    """Path of a Java that runs Kafka.

    Raises:
        KafkaUnavailable: there is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    candidate = shutil.which("java", path=f"{home}/bin") if home else None
    found = candidate or shutil.which("java")
    if found is None:
        raise KafkaUnavailable(f"Apache Kafka needs Java, and no java was found. {WAYS_OUT}")
    shown = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr  # noqa: S603
    version = re.search(r'version "(\d+)', shown)
    if version is None or int(version[1]) < OLDEST_JAVA:
        seen = shown.partition("\n")[0] or "an unreadable version"
        raise KafkaUnavailable(f"Apache Kafka needs Java {OLDEST_JAVA} or newer, found {seen}. {WAYS_OUT}")
    return found


def cache_folder() -> Path:
    """Where downloaded and prepared things live between runs (``TANDEM_CACHE`` overrides it)."""
    root = os.environ.get("TANDEM_CACHE") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(root) / "tandem" / f"kafka-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"


def jars() -> Path:
    """Folder with Kafka's jars; resolves them with Maven the first time.

    Raises:
        KafkaUnavailable: Maven is missing or could not resolve them.
    """
    folder = cache_folder() / "jars"
    if folder.is_dir():
        return folder
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaUnavailable(
            f"Apache Kafka's artefacts are resolved with Maven, and no mvn was found. {WAYS_OUT}"
        )
    making = folder.with_name(f"jars.{os.getpid()}")
    done = subprocess.run(  # noqa: S603
        [
            maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies",
            f"-DoutputDirectory={making}", "-DincludeScope=runtime",
        ],
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        shutil.rmtree(making, ignore_errors=True)
        raise KafkaUnavailable(f"Maven could not resolve Apache Kafka: {done.stdout[-800:]} {WAYS_OUT}")
    try:
        making.rename(folder)
    except OSError:
        # Another process was first; its jars are the same.
        shutil.rmtree(making, ignore_errors=True)
    return folder
