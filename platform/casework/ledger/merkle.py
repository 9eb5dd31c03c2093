"""Merkle trees as RFC 6962, section 2.1, has them: one hash that stands for many, and paths to it. Pure.

A leaf is hashed with a zero byte before it and an inner node with a one, so that neither passes for
the other. A tree of n leaves is split at the largest power of two below n. https://www.rfc-editor.org/rfc/rfc6962
"""

import hashlib
from collections.abc import Iterable, Sequence


def leaf(data: bytes) -> bytes:
    """The hash of one leaf: 32 bytes."""
    return hashlib.sha256(b"\0" + data).digest()


def root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves' hashes, in their order; that of no leaf is the hash of nothing.

    Keeps one hash for each level of the tree, so memory does not grow with the leaves.
    """
    stack: list[tuple[int, bytes]] = []  # complete trees, the largest first: how many leaves, root
    for one in leaves:
        size, held = 1, one
        while stack and stack[-1][0] == size:
            size, held = 2 * size, _node(stack.pop()[1], held)
        stack.append((size, held))
    if not stack:
        return hashlib.sha256(b"").digest()
    held = stack.pop()[1]
    while stack:
        held = _node(stack.pop()[1], held)
    return held


def path(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes that lead from the leaf at `index` (from 0) to the root, the nearest first."""
    if len(leaves) <= 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:half], leaves[half:]
    if index < half:
        return [*path(left, index), root(right)]
    return [*path(right, index - half), root(left)]


def root_by(held: bytes, index: int, size: int, way: Sequence[bytes]) -> bytes | None:
    """The root that a path leads to from a leaf's hash; None where the path is not of that length.

    As RFC 9162, section 2.1.3.2, works it out.
    """
    last = size - 1
    for step in way:
        if last == 0:
            return None
        if index % 2 or index == last:
            held = _node(step, held)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            held = _node(held, step)
        index, last = index // 2, last // 2
    return held if last == 0 else None


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
