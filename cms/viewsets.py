"""The three kinds of draft in the Wagtail admin: their lists, editors and addresses."""

from typing import Any, ClassVar

from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import URLPattern, path
from wagtail.admin.panels import HelpPanel, ObjectList, TabbedInterface
from wagtail.admin.ui.tables import Column, UpdatedAtColumn
from wagtail.snippets.views.snippets import SnippetViewSet

from cms import (
    author_pages,
    difference_pages,
    editing,
    fragment_pages,
    importing,
    pages,
    translating,
)
from cms.compare import DocumentPanel
from cms.forms import CodeListDraftForm, FormDraftForm, FragmentDraftForm
from cms.models import CodeListDraft, FormDraft, FragmentDraft
from formdefs.models import CodeListVersion, FormVersion, FragmentVersion


class DraftViewSet(SnippetViewSet):
    """What they share."""

    index_view_class = editing.IndexView
    add_view_class = editing.CreateView
    edit_view_class = editing.EditView
    unpublish_view_class = editing.UnpublishView
    edit_template_name = "cms/edit.html"
    copy_view_enabled = False
    add_to_admin_menu = True
    list_display = (
        "title",
        Column("key", label="Key", sort_key="key"),
        Column("newest", label="Published version"),
        UpdatedAtColumn(),
    )
    search_fields = ("title", "key")
    versions: Any = None  # published versions, and the name of their key to the draft's key
    versions_key = ""
    import_page: Any = pages.ImportPage
    more_pages: ClassVar[dict[str, Any]] = {}  # pages about a draft that not every kind has

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Every draft, with the number of its newest version."""
        newest = self.versions.objects.filter(**{self.versions_key: OuterRef("key")})
        return self.model.objects.annotate(
            newest=Subquery(newest.order_by("-number").values("number")[:1])
        )

    def get_common_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:
        """Tell every view the names of our own pages."""
        ours = {
            f"{name}_url_name": self.get_url_name(name)
            for name in ("publish", "withdraw", "import", "export", *self.more_pages)
        }
        common: dict[str, Any] = super().get_common_view_kwargs(**ours, **kwargs)
        return common

    def get_urlpatterns(self) -> list[URLPattern]:
        """Add our own pages to Wagtail's."""
        ours = (
            ("<int:pk>/publish/", pages.PublishPage, "publish"),
            ("<int:pk>/withdraw/", pages.WithdrawPage, "withdraw"),
            ("<int:pk>/export/", pages.ExportFile, "export"),
            ("import/", self.import_page, "import"),
            ("check/", pages.CheckText, "check"),
        )
        return [
            *super().get_urlpatterns(),
            *(
                path(f"<int:pk>/{name}/", self.construct_view(view), name=name)
                for name, view in self.more_pages.items()
            ),
            *(path(route, self.construct_view(view), name=name) for route, view, name in ours),
        ]


class FormViewSet(DraftViewSet):
    """Forms, under /configure/forms/."""

    model = FormDraft
    base_url_path = "forms"
    admin_url_namespace = "forms"
    icon = "form"
    menu_label = "Forms"
    menu_order = 100
    versions = FormVersion
    versions_key = "form_id"
    import_page = importing.FormImportPage
    more_pages: ClassVar = {
        "included": fragment_pages.IncludedPage,
        "differences": difference_pages.DifferencesPage,
        "rules": author_pages.RulesPage,
        "tests": author_pages.TestsPage,
        "translations": translating.TranslationsPage,
    }
    edit_handler = TabbedInterface(
        [
            ObjectList([DocumentPanel("definition", disable_comments=True)], heading="Definition"),
            ObjectList(
                [DocumentPanel("sample_answers", disable_comments=True)], heading="Sample answers"
            ),
            ObjectList([HelpPanel(template="cms/reference_form.html")], heading="Reference"),
        ],
        base_form_class=FormDraftForm,
    )


class FragmentViewSet(DraftViewSet):
    """Fragments, under /configure/fragments/."""

    model = FragmentDraft
    base_url_path = "fragments"
    admin_url_namespace = "fragments"
    icon = "copy"
    menu_label = "Fragments"
    menu_order = 105
    versions = FragmentVersion
    versions_key = "fragment_id"
    more_pages: ClassVar = {
        "included": fragment_pages.IncludedPage,
        "uses": fragment_pages.UsesPage,
    }
    edit_handler = TabbedInterface(
        [
            ObjectList([DocumentPanel("definition", disable_comments=True)], heading="Fragment"),
            ObjectList(
                [DocumentPanel("sample_answers", disable_comments=True)], heading="Sample answers"
            ),
            ObjectList([HelpPanel(template="cms/reference_fragment.html")], heading="Reference"),
        ],
        base_form_class=FragmentDraftForm,
    )


class CodeListViewSet(DraftViewSet):
    """Code lists, under /configure/code-lists/."""

    model = CodeListDraft
    base_url_path = "code-lists"
    admin_url_namespace = "code_lists"
    icon = "list-ul"
    menu_label = "Code lists"
    menu_order = 110
    versions = CodeListVersion
    versions_key = "code_list_id"
    edit_handler = TabbedInterface(
        [
            ObjectList([DocumentPanel("definition", disable_comments=True)], heading="Code list"),
            ObjectList([HelpPanel(template="cms/reference_list.html")], heading="Reference"),
        ],
        base_form_class=CodeListDraftForm,
    )
