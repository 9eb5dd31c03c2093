"""What runs outside pytest, benches and counts: Django set up, and a database with cast and library."""

import os
import sys
from functools import cache
from typing import Any


@cache
def cast_and_library() -> Any:
    """Migrate the (new) database that the environment names; return the cast, the library published."""
    sys.path.insert(0, "platform")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casework.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    from formdefs.shipped import publish_library
    from tests.cast import AT, make_cast

    cast = make_cast()
    publish_library(by=cast.ada, at=AT, reason="to be looked at")
    return cast
