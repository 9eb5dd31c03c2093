"""Run Casethread's commands: `python manage.py help`."""

import os
import sys
from pathlib import Path


def main() -> None:
    """Put platform/ on the import path and hand over to Django."""
    # platform/ is a plain folder, never a package: the standard library owns that name.
    sys.path.insert(1, str(Path(__file__).resolve().parent / "platform"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
