"""Due lines of past months get revisions; what the law finds for them, as known now, waits in `pastmonth`."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from minzheng.core.access import rows
from minzheng.core.audit.rows import keep_history


class Migration(migrations.Migration):
    dependencies = [("benefits", "0006_entitlement_household"), ("audit", "0003_names")]

    operations = [
        migrations.CreateModel(
            name="PastMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("household", models.BigIntegerField()),
                ("person", models.BigIntegerField(default=0)),
                ("programme", models.CharField(max_length=40)),
                ("month", models.DateField()),
                ("payee", models.BigIntegerField()),
                ("amount", models.BigIntegerField()),
                (
                    "persons",
                    django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None),
                ),
                ("area", models.BigIntegerField()),
                (
                    "change",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="benefits.change",
                    ),
                ),
                (
                    "settled",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="benefits.run",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        name="past_month_once",
                        fields=["household", "person", "programme", "month"],
                        condition=models.Q(settled__isnull=True),
                    ),
                    models.CheckConstraint(name="past_month_amount", condition=models.Q(amount__gte=0)),
                ],
                "indexes": [
                    models.Index(
                        name="past_month_open", fields=["area"], condition=models.Q(settled__isnull=True)
                    )
                ],
            },
        ),
        rows.protect("benefits_pastmonth", rights="SELECT"),
        keep_history("benefits_pastmonth", inserts="statement"),
        migrations.RemoveConstraint("decision", "decision_kind"),
        migrations.AddConstraint(
            "decision",
            models.CheckConstraint(
                name="decision_kind",
                condition=models.Q(kind__in=["grant", "change", "end", "import", "past"]),
            ),
        ),
        migrations.AddField("dueline", "code", models.CharField(default="", db_default="", max_length=12)),
        migrations.AddField("dueline", "before", models.BigIntegerField(null=True)),
        migrations.AddField("dueline", "after", models.BigIntegerField(null=True)),
        migrations.AlterField(
            "dueline",
            "plan",
            models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="benefits.plan",
            ),
        ),
        migrations.RemoveConstraint("dueline", "due_line_amount"),
        migrations.RemoveConstraint("dueline", "due_line_state"),
        migrations.AddConstraint(
            "dueline",
            models.CheckConstraint(
                name="due_line_amount",
                condition=models.Q(amount__gt=0) & ~models.Q(state="overpaid")
                | models.Q(amount=0, state="overpaid", before__gt=models.F("after")),
            ),
        ),
        migrations.AddConstraint(
            "dueline",
            models.CheckConstraint(
                name="due_line_state", condition=models.Q(state__in=["due", "withheld", "overpaid"])
            ),
        ),
        migrations.AddConstraint(
            "dueline",
            models.CheckConstraint(
                name="due_line_planned", condition=models.Q(plan__isnull=False) | models.Q(state="overpaid")
            ),
        ),
        migrations.AddConstraint(
            "dueline",
            models.CheckConstraint(
                name="due_line_difference",
                condition=models.Q(revision=0)
                | ~models.Q(reason="")
                & models.Q(before__isnull=False, after__isnull=False, before__gte=0, after__gte=0),
            ),
        ),
        migrations.AddIndex(
            "dueline",
            models.Index(name="due_line_withheld", fields=["month"], condition=models.Q(state="withheld")),
        ),
    ]
