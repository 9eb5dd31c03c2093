"""A real server with the real demo, and a real browser, for tests that do what people do.

The server is `manage.py run_demo` on a database of its own (SQLite, or a fresh database beside the
one that DATABASE_URL names). Without Chromium these tests are passed over and say so; with
CASETHREAD_NO_SKIPS they fail instead.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests import migrated
from tests.e2e.loosened import LOOSEN

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
]  # fmt: skip
START_SECONDS = 180
PASSWORD = "let-me-look-around"  # casework.demo.load tells it to everybody
expect.set_options(timeout=20_000)


# One demo serves them all: who looks at it as it was made comes first, who publishes comes last.
ORDER = (
    *("test_docs", "test_pictures", "test_accessible", "test_together"),
    *("test_keeping", "test_between_teams", "test_complaint", "test_family", "test_chains"),
    *("test_journey", "test_every_type", "test_searching", "test_rows_by_keyboard"),
    "test_form_language",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the browser tests in their order."""
    places = [n for n, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    mine = [items[n] for n in places]
    for item in mine:
        item.add_marker(pytest.mark.e2e)
    mine.sort(key=lambda item: (ORDER.index(item.path.stem), item.location[1] or 0, item.name))
    for n, item in zip(places, mine, strict=True):
        items[n] = item


@dataclass(frozen=True)
class Site:
    """A running server: its address, and the environment that reaches its database."""

    url: str
    environment: dict[str, str]

    def manage(self, *arguments: str) -> str:
        """What `manage.py` prints with these arguments, on the server's database."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=self.environment, check=True, capture_output=True, text=True,
        ).stdout  # fmt: skip


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def own_database(folder: Path, name: str) -> dict[str, str]:
    """An environment that names a new, migrated database of the kind that DATABASE_URL asks for."""
    environment = {**os.environ, "CASETHREAD_FILES": str(folder / "files")}
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        made = folder / f"{name}.sqlite3"
        shutil.copyfile(migrated.file(), made)
        return {**environment, "CASETHREAD_DB": str(made)}
    template = migrated.database(url)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return {**environment, "DATABASE_URL": urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}


def drop(environment: dict[str, str]) -> None:
    """Remove what `own_database` made on a PostgreSQL server; a SQLite file goes with its folder."""
    if environment.get("DATABASE_URL") and os.environ.get("DATABASE_URL"):
        name = urlsplit(environment["DATABASE_URL"]).path.lstrip("/")
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def wait_until_ready(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Return when /readyz answers 200; fail with the server's own words when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise AssertionError(f"The server did not start.\n{log.read_text()[-4000:]}")


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo, served as `make run` serves it.

    With CASETHREAD_E2E_URL the server at that address is used as it stands: quicker while tests are
    being written. CASETHREAD_DB or DATABASE_URL must then name its database.
    """
    if running := os.environ.get("CASETHREAD_E2E_URL"):
        yield Site(running, dict(os.environ))
        return
    folder = tmp_path_factory.mktemp("site")
    environment = own_database(folder, f"casethread_e2e_{os.getpid()}")
    port, log = free_port(), folder / "server.log"
    with log.open("wb") as out:
        server = subprocess.Popen(
            [sys.executable, "manage.py", "run_demo", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        try:
            wait_until_ready(f"http://127.0.0.1:{port}", server, log)
            served = Site(f"http://127.0.0.1:{port}", environment)
            served.manage("shell", "-c", LOOSEN)
            yield served
        finally:
            with suppress(ProcessLookupError):
                os.killpg(server.pid, 15)
            server.wait(timeout=20)
            drop(environment)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless. It stops with the last browser test, and its event loop with it.

    Django refuses databases to a thread whose event loop runs, and other tests may follow.
    """
    if CHROMIUM is None:
        reason = (
            "Chromium was not found: browser tests are passed over. Install the package chromium."
        )
        if os.environ.get("CASETHREAD_NO_SKIPS"):
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


Opener = Callable[..., Page]


@pytest.fixture
def open_as(browser: Browser, site: Site) -> Iterator[Opener]:
    """`open_as("wanda", javascript=False)` gives a page on which that user has signed in."""
    contexts: list[BrowserContext] = []

    def opener(username: str | None, *, javascript: bool = True, width: int = 1280) -> Page:
        context = browser.new_context(
            java_script_enabled=javascript,
            base_url=site.url,
            viewport={"width": width, "height": 900},
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        if username:
            sign_in(page, username)
        return page

    yield opener
    for context in contexts:
        context.close()


def sign_in(page: Page, username: str) -> None:
    """Sign in as a demo user."""
    page.goto("/accounts/login/")
    page.get_by_label("Username").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/accounts/login" not in url)
