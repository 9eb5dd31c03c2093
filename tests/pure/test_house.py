"""The rules of the house that no linter knows."""

import json
import os
import platform
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_platform_is_never_a_package() -> None:
    assert not (ROOT / "platform/__init__.py").exists(), (
        "platform/__init__.py hides the standard library's module. Delete it."
    )
    assert platform.system()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "package-lock.json"])
def test_lock_files_carry_no_download_addresses(name: str) -> None:
    text = (ROOT / name).read_text()
    assert not re.search(r'"resolved"|index-url|find-links|file:|\.whl|\.tgz', text), (
        f"{name} names a place to download from"
    )


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z])", (ROOT / name).read_text())
    for block in blocks:
        assert re.match(r"[a-z0-9._\[\]-]+==", block, re.IGNORECASE), block[:60]
        assert "--hash=sha256:" in block, block[:60]


def test_every_runtime_dependency_says_why_it_is_there() -> None:
    for line in (ROOT / "requirements.in").read_text().splitlines():
        if line and not line.startswith("#"):
            assert re.search(r"# \S+", line), f"{line}: add a comment that says why"


def test_front_end_packages_are_locked_with_hashes() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    for name, package in lock["packages"].items():
        assert not name or package.get("integrity"), f"{name} has no hash"


def test_the_settings_page_is_up_to_date() -> None:
    from casework.web.management.commands.settings_table import settings_table

    assert (ROOT / "docs/reference/settings.md").read_text() == settings_table(), (
        "Run: python manage.py settings_table > docs/reference/settings.md"
    )


@pytest.mark.parametrize("page", DOCS, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_in_the_docs_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text()):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_production_refuses_the_demo_key_with_a_sentence() -> None:
    refused = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={**os.environ, "CASETHREAD_MODE": "production", "SECRET_KEY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode != 0
    assert "SECRET_KEY is the demo key" in refused.stderr


def test_modules_fit_on_a_few_screens() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "*.py", "*.js"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    long = {
        name: lines
        for name in tracked
        if "/migrations/" not in name
        and not name.startswith("tests/")  # a table of cases may be long
        and name != "formdefs/browser/rules.js"  # one module, so that a browser fetches one file
        and (ROOT / name).exists()
        and (lines := len((ROOT / name).read_text().splitlines())) > 400
    }
    assert not long, f"over 400 lines, more than one thing each? {long}"


def test_every_module_of_the_languages_is_pure_or_known_to_be_stored() -> None:
    stored = {"__init__", "apps", "comparing", "models", "publish", "shipped", "versions"}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    pure = next(c for c in contracts["contracts"] if c["name"].startswith("The languages"))
    for room in ("formdefs", "casetypes"):
        for path in (ROOT / room).glob("*.py"):
            name = f"{room}.{path.stem}"
            assert path.stem in stored or name in pure["source_modules"], (
                f"{name}: list it in pyproject.toml's contract of pure modules"
            )


# Words of the work that the library configures: none of them is the engine's.
OF_THE_LIBRARY = re.compile(
    r"(?<![a-z])(child(?!ren)|complain|referral|sibling|assessment|safeguard|social.?work|section.17"
    r"|looked.after|in.need\b|ofsted|census|foster)",
    re.IGNORECASE,
)
ENGINE = ("casetypes", "formdefs", "platform/casework", "api")
NOT_ENGINE = {"library", "demo", "locale", "migrations"}


def test_the_engines_code_knows_nothing_of_children_or_complaints() -> None:
    """Children is what trees and rules have too, so only the singular is looked for."""
    said = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in ENGINE
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".jinja") and not NOT_ENGINE & set(path.relative_to(ROOT).parts)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if OF_THE_LIBRARY.search(line)
    ]
    assert said == []
    assert OF_THE_LIBRARY.search('case_type="child_in_need"')
