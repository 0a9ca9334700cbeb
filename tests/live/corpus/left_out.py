"""The rows of the reference, and the two of them that are not staged."""

from __future__ import annotations

NUMBERS = frozenset(
    {
        *(1, 2, 3, 4, *range(6, 12), *range(13, 29), *range(30, 41), 42, 43, 44),
        *(*range(46, 53), 54, 55, 56, 57, 59, 60, *range(62, 67), 68, 69, *range(71, 74), *range(75, 81)),
        *(82, 83, 84, 86, *range(88, 93)),
        *(*range(94, 102), *range(103, 111), 112, 113, 114, 115, 117, 118, *range(120, 126)),
        *(126, 127, 128, 129, 131, 132, 133),
        *(134, 135, 136, 137, *range(139, 145), 146),
    }
)
"""Every row of section 2."""
ELSEWHERE = {
    124: "a kind that may not be listed: its own test, with a credential that lacks the right",
}
LEFT_OUT = {
    31: "an APIService needs a server behind it: one without makes the whole API's discovery incomplete",
    117: "an object between two inventories lasts for one apply of kustomize-controller and cannot be held still",
}
