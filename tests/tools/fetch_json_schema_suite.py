"""Fetch the public JSON Schema test suite: it lies inside the source release of `jsonschema`.

`python -m tests.tools.fetch_json_schema_suite` fetches it into `.cache/`, once, through pip. The
release must have one of the SHA-256 that requirements.txt pins for the version installed here.
"""

import hashlib
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache/json-schema-test-suite"
_WANTED = ("json/tests/draft2020-12/", "json/remotes/")


def suite() -> Path:
    """Return the suite's folder (`tests/`, `remotes/`), fetching it if it is not there yet.

    Raises subprocess.CalledProcessError when pip cannot download it, ValueError for a wrong hash.
    """
    release = version("jsonschema")
    kept = CACHE / release
    if not kept.is_dir():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            archive = _download(release, Path(folder))
            _verify(archive, release)
            unpacked = Path(folder) / "unpacked"
            _unpack(archive, unpacked)
            if not kept.is_dir():  # another test process may have been first
                shutil.move(unpacked / f"jsonschema-{release}/json", kept)
    return kept


def _download(release: str, folder: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check"]
    wanted = ["--no-deps", "--no-binary", "jsonschema", "--dest", str(folder)]
    subprocess.run([*command, *wanted, f"jsonschema=={release}"], check=True)
    return folder / f"jsonschema-{release}.tar.gz"


def _verify(archive: Path, release: str) -> None:
    pinned = (ROOT / "requirements.txt").read_text()
    entry = re.search(rf"^jsonschema=={re.escape(release)} \\\n((?: +--hash=.*\n)+)", pinned, re.M)
    hashes = re.findall(r"sha256:([0-9a-f]{64})", entry[1]) if entry else []
    found = hashlib.sha256(archive.read_bytes()).hexdigest()
    if found not in hashes:
        raise ValueError(f"{archive.name} has SHA-256 {found}, which requirements.txt does not pin")


def _unpack(archive: Path, folder: Path) -> None:
    with tarfile.open(archive) as packed:
        wanted = [m for m in packed.getmembers() if any(part in m.name for part in _WANTED)]
        packed.extractall(folder, members=wanted, filter="data")


if __name__ == "__main__":
    print(suite())
