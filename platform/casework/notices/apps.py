"""The app's configuration."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices, above the cases that they tell of."""

    name = "casework.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
