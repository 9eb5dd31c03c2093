"""Every address of the platform."""

from django.urls import URLPattern, URLResolver, include, path
from wagtail.admin import urls as wagtail_admin_urls

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("configure/", include(wagtail_admin_urls)),
    path("api/v1/", include("api.urls")),
    path("", include("casework.web.urls")),
]
