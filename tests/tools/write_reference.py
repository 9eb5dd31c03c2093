"""Write the published meta-schemas in `docs/reference` anew: `python -m tests.tools.write_reference`."""

import json
from pathlib import Path

from casetypes.meta_schema import CASE_TYPE_SCHEMA
from formdefs.meta_schema import FRAGMENT_SCHEMA, LIST_SCHEMA, META_SCHEMA

REFERENCE = Path(__file__).resolve().parents[2] / "docs/reference"

if __name__ == "__main__":
    for schema, name in (
        (META_SCHEMA, "definition.schema.json"),
        (FRAGMENT_SCHEMA, "fragment.schema.json"),
        (LIST_SCHEMA, "code-list.schema.json"),
        (CASE_TYPE_SCHEMA, "casetype.schema.json"),
    ):
        text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        (REFERENCE / name).write_text(text, encoding="utf-8")
