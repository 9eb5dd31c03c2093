"""What every address answers that is none of the API's: the same as an absent thing."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from api.problems import absent


@csrf_exempt
@login_not_required
def nothing(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """404 as a problem."""
    return absent()
