"""Answers to load balancers and operators: is the process alive, and can it do its work."""

import tempfile
from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from casework.ledger import triggers


@login_not_required
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers; touches nothing else."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """200 with every check “ok”; 503 with what is wrong, without any detail of the machine."""
    checks = {"database": _database(), "files": _files()}
    if checks["database"] == "ok":
        checks |= {"migrations": _migrations(), "triggers": _triggers()}
    ready = all(says == "ok" for says in checks.values())
    return JsonResponse({"ready": ready, "checks": checks}, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "the database does not answer"
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return f"{len(waiting)} migrations are not applied" if waiting else "ok"


def _triggers() -> str:
    lacking = triggers.missing(connection)
    return f"{len(lacking)} triggers are missing" if lacking else "ok"


def _files() -> str:
    if not isinstance(default_storage, FileSystemStorage):
        return "ok"
    try:
        folder = Path(default_storage.location)
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return "ok"
    except OSError:
        return "the folder of uploaded files cannot be written"
