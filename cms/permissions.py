"""The group of form administrators, what it may do, and the workflow that is there to begin with."""

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from wagtail.models import Workflow, WorkflowContentType, WorkflowTask

from cms.models import CodeListDraft, FormDraft, FragmentDraft, SecondPersonTask

GROUP = "Form administrators"
WORKFLOW = "Approval by a second person"
_DRAFTS = (FormDraft, FragmentDraft, CodeListDraft)
_VERBS = ("add", "change", "delete", "view", "publish", "lock", "unlock")


def set_up() -> None:
    """Make the group and its permissions, and the workflow when there is none; idempotent.

    Runs after every migrate, and after the flush of a test, which empties these tables. Users
    come into the group by their role, never here.
    """
    group, _ = Group.objects.get_or_create(name=GROUP)
    names = [model._meta.model_name for model in _DRAFTS]
    drafts = Q(content_type__app_label="cms", content_type__model__in=names)
    verbs = Q(codename__in=[f"{verb}_{name}" for verb in _VERBS for name in names])
    admin = Q(content_type__app_label="wagtailadmin", codename="access_admin")
    workflows = Q(content_type__app_label="wagtailcore", codename="view_workflow")
    group.permissions.set(Permission.objects.filter((drafts & verbs) | admin | workflows))
    _make_workflow(group)


def _make_workflow(group: Group) -> None:
    """Make the workflow in which a second administrator approves; later changes to it are kept."""
    if SecondPersonTask.objects.exists():
        return
    # Wagtail's own is about web pages, of which there are none.
    Workflow.objects.filter(name="Moderators approval").update(active=False)
    task = SecondPersonTask.objects.create(name="A second administrator looks at it")
    task.groups.add(group)
    workflow = Workflow.objects.create(name=WORKFLOW)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    for model in _DRAFTS:
        WorkflowContentType.objects.update_or_create(
            content_type=ContentType.objects.get_for_model(model), defaults={"workflow": workflow}
        )
