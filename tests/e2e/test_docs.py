"""The commands that the docs show, run as they stand.

A fenced `sh` block directly after the line `<!-- run -->` is run; the blocks of one page share one
shell, from the checkout's root, with the demo's address and two API tokens in the environment.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import ROOT, Site

SHOWN = re.compile(r"<!-- run -->\n```sh\n(.*?)```", re.DOTALL)
PAGES = [
    page
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    if SHOWN.search(page.read_text())
]


def test_some_pages_show_commands() -> None:
    assert PAGES


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_in_the_docs_run(page: Path, site: Site) -> None:
    scopes = "forms:read,persons:read,persons:write,cases:read,cases:write,records:read,records:write,records:sign,events:read"
    tokens = {
        name: site.manage("api_token", user, "--name", "docs", "--scopes", scopes).strip()
        for name, user in (("WORKER_TOKEN", "wanda"), ("MANAGER_TOKEN", "max"))
    }
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(SHOWN.findall(page.read_text()))],
        cwd=ROOT,
        env={
            **site.environment,
            **tokens,
            "CASETHREAD_URL": site.url,
            "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
