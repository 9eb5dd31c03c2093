"""`python -m tests.tools.write_messages`: collect the fixed texts anew into the catalogues of translations.

Reads them where they are written: gettext calls in Python and templates, patterns of `said`, words of
form pages and scripts. Texts that are translated stay so; what is new is empty; what is gone goes.
"""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
LOCALE = ROOT / "platform/casework/locale"
_PYTHON = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "lazy": None,
    "noop": None,
    "pgettext": ((1, "c"), 2),
    "said": None,
    "Said": None,
    "word": None,
    "about": (2,),
    "Unreadable": None,
}
_TEMPLATES = {"_": None}
_FOLDERS = (
    "formdefs",
    "platform/casework/pageforms",
    "platform/casework/web",
    "platform/casework/cases",
    "platform/casework/notices",
)
_NOT_CALLS = (
    # (module, the table whose texts are said)
    ("formdefs/answer_types.py", "TYPES"),
    ("formdefs/answer_types.py", "_DATE_WRONG"),
    ("formdefs/messages.py", "_PARTS"),
    ("formdefs/messages.py", "_AT_MOST"),
    ("formdefs/answer_checks.py", "MONTHS"),
    ("platform/casework/pageforms/dates.py", "_LACKING"),
    ("platform/casework/pageforms/markup.py", "_HINTS"),
    ("platform/casework/pageforms/markup.py", "_DATE_INPUTS"),
)


def main() -> None:
    """Write every catalogue."""
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        language = path.parts[-3]
        old = read_po(BytesIO(path.read_bytes()), locale=language)
        made = collected(language)
        for message in made:
            known = old.get(message.id, context=message.context) if message.id else None
            if known is not None:
                message.string = known.string
        made.header_comment = old.header_comment
        made.creation_date = made.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
        out = BytesIO()
        write_po(out, made, width=0, sort_output=True, omit_header=False, no_location=True)
        path.write_bytes(out.getvalue())
        lacking = [message.id for message in made if message.id and not message.string]
        print(f"{language}: {len(made)} texts, {len(lacking)} not translated")
        for text in lacking:
            print(f"  {text!r}")


def collected(language: str) -> Catalog:
    """Every fixed text, without translations."""
    found = Catalog(locale=language, project="Casethread", charset="utf-8", fuzzy=False)
    for text, context in texts():
        found.add(text, context=context)
    return found


def texts() -> Iterator[tuple[str, str | None]]:
    """Yield each fixed text with its context."""
    for folder in _FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield from _extracted("python", path, _PYTHON)
        for path in sorted((ROOT / folder).rglob("*.jinja")):
            yield from _extracted("jinja2.ext:babel_extract", path, _TEMPLATES)
            yield from _extracted("jinja2.ext:babel_extract", path, {"q.say": None})
    yield from ((text, None) for text in _in_tables())
    yield from ((text, None) for text in _of_models())
    yield from ((text, None) for text in _said_in_templates())
    yield from (
        (month[:3], "short month") for month in _strings("formdefs/answer_checks.py", "MONTHS")
    )


def _extracted(
    how: str, path: Path, keywords: dict[str, object]
) -> Iterator[tuple[str, str | None]]:
    with path.open("rb") as file:
        for _line, message, _comments, context in extract(
            how, file, keywords=keywords, options={"encoding": "utf-8"}
        ):
            text = message[-1] if isinstance(message, tuple) else message
            # Beginnings of form words such as "x" are no texts; an f-string is not taken.
            if isinstance(text, str) and text.strip():
                yield text, context


def _in_tables() -> Iterator[str]:
    for module, name in _NOT_CALLS:
        yield from _strings(module, name)


def _strings(module: str, name: str) -> list[str]:
    """The texts of a module's table: those with a space or a capital, which no key has."""
    tree = ast.parse((ROOT / module).read_text())
    for node in tree.body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        if any(isinstance(target, ast.Name) and target.id == name for target in targets):
            pieces = {
                id(v)
                for n in ast.walk(node.value)
                if isinstance(n, ast.JoinedStr)
                for v in n.values
            }
            constants = [
                n
                for n in ast.walk(node.value)
                if isinstance(n, ast.Constant) and id(n) not in pieces
            ]
            values = [n.value for n in constants if isinstance(n.value, str)]
            if name == "_PARTS":
                return values[len(values) // 2 :]
            return [v for v in values if (" " in v or v[:1].isupper()) and "=" not in v]
    raise LookupError(f"{module} has no {name}.")


def _of_models() -> Iterator[str]:
    yield from ("Not started", "In progress", "Complete")  # web.records.progress
    yield from ("day", "month", "year")  # pageforms.dates
    yield from (
        "Draft",
        "Waiting for sign-off",
        "Finished",
        "Returned",
        "Signed",
        "Abandoned",
    )  # cases.models.Status


def _said_in_templates() -> Iterator[str]:

    for path in sorted((ROOT / "platform/casework/pageforms/templates").glob("*.jinja")):
        body = path.read_text()
        yield from re.findall(r'q\.say\("([^"]+)"\)', body)
        yield from re.findall(r'\("\w+", "([A-Z][^"]+)"', body)


if __name__ == "__main__":
    main()
