"""How Wagtail's comparison of two revisions shows a JSON document: as changed lines."""

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from wagtail.admin.compare import FieldComparison
from wagtail.admin.panels import FieldPanel

from cms import diff


class DocumentComparison(FieldComparison):
    """Changed lines of two documents, pretty-printed first so that spacing does not count."""

    def has_changed(self) -> bool:
        """Say whether the documents differ in more than spacing."""
        return diff.tidy(self.val_a or "") != diff.tidy(self.val_b or "")

    def htmldiff(self) -> SafeString:
        """Render the changed lines, with their numbers in both documents."""
        return render_to_string(
            "cms/lines.html", {"lines": diff.lines(self.val_a or "", self.val_b or "")}
        )


class DocumentPanel(FieldPanel):
    """A field that holds JSON text."""

    def get_comparison_class(self) -> type[DocumentComparison]:
        """Compare by lines."""
        return DocumentComparison
