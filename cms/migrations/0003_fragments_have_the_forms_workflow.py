"""Fragments are approved in the workflow that forms have, where there is one."""

from django.db import migrations


def give(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    WorkflowContentType = apps.get_model("wagtailcore", "WorkflowContentType")
    forms = WorkflowContentType.objects.filter(
        content_type__app_label="cms", content_type__model="formdraft"
    ).first()
    if forms is None:  # a new installation: cms.permissions.set_up makes it
        return
    fragments, _ = ContentType.objects.get_or_create(app_label="cms", model="fragmentdraft")
    WorkflowContentType.objects.update_or_create(
        content_type=fragments, defaults={"workflow": forms.workflow}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0002_fragment_drafts"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(give, migrations.RunPython.noop)]
