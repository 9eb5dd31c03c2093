"""A person's parts in a case get their number, so that two of one day are told apart."""

from typing import Any

from django.db import migrations, models
from django.db.models import F


def number(apps: Any, schema_editor: Any) -> None:
    """Number what is there by its days: what ended comes before what goes on."""
    parts = apps.get_model("cases", "CaseSubject").objects
    twice = parts.values("case", "person").annotate(n=models.Count("pk")).filter(n__gt=1)
    for one in twice.order_by():
        rows = parts.filter(case=one["case"], person=one["person"])
        in_order = rows.order_by("from_on", F("to_on").asc(nulls_last=True), "id")
        for place, row in enumerate(in_order, 1):
            row.part = place
            row.save(update_fields=["part"])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_clocks_of_a_case_once"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="casesubject", options={"ordering": ["from_on", "part", "id"]}
        ),
        migrations.AddField(
            model_name="casesubject",
            name="part",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.RunPython(number, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="casesubject",
            constraint=models.UniqueConstraint(
                fields=("case", "person", "part"), name="case_subject_part"
            ),
        ),
    ]
