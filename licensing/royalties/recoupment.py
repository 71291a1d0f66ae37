"""PURE. How an advance is used up: period after period, each payee by what it earned.

Everything is computed again from what is in force, so it does not matter in which order charges,
corrections and payments came.
"""

from collections.abc import Mapping, Sequence

from ledger.money import allocate


def recoup(released_minor: int, earned: Sequence[Mapping[str, int]]) -> list[dict[str, int]]:
    """Return what is recouped of an advance from each period's payees, in minor units.

    ``released_minor`` is what was paid out of the advance; ``earned`` holds, in the order in which
    periods are recouped, what each payee earned. The earliest earnings are recouped first. Where a
    period earned more than is left, its payees are recouped in proportion, by largest remainder
    with equal remainders to the payee that sorts first. What is below zero recoups nothing. No
    payee is recouped more than it earned, and all together never more than was released.
    """
    left = max(released_minor, 0)
    taken = []
    for parts in earned:
        positive = {payee: part for payee, part in sorted(parts.items()) if part > 0}
        whole = min(left, sum(positive.values()))
        taken.append(dict(allocate(whole, positive.items())) if positive else {})
        left -= whole
    return taken


def released_of(advance_minor: int, paid_minor: int, asked_minor: int) -> int:
    """Return how much of an advance is released when part of its invoice is paid.

    ``asked_minor`` is the invoice's total with tax, ``paid_minor`` what came in of it so far. The
    released part is rounded down, so that nothing is paid out before it came in, and is the whole
    advance when the invoice is paid.
    """
    return advance_minor * min(paid_minor, asked_minor) // asked_minor
