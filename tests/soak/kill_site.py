"""`python -m tests.soak.kill_site`: a database with records to save; prints their ids and tokens."""

import json
from datetime import timedelta
from typing import Any

from tests.bench.site import prepare

CLIENTS = 4
FORM: dict[str, Any] = {
    "formdef": 1,
    "key": "note",
    "title": "Note",
    "kind": "note",
    "language": "en",
    "layout": "single",
    "pages": [
        {
            "id": "p1aa",
            "key": "note",
            "title": "Note",
            "items": [
                {
                    "id": "q1aa",
                    "kind": "question",
                    "key": "note",
                    "type": "text",
                    "label": "What happened?",
                }
            ],
        }
    ],
}


def main() -> None:
    """Migrate, publish, start one record for each client and one for all."""
    cast = prepare()
    from casework import clock
    from casework.accounts.tokens import SCOPES, make_token
    from formdefs.publish import publish
    from tests.cast import AT, make_case, make_record

    publish(FORM, by=cast.ada, at=AT, reason="soak")
    case = make_case(cast.wanda, cast.north)
    records = [str(make_record(case, cast.wanda, "note").pk) for _ in range(CLIENTS + 1)]
    at = clock.now()
    tokens = [
        make_token(
            by=user, at=at, name="soak", scopes=list(SCOPES), expires_at=at + timedelta(days=1)
        )[1]
        for user in (cast.wanda, cast.wilf, cast.wanda, cast.wilf)
    ]
    print(
        json.dumps({"own": records[:-1], "shared": records[-1], "page": "note", "tokens": tokens})
    )


if __name__ == "__main__":
    main()
