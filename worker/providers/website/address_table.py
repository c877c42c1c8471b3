"""Addresses side by side in a table: which lines above a cell belong to its column."""

from collections.abc import Sequence

from worker.providers.website.rendering import Rendering
from worker.providers.website.streets import street_score

#: Lines that are looked at above a cell, those of other columns included.
_REACH = 24


def column_above(rendering: Rendering, index: int) -> Sequence[int]:
    """Numbers of the lines above a cell in the same column, nearest first, where offices stand side by side.

    Empty outside tables, and where the line right above belongs to the cell itself or the column holds no street:
    a table with a column for the city and one for the postal code has its addresses in rows.
    """
    columns = rendering.columns
    column = columns[index]
    if column < 0 or index == 0 or columns[index - 1] in (-1, column):
        return ()
    same: list[int] = []
    for above in range(index - 1, max(-1, index - 1 - _REACH), -1):
        if columns[above] < 0:
            break
        if columns[above] == column:
            same.append(above)
    return same if same and street_score(rendering.lines[same[0]]) >= 2 else ()
