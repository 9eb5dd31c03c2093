"""Random pairs of versions of one form, with answers to the older: seeded, so that any can be had again."""

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from formdefs.conversions import CONVERSIONS
from formdefs.definition import problems

Json = dict[str, Any]

TYPES = (
    *("text", "long_text", "integer", "decimal", "money", "yes_no", "choice", "choices", "date"),
    *("partial_date", "time", "datetime", "person", "people", "worker", "address", "postcode"),
    *("phone", "email", "nhs_number", "file"),
)
_WORDS = (
    "Yes",
    "No",
    "12",
    "07",
    "3.5",
    "4.00",
    "red",
    "Blue",
    "a longer text",
    "N1 9GU",
    "£5",
    "x",
)
_NAMES = ("Ann Example", "Bo Sample", "Cy Test")
_CODES = ("yes", "no", "red", "blue", "green", "other")


@dataclass
class Pair:
    """Two definitions and answers to the first; `done`: what was changed, in order."""

    old: Json
    new: Json
    answers: Json
    done: list[str] = field(default_factory=list)


def a_pair(seed: int) -> Pair:
    """The pair of this number."""
    make = _Maker(random.Random(seed))
    old = make.form()
    assert not problems(old, {}), problems(old, {})
    answers = make.answers([item for page in old["pages"] for item in page["items"]])
    new, done = deepcopy(old), list[str]()
    for _ in range(make.random.randint(1, 10)):
        tried = deepcopy(new)
        mutation = make.random.choice(MUTATIONS if _items(new) else (add, add_page))
        mutation(make, tried)
        if tried != new and not problems(tried, {}):
            new = tried
            done.append(mutation.__name__)
    return Pair(old, new, answers, done)


class _Maker:
    def __init__(self, source: random.Random) -> None:
        self.random, self.made = source, 0

    def name(self, start: str) -> str:
        self.made += 1
        return f"{start}{self.made:04d}"

    def form(self) -> Json:
        pages = [self.page() for _ in range(self.random.randint(1, 3))]
        lists = {name: {"options": self.options()} for name in ("l1", "l2")}
        return {"formdef": 1, "key": "f", "title": "F", "kind": "k", "language": "en",
                "lists": lists, "pages": pages}  # fmt: skip

    def options(self) -> list[Json]:
        codes = self.random.sample(_CODES, self.random.randint(2, len(_CODES)))
        return [{"code": code, "label": code.title()} for code in codes]

    def page(self) -> Json:
        name = self.name("p")
        return {"id": name, "key": name, "title": name, "items": self.items(0)}

    def items(self, depth: int) -> list[Json]:
        most = 6 if depth == 0 else 3
        return [self.item(depth) for _ in range(self.random.randint(1, most))]

    def item(self, depth: int) -> Json:
        kind = self.random.choices(
            ("question", "repeat", "section", "content"), (6, 2 * (depth < 3), depth < 3, 0.5)
        )[0]
        if kind == "question":
            return self.question()
        if kind == "content":
            return {"id": self.name("t"), "kind": "content", "text": "Words."}
        name = self.name(kind[0])
        made = {"id": name, "kind": kind, "key": name, "items": self.items(depth + 1)}
        return made | {"label" if kind == "repeat" else "title": name}

    def question(self) -> Json:
        name, kind = self.name("q"), self.random.choice(TYPES)
        made = {"id": name, "kind": "question", "key": name, "type": kind, "label": f"About {name}"}
        if kind in ("choice", "choices"):
            made["list"] = self.random.choice(("l1", "l2"))
        return made

    # Answers

    def answers(self, items: list[Json]) -> Json:
        found: Json = {}
        for item in items:
            if item["kind"] == "section":
                found |= self.answers(item["items"])
            elif item["kind"] == "repeat":
                count = self.random.choice((0, 1, 1, 2, 3))
                rows = [
                    {"_id": self.name("row00000"), **self.answers(item["items"])}
                    for _ in range(count)
                ]
                found |= {item["key"]: rows} if rows else {}
            elif item["kind"] == "question" and self.random.random() < 0.8:
                found[item["key"]] = self.answer(item["type"])
        return found

    def answer(self, kind: str) -> Any:
        pick, number = self.random.choice, self.random.randint(-50, 5000)
        day = f"20{self.random.randint(10, 29)}-0{self.random.randint(1, 9)}-1{self.random.randint(0, 9)}"
        person = {"name": pick(_NAMES)}
        made: dict[str, Any] = {
            "text": pick(_WORDS),
            "long_text": pick((*_WORDS, "two\nlines")),
            "integer": number,
            "decimal": pick(("0", "12", "12.5", "0.25", "-3")),
            "money": pick(("0.00", "12.50", "7.00", "-1.25")),
            "yes_no": number % 2 == 0,
            "choice": pick(_CODES),
            "choices": self.random.sample(_CODES, self.random.randint(1, 3)),
            "date": day,
            "partial_date": day[: pick((4, 7, 10))],
            "time": pick(("09:30", "14:00")),
            "datetime": f"{day}T09:30:00Z",
            "person": person,
            "worker": person,
            "people": [person, {"name": "Di Last"}][: pick((1, 2))],
            "address": {"line1": "1 Road", "town": "Town"} | pick(({}, {"protected": True})),
            "postcode": "N1 9GU",
            "phone": "01632 960 001",
            "email": "a@example.com",
            "nhs_number": "9434765919",
            "file": [{"id": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "name": "a.pdf",
                      "type": "application/pdf", "size": 5, "sha256": "0" * 64}],
        }  # fmt: skip
        return made[kind]


# Mutations ------------------------------------------------------------------------------------


def _holders(form: Json) -> Iterator[Json]:
    """Every page, section and repeat."""
    waiting = list(form["pages"])
    while waiting:
        holder = waiting.pop(0)
        yield holder
        waiting += [item for item in holder["items"] if "items" in item]


def _items(form: Json) -> list[tuple[Json, Json]]:
    """Every item with what holds it."""
    return [(holder, item) for holder in _holders(form) for item in holder["items"]]


def _questions(form: Json) -> list[Json]:
    return [item for _holder, item in _items(form) if item["kind"] == "question"]


def rename(make: _Maker, form: Json) -> None:
    _holder, item = make.random.choice(_items(form))
    if "key" in item:
        item["key"] = make.name("k")


def relabel(make: _Maker, form: Json) -> None:
    for item in _questions(form)[:2]:
        item["label"] = make.name("Words ")


def move(make: _Maker, form: Json) -> None:
    holder, item = make.random.choice(_items(form))
    target = make.random.choice(list(_holders(form)))
    if item is target or target in list(
        _holders({"pages": [item]} if "items" in item else {"pages": []})
    ):
        return
    holder["items"].remove(item)
    target["items"].insert(make.random.randint(0, len(target["items"])), item)


def nest(make: _Maker, form: Json) -> None:
    """Put an item into a new section or repeat."""
    holder, item = make.random.choice(_items(form))
    kind = make.random.choice(("section", "repeat"))
    name = make.name(kind[0])
    place = holder["items"].index(item)
    wrapper = {"id": name, "kind": kind, "key": name, "items": [item]}
    holder["items"][place] = wrapper | {"label" if kind == "repeat" else "title": name}


def unwrap(make: _Maker, form: Json) -> None:
    """Take a section or repeat away and leave what it held."""
    holder, item = make.random.choice(_items(form))
    if "items" in item:
        place = holder["items"].index(item)
        holder["items"][place : place + 1] = item["items"]


def retype(make: _Maker, form: Json) -> None:
    if questions := _questions(form):
        question = make.random.choice(questions)
        kept = {part: question[part] for part in ("id", "kind", "key", "label")}
        listed = [to for was, to in CONVERSIONS if was == question["type"]]
        kind = make.random.choice(listed if listed and make.random.random() < 0.7 else TYPES)
        question.clear()
        question |= kept | {"type": kind} | ({"list": "l1"} if kind.startswith("choice") else {})


def remove(make: _Maker, form: Json) -> None:
    holder, item = make.random.choice(_items(form))
    holder["items"].remove(item)


def add(make: _Maker, form: Json) -> None:
    make.random.choice(list(_holders(form)))["items"].append(make.item(2))


def add_page(make: _Maker, form: Json) -> None:
    form["pages"].append(make.page())


def reorder(make: _Maker, form: Json) -> None:
    make.random.shuffle(make.random.choice(list(_holders(form)))["items"])


def tighten(make: _Maker, form: Json) -> None:
    for question in _questions(form):
        if question["type"] in ("text", "long_text"):
            question["max_length"] = make.random.randint(1, 8)


def limit_rows(make: _Maker, form: Json) -> None:
    repeats = [item for _holder, item in _items(form) if item["kind"] == "repeat"]
    if repeats:
        make.random.choice(repeats)["max_rows"] = 1


def change_list(make: _Maker, form: Json) -> None:
    form["lists"]["l1"]["options"] = make.options()


def ask_more(make: _Maker, form: Json) -> None:
    if questions := _questions(form):
        make.random.choice(questions)["required"] = True


MUTATIONS = (
    *(rename, relabel, move, move, nest, unwrap, retype, retype, remove, add, add_page, reorder),
    *(tighten, limit_rows, change_list, ask_more),
)
