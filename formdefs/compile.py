"""Compile a definition to the six documents that a published version consists of. Pure.

`schema` has only the shape of answers, so that a change of wording keeps its hash; `texts` only
words; `rules` only what is decided by answers; `ui` the layout and everything else; `lists` the
code lists as they were; `manifest` says what the form is, with the SHA-256 of the others.
"""

from collections.abc import Mapping
from typing import Any

from casework.canonical import canonical, sha256
from formdefs import answer_types, codelists, dependencies, patterns, prefill_check, tree
from formdefs.form import Form
from formdefs.fragments import NO_FRAGMENTS, Fragments, expand, expansion

DOCUMENTS = ("schema", "ui", "rules", "texts", "lists", "manifest")
DIALECT = "https://json-schema.org/draft/2020-12/schema"

_NODE_TEXTS = ("title", "label", "hint", "text", "add_label", "pattern_message")
_FORM_TEXTS = ("title", "description")

Document = dict[str, Any]


def compile_form(
    definition: Mapping[str, Any],
    lists: Mapping[str, codelists.ListDoc],
    fragments: Fragments = NO_FRAGMENTS,
    forms: Mapping[str, Form] | None = None,
) -> dict[str, Document]:
    """Compile a definition that `definition.problems` finds nothing wrong with.

    lists: code list key -> document; fragments: key and version -> document, as `versions` gives
    them; forms: the published forms that it prefills from, whose questions are pinned by their ids.
    The documents are of the expanded form; the manifest names the fragments and has the
    digest of the definition as it was written. Raises KeyError for a list that is not there and
    ValueError for a fragment that is not, and for rules that depend on each other in a circle.
    """
    expanded = expand(definition, fragments)
    pinned = _lists(expanded, lists)
    documents = {
        "schema": _schema(expanded, pinned),
        "ui": _ui(expanded, forms or {}),
        "rules": _rules(expanded),
        "texts": _texts(expanded),
        "lists": pinned,
    }
    documents["manifest"] = _manifest(definition, documents, _fragments(definition, fragments))
    return documents


def _fragments(definition: Mapping[str, Any], fragments: Fragments) -> list[Document]:
    return [
        {"key": key, "version": version, "sha256": sha256(canonical(fragments[key, version]))}
        for key, version in sorted(expansion(definition, fragments).pinned)
    ]


def _lists(
    definition: Mapping[str, Any], lists: Mapping[str, codelists.ListDoc]
) -> dict[str, Document]:
    pinned = {}
    for name, source in definition.get("lists", {}).items():
        if "options" in source:
            pinned[name] = {"entries": source["options"]}
        else:
            document = lists[source["list"]]
            pinned[name] = {**document, "sha256": codelists.digest(document)}
    return pinned


def _schema(definition: Mapping[str, Any], pinned: Mapping[str, Document]) -> Document:
    answered = [node for node in tree.walk(definition) if node.holds_answer]
    used = {node.raw["list"] for node in answered if "list" in node.raw}
    return {
        "$schema": DIALECT,
        **_scope(answered, ()),
        "$defs": {
            f"list_{name}": {"enum": [entry["code"] for entry in pinned[name]["entries"]]}
            for name in sorted(used)
        },
    }


def _scope(answered: list[tree.Node], repeats: tuple[str, ...]) -> Document:
    """The schema of one scope's answers. Nothing is required: a draft may lack anything."""
    properties = {}
    for node in answered:
        if node.repeats != repeats:
            continue
        if node.kind == "question":
            properties[node.key] = answer_types.TYPES[node.raw["type"]].schema(node.raw)
        else:
            inner = [n for n in answered if n.repeats[: len(repeats) + 1] == (*repeats, node.id)]
            properties[node.key] = {
                "type": "array",
                "maxItems": node.raw.get("max_rows", answer_types.DEFAULTS["max_rows"]),
                "items": _row(inner, (*repeats, node.id)),
            }
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _row(inner: list[tree.Node], repeats: tuple[str, ...]) -> Document:
    schema = _scope(inner, repeats)
    row_id = {"type": "string", "pattern": patterns.ROW_ID, "maxLength": 32}
    schema["properties"] = {"_id": row_id, **schema["properties"]}
    return schema | {"required": ["_id"]}


def _ui(definition: Mapping[str, Any], forms: Mapping[str, Form]) -> Document:
    return {
        "layout": definition.get("layout", "pages"),
        "pages": [_laid_out(page, forms) for page in definition["pages"]],
    }


def _laid_out(node: Mapping[str, Any], forms: Mapping[str, Form]) -> Document:
    kept = {k: v for k, v in node.items() if k not in _NODE_TEXTS and k not in tree.RULED}
    if "prefill" in node:
        kept["prefill"] = prefill_check.pinned(node["prefill"], forms)
    if "items" in node:
        kept["items"] = [_laid_out(item, forms) for item in node["items"]]
    return kept


def _rules(definition: Mapping[str, Any]) -> Document:
    nodes = {}
    for node in tree.walk(definition):
        ruled = {part: node.raw[part] for part in tree.RULED if part in node.raw}
        if ruled:
            nodes[node.id] = ruled
    checks = [
        {part: value for part, value in check.items() if part != "message"}
        for check in definition.get("checks", [])
    ]
    return {
        "nodes": nodes,
        "order": dependencies.order(definition),
        "reads": dependencies.reads(definition),
        "checks": checks,
    }


def own_texts(definition: Mapping[str, Any]) -> dict[str, str]:
    """Return every text of a form in its own language, by `<id>.<part>`, in document order."""
    own = {f"form.{part}": definition[part] for part in _FORM_TEXTS if part in definition}
    for node in tree.walk(definition):
        own |= {f"{node.id}.{part}": node.raw[part] for part in _NODE_TEXTS if part in node.raw}
    own |= {f"{check['id']}.message": check["message"] for check in definition.get("checks", [])}
    for asked in definition.get("agreement", []):
        own |= {f"{asked['id']}.{part}": asked[part] for part in ("label", "hint") if part in asked}
    return own


def _texts(definition: Mapping[str, Any]) -> Document:
    own = own_texts(definition)
    return {definition["language"]: own, **definition.get("translations", {})}


def _manifest(
    definition: Mapping[str, Any], documents: Mapping[str, Document], fragments: list[Document]
) -> Document:
    return {
        "formdef": definition["formdef"],
        "key": definition["key"],
        "title": definition["title"],
        "kind": definition["kind"],
        "language": definition["language"],
        "layout": definition.get("layout", "pages"),
        "per": definition.get("per", "case"),
        "authority": definition.get("authority", "another"),
        "agreement": definition.get("agreement", []),
        "occurred": definition.get("occurred"),
        "lists": {
            name: {part: pinned[part] for part in ("key", "version", "sha256") if part in pinned}
            for name, pinned in documents["lists"].items()
        },
        "fragments": fragments,
        "sha256": {
            "definition": sha256(canonical(definition)),
            **{name: sha256(canonical(document)) for name, document in documents.items()},
        },
    }
