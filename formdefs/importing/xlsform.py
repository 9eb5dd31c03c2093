"""XLSForm workbooks as a form: groups, repeats, questions, choices and their expressions. Pure.

See `docs/reference/importing.md` for what is carried, changed and lost. XLSForm: xlsform.org.
"""

import re
from dataclasses import dataclass, field

from formdefs.importing import xlsform_rules
from formdefs.importing.building import Building, Node, finished
from formdefs.importing.data_shape import Holder, Object, Rows, Value
from formdefs.importing.naming import in_words
from formdefs.importing.report import Imported, NotImportable, Report
from formdefs.importing.xlsform_choices import read_choices
from formdefs.importing.xlsform_reading import Entry, Reading, languages_of
from formdefs.importing.xlsform_sheets import Row, read_sheets
from formdefs.importing.xlsform_types import METADATA, OTHERS, TYPES, AskedAs

MAX_PAGES = 60


def read(content: bytes, *, key: str = "", title: str = "") -> Imported:
    """Make a form of a workbook's bytes. Raises NotImportable.

    A group outside all others is a page; what stands beside such groups has pages of its own.
    """
    report = Report()
    sheets = read_sheets(content, report)
    settings = sheets.settings
    languages = languages_of(sheets.headings, settings.get("default_language", ""), report)
    building = Building(report)
    title = title or settings.get("form_title", "") or in_words(key) or "Imported form"
    reading = Reading(building, languages, read_choices(building, sheets.choices, languages))
    for name in settings:
        if name not in ("form_title", "form_id", "default_language"):
            report.lost("settings", name, "The setting has no counterpart.")
    pages = _Pages(
        reading, title, sum(_begins(row) == "group" for row in sheets.survey) <= MAX_PAGES
    )
    for row in sheets.survey:
        _row(reading, pages, row)
    if pages.stack:
        opened = pages.stack[-1]
        raise NotImportable(f"The {opened.kind} “{opened.name}” is never ended.", opened.at)
    if not reading.entries:
        raise NotImportable("The sheet “survey” asks nothing.")
    xlsform_rules.settle(reading)
    more = {"translations": reading.translations} if reading.translations else {}
    definition = finished(
        building,
        [page for page in pages.pages if page["items"]],
        key=key or settings.get("form_id", ""),
        title=title,
        language=languages.main,
        **more,
    )
    lines = sorted(report.lines, key=lambda line: _place(line.at))
    return Imported(definition, tuple(lines), pages.holder.shape or Object())


def _place(at: str) -> tuple[bool, int]:
    """Order lines by the row that they are about; those about the whole come first."""
    sheet, _, number = at.partition(" row ")
    return sheet != "survey", int(number) if number.isdigit() else 0


@dataclass
class _Open:
    """A group or repeat that is not ended yet: where its items go, and its steps in the data."""

    kind: str
    name: str
    at: str
    items: list[Node]
    steps: tuple[str, ...]
    holder: Holder
    repeats: tuple[str, ...]
    node: Node | None = None
    outer: Holder | None = None


@dataclass
class _Pages:
    """The pages so far, and the groups and repeats that are open."""

    reading: Reading
    title: str
    by_group: bool
    pages: list[Node] = field(default_factory=list)
    stack: list[_Open] = field(default_factory=list)
    holder: Holder = field(default_factory=lambda: Holder(()))
    loose: Node | None = None

    @property
    def here(self) -> _Open:
        """Where the next item goes."""
        if self.stack:
            return self.stack[-1]
        if self.loose is None:
            self.loose = self.reading.building.page(f"page {len(self.pages)}", self.title)
            self.pages.append(self.loose)
        return _Open("page", "", "", self.loose["items"], (), self.holder, ())


def _begins(row: Row) -> str:
    kind = " ".join(row.get("type").lower().replace("_", " ").split())
    return kind.removeprefix("begin ") if kind.startswith("begin ") else ""


def _row(reading: Reading, pages: _Pages, row: Row) -> None:
    written = " ".join(row.get("type").split())
    kind = written.lower().replace("_", " ")
    if not kind:
        reading.report.lost(row.at, "row", "It has no type.")
    elif kind.startswith("begin "):
        _begin(reading, pages, row, kind.removeprefix("begin "))
    elif kind.startswith("end "):
        _end(reading, pages, row, kind.removeprefix("end "))
    else:
        _ask(reading, pages, row, written)


def _begin(reading: Reading, pages: _Pages, row: Row, kind: str) -> None:
    name = _name(row)
    if len(pages.stack) > 20:
        raise NotImportable("Groups are nested too deeply.", row.at)
    if kind == "group":
        _begin_group(reading, pages, row, name)
    elif kind == "repeat":
        _begin_repeat(reading, pages, row, name)
    else:
        raise NotImportable(f"“begin {kind}” is neither a group nor a repeat.", row.at)
    _tell_columns(reading, row)


def _begin_group(reading: Reading, pages: _Pages, row: Row, name: str) -> None:
    label, hint = reading.languages.text(row, "label"), reading.languages.text(row, "hint")
    node: Node | None = None
    if not pages.stack and pages.by_group:
        pages.loose = None
        node = reading.building.page(row.at, label or in_words(name), name, hint=hint)
        pages.pages.append(node)
        pages.stack.append(_Open("group", name, row.at, node["items"], (name,), pages.holder, ()))
        reading.report.carried(row.at, "group", f"Page “{node['title']}”.")
    else:
        here = pages.here
        steps = (*here.steps, name)
        if label or row.get("relevant"):
            node = reading.building.section(row.at, label or in_words(name), name, hint=hint)
            here.items.append(node)
            reading.report.carried(row.at, "group", f"Section “{node['title']}”.")
        items = here.items if node is None else node["items"]
        pages.stack.append(_Open("group", name, row.at, items, steps, here.holder, here.repeats))
    reading.add(Entry(name, "group", row, node, pages.stack[-1].repeats, part="title"))


def _begin_repeat(reading: Reading, pages: _Pages, row: Row, name: str) -> None:
    here = pages.here
    label, hint = reading.languages.text(row, "label"), reading.languages.text(row, "hint")
    node = reading.building.repeat(
        row.at, label or in_words(name), name, hint=hint, scope=here.repeats
    )
    here.items.append(node)
    reading.add(Entry(name, "rows", row, node, here.repeats))
    steps = (*here.steps, name)
    holder = Holder((*steps, "*"))
    repeats = (*here.repeats, node["key"])
    pages.stack.append(
        _Open(
            "repeat", name, row.at, node["items"], holder.base, holder, repeats, node, here.holder
        )
    )
    count = row.get("repeat_count")
    if count.isdigit() and 1 <= int(count) <= 1000:
        node |= {"min_rows": int(count), "max_rows": int(count)}
        reading.report.carried(row.at, "repeat_count", f"Exactly {count} rows.")
    elif count:
        says = f"How many rows “{count}” gives is not known before: rows are added by hand."
        reading.report.lost(row.at, "repeat_count", says)
    reading.report.carried(row.at, "repeat", f"Repeat “{node['key']}”.")


def _end(reading: Reading, pages: _Pages, row: Row, kind: str) -> None:
    if not pages.stack or pages.stack[-1].kind != kind:
        raise NotImportable(f"“end {kind}” ends nothing that is open here.", row.at)
    ended = pages.stack.pop()
    if not pages.stack:
        pages.loose = None
    if ended.node is not None and ended.outer is not None:
        shape = ended.holder.shape or Object()
        ended.outer.plant(ended.steps[:-1], Rows(ended.node["key"], shape))
        first = next((i for i in ended.items if i.get("type") in ("text", "integer", "date")), None)
        if first:
            ended.node["row_title"] = {"var": first["key"]}


def _ask(reading: Reading, pages: _Pages, row: Row, written: str) -> None:
    word, _, rest = written.partition(" ")
    kind, listed, other = word, "", False
    joined = (
        written.lower()
        .replace("select one", "select_one")
        .replace("select multiple", "select_multiple")
    )
    for select in ("select_one", "select_multiple", "rank"):
        if joined.startswith(f"{select} "):
            kind, rest = select, written[len(select) :].strip()
            parts = rest.split()
            other = len(parts) > 1 and parts[-1].replace(" ", "_").lower() == "or_other"
            listed = parts[0]
    lower = kind.lower()
    if lower in METADATA:
        reading.report.lost(row.at, written, "The record itself says who, when and where.")
        return
    if lower in OTHERS:
        reading.report.lost(row.at, written, OTHERS[lower])
        return
    if lower == "note":
        _note(reading, pages, row)
        return
    if lower not in TYPES:
        reading.report.lost(row.at, written, "No such type of question is known.")
        return
    name = _name(row)
    made = TYPES[lower](AskedAs(row, reading.choices.get(listed), reading.report))
    if made is None:
        return
    here = pages.here
    label = reading.languages.text(row, "label")
    hint = reading.languages.text(row, "hint")
    wanted = (name, f"{here.name}_{name}")
    node = reading.building.question(
        row.at,
        made.type,
        label or in_words(name),
        *wanted,
        hint=hint,
        scope=here.repeats,
        **made.options,
    )
    choices = reading.choices.get(listed) if made.chooses else None
    entry = Entry(name, made.kind, row, node, here.repeats, choices=choices)
    reading.add(entry)
    if lower == "calculate" and not row.get("calculation"):
        reading.report.lost(row.at, written, "It calculates nothing.")
        return
    here.items.append(node)
    reading.report.carried(row.at, written, f"Question “{node['key']}” ({node['type']}).")
    if other:
        _specify(reading, pages, entry)
    by_code = {code: name for name, code in choices.codes.items()} if choices else {}
    entry.shape = Value(node["key"], made.how, by_code)
    here.holder.plant((*here.steps, name), entry.shape)
    _tell_columns(reading, row)


def _note(reading: Reading, pages: _Pages, row: Row) -> None:
    text = reading.languages.text(row, "label")
    if not text:
        reading.report.lost(row.at, "note", "It has no label.")
        return
    node = reading.building.content(row.at, text)
    pages.here.items.append(node)
    reading.add(
        Entry(row.get("name") or row.at, "group", row, node, pages.here.repeats, part="text")
    )
    reading.report.carried(row.at, "note", "Words between the questions.")


def _specify(reading: Reading, pages: _Pages, entry: Entry) -> None:
    """Add “other” to the list, and the question that asks what it is."""
    if entry.choices is None or entry.node is None:
        return
    code = entry.choices.with_other(reading.building)
    entry.node["list"] = entry.choices.list_name
    name = f"{entry.name}_other"
    label = f"{entry.node['label']} – other"[:500]
    node = reading.building.question(
        f"{entry.row.at}#other", "text", label, name, max_length=2000, scope=entry.repeats
    )
    var = {"var": entry.node["key"]}
    several = entry.kind == "codes"
    node["visible"] = {"in": [code, var]} if several else {"==": [var, code]}
    here = pages.here
    here.items.append(node)
    here.holder.plant((*here.steps, name), Value(node["key"], "text"))
    reading.report.changed(entry.row.at, "or_other", f"Question “{node['key']}” asks what it is.")


_NAME = re.compile(r"[A-Za-z_][\w.-]*")


def _name(row: Row) -> str:
    name = row.get("name")
    if not _NAME.fullmatch(name):
        says = f"The name “{name}” is none: a letter or underscore, then letters and digits."
        raise NotImportable(says, row.at)
    return name


_KNOWN = (
    *("type", "name", "label", "hint", "relevant", "constraint", "constraint_message", "required"),
    *("calculation", "choice_filter", "read_only", "readonly", "default", "repeat_count"),
    *("parameters", "appearance", "constraint_msg", "relevance", "required_message"),
)
_APPEARANCES = (
    "multiline",
    "minimal",
    "autocomplete",
    "search",
    "year",
    "month-year",
    "field-list",
)


def _tell_columns(reading: Reading, row: Row) -> None:
    for name in row.cells:
        plain = name.partition("::")[0]
        if plain not in _KNOWN:
            reading.report.lost(row.at, name, "The column has no counterpart.")
    for word in row.get("appearance").split():
        if word not in _APPEARANCES and word != "signature":
            says = f"“{word}”: how it looks is the platform's own."
            reading.report.lost(row.at, "appearance", says)
    if row.get("required_message"):
        says = "The platform asks for what is missing in its own words."
        reading.report.lost(row.at, "required_message", says)
