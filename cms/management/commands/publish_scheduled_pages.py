"""Stands in for Wagtail's older name of publish_scheduled."""

from cms.management.commands.publish_scheduled import Command

__all__ = ["Command"]
