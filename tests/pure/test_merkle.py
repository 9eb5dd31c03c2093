"""Merkle trees as RFC 6962 has them: the known roots, and paths for every leaf of every small tree."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from casework.ledger import merkle

# The inputs and roots that Google's and others' implementations of RFC 6962 are tested with.
INPUTS = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                 "606162636465666768696a6b6c6d6e6f")
]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_known_roots():
    leaves = [merkle.leaf(data) for data in INPUTS]
    assert [merkle.root(leaves[:n]).hex() for n in range(1, 9)] == ROOTS
    assert merkle.root([]) == hashlib.sha256(b"").digest()


def test_a_path_leads_from_every_leaf_to_the_root_and_from_no_other():
    for size in range(1, 34):
        leaves = [merkle.leaf(bytes([n])) for n in range(size)]
        root = merkle.root(leaves)
        for index in range(size):
            way = merkle.path(leaves, index)
            assert merkle.root_by(leaves[index], index, size, way) == root
            for other in {0, index - 1, index + 1, size - 1} - {index}:
                if 0 <= other < size:
                    assert merkle.root_by(leaves[other], index, size, way) != root
            assert merkle.root_by(leaves[index], index, size, [*way, root]) is None


@given(st.lists(st.binary(max_size=8), min_size=1, max_size=40), st.data())
def test_another_leaf_gives_another_root(data, draw):
    leaves = [merkle.leaf(one) for one in data]
    index = draw.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves]
    changed[index] = merkle.leaf(b"changed")
    assert merkle.root(changed) != merkle.root(leaves)
    assert merkle.root(leaves[:-1]) != merkle.root(leaves)
