import apps.base.models
import django.core.serializers.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0002_notifications_and_how_they_are_chosen")]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=apps.base.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.UUIDField()),
                ("place", models.CharField(max_length=500)),
                ("writing", models.UUIDField()),
                ("step", models.PositiveIntegerField(default=0)),
                ("closed", models.BooleanField(default=False)),
                (
                    "content",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
                ("changed_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["changed_at"], name="drafts_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("user_id", "place"), name="one_draft_per_form"),
                    models.CheckConstraint(
                        condition=models.Q(("closed", False), ("content", {}), _connector="OR"),
                        name="nothing_stays_of_what_was_sent",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SentOnce",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=apps.base.models.new_id, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("user_id", models.UUIDField()),
                ("key", models.CharField(max_length=200)),
                ("at", models.DateTimeField()),
                (
                    "answer",
                    models.JSONField(default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["at"], name="sendings_by_age")],
                "constraints": [
                    models.UniqueConstraint(fields=("user_id", "key"), name="a_key_is_done_once")
                ],
            },
        ),
    ]
