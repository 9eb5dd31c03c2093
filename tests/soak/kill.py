"""`python -m tests.soak.kill --saves N`: SIGKILL the server while four clients save, and count.

Every save that was acknowledged must be there exactly once after a restart, in its page's history
and in the ledger, and `ledger verify` must be clean. Each client fills a record of its own and one
that they share, under an Idempotency-Key that it sends again when no answer came.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.conftest import ROOT, free_port, own_database, wait_until_ready

CLIENTS = 4
KILLS = 3
SCOPES = "forms:read,cases:read,records:read,records:write,events:read"


@dataclass
class Client:
    """One program that saves: what it was told is saved, by its words."""

    number: int
    token: str
    records: list[str]
    page: str
    acknowledged: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    resent: int = 0


class Server:
    """The platform under gunicorn, which can be killed and started again on the same port."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment, self._log = environment, log
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Serve, and wait until it may have traffic."""
        with self._log.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "casework.wsgi", "--pythonpath", "platform",
                 "--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{self.port}",
                 "--log-level", "error", "--no-control-socket"],
                cwd=ROOT, env=self.environment, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        wait_until_ready(self.url, self._process, self._log)

    def kill(self) -> None:
        """SIGKILL to every process of the server: no warning, no cleaning up."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command on the server's database."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip


def ask(
    url: str, token: str, method: str, path: str, body: Any = None, **headers: str
) -> tuple[int, Any]:
    """One request to the API: the status and the document. Raises OSError when nobody answers."""
    request = urllib.request.Request(
        f"{url}/api/v1/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        },
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.loads(refusal.read() or b"null")


def save_until(client: Client, url: str, total: int, count: threading.Semaphore) -> None:
    """Take saves from the common count until it is used up; each goes on until it is answered."""
    turn = 0
    while count.acquire(blocking=False):
        turn += 1
        record = client.records[turn % len(client.records)]
        words = f"client {client.number} save {turn}"
        key = str(uuid.uuid4())
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                _, page = ask(url, client.token, "GET", f"records/{record}/pages/{client.page}")
                status, answer = ask(
                    url, client.token, "PUT", f"records/{record}/pages/{client.page}",
                    {"answers": {**page["answers"], "note": words}},
                    If_Match=f'"{page["version"]}"', Idempotency_Key=key,
                )  # fmt: skip
            except (OSError, ValueError):
                client.resent += 1
                time.sleep(0.2)
                continue
            if (
                status == 412
            ):  # another client changed the same question in between: read and save anew
                key = str(uuid.uuid4())
                continue
            if status < 300:
                client.acknowledged.append(words)
            else:
                client.failed.append(f"{words}: {status} {answer}")
            break
        else:
            client.failed.append(f"{words}: no answer in time")


def kept(server: Server) -> Counter[str]:
    """How often each words were saved, by the ledger's content of page saves."""
    script = (
        "import json\n"
        "from casework.ledger.models import Content, Event\n"
        "ids = Event.objects.filter(kind='record.page_saved').values_list('content', flat=True)\n"
        "bodies = dict(Content.objects.values_list('pk', 'body'))\n"
        "print(json.dumps([bodies[i] for i in ids]))\n"
    )
    done = server.manage("shell", "--no-imports", "-c", script)
    assert done.returncode == 0, done.stderr
    counted: Counter[str] = Counter()
    for body in json.loads(done.stdout.strip().splitlines()[-1]):
        for change in json.loads(body)["changes"].values():
            counted[change.get("after", "")] += 1
    return counted


def main() -> int:
    """Run it on the database that DATABASE_URL names (SQLite without); return 1 if a save was lost."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.kill", description=main.__doc__)
    parser.add_argument("--saves", type=int, default=200)
    saves = parser.parse_args().saves
    with tempfile.TemporaryDirectory() as folder:
        environment = {**own_database(Path(folder), "casethread_kill"), "LOG_LEVEL": "ERROR"}
        server = Server(environment, Path(folder) / "server.log")
        prepared = subprocess.run(
            [sys.executable, "-m", "tests.soak.kill_site"],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert prepared.returncode == 0, prepared.stderr
        site = json.loads(prepared.stdout.strip().splitlines()[-1])
        clients = [
            Client(number, token, [site["own"][number], site["shared"]], site["page"])
            for number, token in enumerate(site["tokens"])
        ]
        server.start()
        try:
            killed = _save_and_kill(server, clients, saves)
            return _judge(server, clients, killed)
        finally:
            server.kill()


def _save_and_kill(server: Server, clients: list[Client], saves: int) -> int:
    """Let the clients save, killing and restarting the server while they do; return how often."""
    count = threading.Semaphore(saves)
    threads = [
        threading.Thread(target=save_until, args=(client, server.url, saves, count))
        for client in clients
    ]
    for thread in threads:
        thread.start()
    killed = 0
    for share in range(1, KILLS + 1):
        while sum(len(client.acknowledged) for client in clients) < saves * share // (KILLS + 1):
            assert any(thread.is_alive() for thread in threads), [
                client.failed for client in clients
            ]
            time.sleep(0.01)
        server.kill()
        killed += 1
        server.start()
    for thread in threads:
        thread.join()
    return killed


def _judge(server: Server, clients: list[Client], killed: int) -> int:
    """Print what was acknowledged, kept and lost; return 1 unless each save is there once."""
    counted = kept(server)
    acknowledged = [words for client in clients for words in client.acknowledged]
    times = {words: counted[words] for words in acknowledged}
    lost = [words for words, n in times.items() if n == 0]
    doubled = [words for words, n in times.items() if n > 1]
    failed = [line for client in clients for line in client.failed]
    verified = server.manage("ledger", "verify")
    print(
        f"{len(acknowledged)} saves acknowledged to {len(clients)} clients, {killed} times SIGKILL, "
        f"{sum(client.resent for client in clients)} sent again; lost {len(lost)}, doubled {len(doubled)}, "
        f"refused {len(failed)}\nledger verify: exit {verified.returncode} {verified.stdout.strip()[-200:]}"
    )
    for line in [*lost, *doubled, *failed][:10]:
        print("  ", line)
    return 1 if lost or doubled or failed or verified.returncode else 0


if __name__ == "__main__":
    sys.exit(main())
