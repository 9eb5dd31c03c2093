"""What cms changes in the Wagtail admin: its menu, home page, log, and the ways round the checks."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogFormatter
from wagtail.snippets.models import register_snippet

from cms.home import Overview
from cms.models import Draft
from cms.publishing import versions
from cms.viewsets import CodeListViewSet, FormViewSet, FragmentViewSet

register_snippet(FormViewSet)
register_snippet(FragmentViewSet)
register_snippet(CodeListViewSet)

# Wagtail's menus for web pages, which a platform without web pages has no use for.
_NO_USE = {"explorer", "reports", "settings", "help", "snippets"}


class _Nothing:
    """An endpoint of Wagtail's own API that has nothing: there are no images and no documents."""

    @classmethod
    def get_urlpatterns(cls) -> list[URLPattern]:
        """The one address that Wagtail's pages ask for."""
        return [path("", _not_there, name="listing")]


def _not_there(_request: HttpRequest) -> HttpResponse:
    raise Http404


@hooks.register("construct_admin_api")
def have_no_images_or_documents(router: Any) -> None:
    """Give the two names that every page of Wagtail's admin links to, installed or not."""
    for name in ("images", "documents"):
        router.register_endpoint(name, _Nothing)


@hooks.register("before_publish")
def lead_to_our_page(request: HttpRequest, draft: Any) -> HttpResponse | None:
    """Save the draft and go to the page that checks it and asks for a reason; publish nothing."""
    if not isinstance(draft, Draft):
        return None
    return redirect(draft.snippet_viewset.get_url_name("publish"), draft.pk)


@hooks.register("before_delete_snippet")
def keep_published(request: HttpRequest, drafts: list[Any]) -> HttpResponse | None:
    """Refuse to delete a draft of anything that was published."""
    kept = [draft for draft in drafts if isinstance(draft, Draft) and draft.key and versions(draft)]
    if not kept:
        return None
    names = ", ".join(f"“{draft.title}”" for draft in kept)
    messages.error(
        request,
        f"Not deleted: {names} was published, and records may have been filled with it. "
        "Withdraw a form instead, so that no new records are started.",
    )
    return redirect(kept[0].snippet_viewset.get_url_name("list"))


@hooks.register("before_bulk_action")
def keep_published_in_bulk(
    request: HttpRequest, action_type: str, drafts: list[Any], _action: Any
) -> HttpResponse | None:
    """Refuse to delete several drafts when one of them was published."""
    return keep_published(request, drafts) if action_type == "delete" else None


@hooks.register("register_admin_menu_item")
def show_history() -> MenuItem:
    """Lead to everything that was done to any draft."""
    address = reverse("wagtailadmin_reports:site_history")
    return MenuItem("History", address, name="history", icon_name="history", order=900)


@hooks.register("register_admin_menu_item")
def show_workflows() -> MenuItem:
    """Lead to who approves what."""
    address = reverse("wagtailadmin_workflows:index")
    return MenuItem("Workflows", address, name="workflows", icon_name="tasks", order=800)


@hooks.register("insert_global_admin_css")
def add_our_styles() -> SafeString:
    """Style the parts of our own on every page of the admin."""
    return format_html('<link rel="stylesheet" href="{}">', static("cms/cms.css"))


@hooks.register("construct_main_menu")
def hide_what_has_no_use(request: HttpRequest, items: list[MenuItem]) -> None:
    """Show what has to do with forms only."""
    items[:] = [item for item in items if item.name not in _NO_USE]


@hooks.register("construct_homepage_summary_items")
def hide_page_count(request: HttpRequest, items: list[Any]) -> None:
    """Count no web pages."""
    items.clear()


@hooks.register("construct_homepage_panels")
def show_overview(request: HttpRequest, panels: list[Any]) -> None:
    """Show the forms and what is waiting; leave out the panels about web pages."""
    wanted = {"workflow_objects_to_moderate", "user_objects_in_workflow_moderation"}
    panels[:] = [Overview(request), *(p for p in panels if getattr(p, "name", "") in wanted)]


@hooks.register("construct_snippet_action_menu")
def name_the_buttons(items: list[Any], request: HttpRequest, context: dict[str, Any]) -> None:
    """Call the buttons by what they do here: publishing has a page of its own."""
    labels = {
        "action-publish": "Check and publish",
        "action-unpublish": "Withdraw",
        "approve": "Approve",
    }
    for item in items:
        # Wagtail shares its items between requests: the label is the same for all.
        if item.name == "approve" and getattr(item, "launch_modal", False):
            item.label = "Approve with comment"
        elif item.name in labels:
            item.label = labels[item.name]


@hooks.register("register_log_actions", order=200)
def tell_reasons(actions: Any) -> None:
    """Tell in a draft's history what version was published and why."""
    actions.register_action("cms.import", "Import", "Imported from a file")

    class Upgraded(LogFormatter):
        label = "Upgrade a fragment"

        def format_message(self, entry: Any) -> str:
            return f"Includes the fragment “{entry.data['fragment']}” as version {entry.data['version']}"

    class Copied(LogFormatter):
        label = "Copy a fragment"

        def format_message(self, entry: Any) -> str:
            return f"Has a copy of the fragment {entry.data['fragment']} as “{entry.data['key']}”"

    class Tested(LogFormatter):
        label = "Add a test"

        def format_message(self, entry: Any) -> str:
            return f"Has the test “{entry.data['name']}”, made of the sample answers"

    class Published(LogFormatter):
        label = "Publish"

        def format_message(self, entry: Any) -> str:
            data = entry.data
            return f"Published as version {data.get('version', '?')}: {data.get('reason', '')}"

    class Scheduled(LogFormatter):
        label = "Schedule"

        def format_message(self, entry: Any) -> str:
            return f"To be published at {entry.data['go_live_at']}: {entry.data['reason']}"

    class Refused(LogFormatter):
        label = "Refuse to publish"

        def format_message(self, entry: Any) -> str:
            return f"Not published when its time came: {entry.data['because']}"

    class Withdrawn(LogFormatter):
        label = "Withdraw"

        def format_message(self, entry: Any) -> str:
            return f"Withdrawn: {entry.data['reason']}"

    for action, formatter in (
        ("wagtail.publish", Published),
        ("cms.schedule", Scheduled),
        ("cms.refused", Refused),
        ("cms.withdraw", Withdrawn),
        ("cms.upgrade", Upgraded),
        ("cms.copy", Copied),
        ("cms.test", Tested),
    ):
        actions.register_action(action)(formatter)
