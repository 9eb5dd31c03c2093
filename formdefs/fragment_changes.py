"""Change what a form or a fragment includes: take up a newer version, or keep a copy instead. Pure."""

from collections.abc import Callable

from formdefs import fragment_parts
from formdefs.fragments import expand, expansion
from formdefs.includes import Document, Fragments, every_item, includes, mapped, named_by


def upgraded(document: Document, key: str, version: int) -> Document:
    """Return a form or fragment with every older include of a fragment naming this version."""

    def newer(item: Document) -> Document:
        named = named_by(item) if item.get("kind") == "include" else None
        older = named and named.key == key and named.version < version
        return {**item, "version": version} if older else item

    return mapped(document, newer)


def copied(
    document: Document, include_id: str, fragments: Fragments, new_id: Callable[[], str]
) -> Document:
    """Return a form or fragment with one include replaced by a section of its own.

    The section has the include's id, key and title; what is in it, new ids. It knows no fragment,
    and no later version reaches it. Raises LookupError when there is no such include, ValueError
    when it cannot be expanded.
    """
    include = next((i for i in includes(document) if i.id == include_id), None)
    if include is None:
        raise LookupError(f"There is no include with the id “{include_id}”.")
    found = expansion(document, fragments).problems
    if problem := next((p for p in found if p.node == include_id), None):
        raise ValueError(str(problem))
    fragment = fragments[include.fragment]
    names = fragment_parts.top_names(expand(fragment, fragments))
    scope = next(scope for at, _item, scope in every_item(document) if at == include.at)
    whole, fresh = fragment_parts.Whole.of(document), dict[str, str]()

    def renewed(node_id: str) -> str:
        head, _, rest = node_id.partition("_")
        fresh[head] = fresh.get(head) or new_id()
        return f"{fresh[head]}_{rest}" if rest else fresh[head]

    def replaced(item: Document) -> Document:
        if item.get("kind") != "include" or item.get("id") != include_id:
            return item
        section, added = fragment_parts.inlined(item, fragment, names, scope, renewed)
        whole.add(added)
        return section

    return {**mapped(document, replaced), **whole.parts()}
