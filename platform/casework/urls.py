"""Every address of the platform, and the pages for what goes wrong."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("casework.web.sign_in_urls")),
    path("configure/", include("cms.urls")),
    path("api/v1/", include("api.urls")),
    path("", include("casework.web.urls")),
]

handler400 = "casework.web.errors.bad_request"
handler403 = "casework.web.errors.not_allowed"
handler404 = "casework.web.errors.not_found"
handler429 = "casework.web.errors.too_many"
handler500 = "casework.web.errors.broken"
