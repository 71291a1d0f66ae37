"""The catalogue as the intake asks it: names to work ids, in bulk."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from django.db import connection

from licensing.catalogue import identifiers

FIND: Final = """
    SELECT asked.name, identifier.work_id
    FROM unnest(%s::text[], %s::text[], %s::text[]) AS asked (name, scheme, value)
    JOIN licensing_identifier AS identifier
        ON identifier.scheme = asked.scheme AND identifier.value = asked.value
    UNION ALL
    SELECT asked.name, work.id
    FROM unnest(%s::text[], %s::text[]) AS asked (name, public_id)
    JOIN licensing_work AS work ON work.public_id = asked.public_id
"""

INDEX: Final = f"""
    COPY (
        SELECT scheme || ':' || value, work_id FROM licensing_identifier
        UNION ALL
        SELECT '{identifiers.OWN_SCHEME}:' || public_id, id FROM licensing_work
    ) TO STDOUT (FORMAT csv)
"""  # noqa: S608  # the one value is a constant


ALIASES: Final = """
    SELECT name, work_id FROM licensing_matchdecision
    WHERE kind = 'map' AND undone_at IS NULL AND name = ANY (%s)
      AND (licensor_id IS NULL OR licensor_id = %s)
    ORDER BY licensor_id NULLS FIRST
"""


class RegisteredWorks:
    """Every work of the catalogue by its identifiers, by its own id, and by what was mapped to it.

    Mappings are those for everybody and those of one licensor, whose own come first; what the
    catalogue itself knows comes before any mapping.
    """

    def __init__(self, licensor_id: int | None = None) -> None:
        self._licensor_id = licensor_id

    def find(self, names: Sequence[str]) -> Mapping[str, int]:
        """Return the work ids of names in normal form; unknown ones are absent."""
        split = [(name, *name.split(":", 1)) for name in names if ":" in name]
        own = [(name, value) for name, scheme, value in split if scheme == identifiers.OWN_SCHEME]
        with connection.cursor() as cursor:
            cursor.execute(
                FIND,
                [
                    [name for name, _, _ in split],
                    [scheme for _, scheme, _ in split],
                    [value for _, _, value in split],
                    [name for name, _ in own],
                    [value for _, value in own],
                ],
            )
            found: dict[str, int] = dict(cursor.fetchall())
            missing = [name for name, _, _ in split if name not in found]
            if missing:
                cursor.execute(ALIASES, [missing, self._licensor_id])
                found |= dict(cursor.fetchall())
            return found

    def normalised(self, name: str) -> str | None:
        """Return a name in its normal form, or nothing if it names nothing."""
        try:
            return str(identifiers.parse(name))
        except identifiers.BadIdentifier:
            return None

    def write_index(self, path: Path) -> bool:
        """Write every (name, work id) as CSV, straight out of PostgreSQL."""
        with connection.cursor() as cursor, cursor.copy(INDEX) as copy, path.open("wb") as target:
            for piece in copy:
                target.write(piece)
        return True
