"""The catalogue as the intake asks it: names to work ids, in bulk."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from django.db import connection

from licensing.catalogue import identifiers

# Names come as one text, which is made and read far more quickly than a list of them.
FIND: Final = f"""
    WITH asked AS (
        SELECT name, split_part(name, ':', 1) AS scheme,
               substr(name, strpos(name, ':') + 1) AS value
        FROM json_array_elements_text(%s::json) AS names (name)
    )
    SELECT asked.name, identifier.work_id
    FROM asked JOIN licensing_identifier AS identifier
        ON identifier.scheme = asked.scheme AND identifier.value = asked.value
    UNION ALL
    SELECT asked.name, work.id
    FROM asked JOIN licensing_work AS work
        ON asked.scheme = '{identifiers.OWN_SCHEME}' AND work.public_id = asked.value
"""  # noqa: S608  # the one value is a constant

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
        written = [name for name in names if ":" in name]
        with connection.cursor() as cursor:
            cursor.execute(FIND, [json.dumps(written)])
            found: dict[str, int] = dict(cursor.fetchall())
            missing = [name for name in written if name not in found]
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
