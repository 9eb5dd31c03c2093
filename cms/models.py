"""Drafts of forms and code lists, edited in the Wagtail admin."""
