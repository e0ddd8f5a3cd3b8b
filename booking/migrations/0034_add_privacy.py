"""Legal holds, retention, and patients who were erased."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("booking", "0033_find_appointments_by_start"),
    ]

    operations = [
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=300)),
                ("set_at", models.DateTimeField(verbose_name="set")),
                ("set_by_name", models.CharField(max_length=200, verbose_name="set by")),
                ("lifted_at", models.DateTimeField(blank=True, null=True, verbose_name="lifted")),
                (
                    "lifted_by_name",
                    models.CharField(blank=True, max_length=200, verbose_name="lifted by"),
                ),
                (
                    "lifted_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why it was lifted"),
                ),
            ],
            options={
                "ordering": ("-set_at", "-pk"),
            },
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("patients", "Patients without visits"),
                            ("words", "Reasons and medicines of visits"),
                            ("screening", "Outcomes of the safety questions"),
                            ("messages", "Addresses and answers of messages"),
                            ("waiting", "Places on the waiting list"),
                            ("sign_ins", "Sign-ins and sessions of staff"),
                            ("exports", "Files that staff exported"),
                            ("readers", "Feedback and searches that found nothing"),
                        ],
                        max_length=20,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                (
                    "keep_months",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="Empty: nothing goes by itself.",
                        null=True,
                        verbose_name="keep for (months)",
                    ),
                ),
                (
                    "changed_at",
                    models.DateTimeField(default=django.utils.timezone.now, editable=False),
                ),
                ("changed_by_name", models.CharField(blank=True, editable=False, max_length=200)),
            ],
            options={
                "ordering": ("kind",),
            },
        ),
        migrations.CreateModel(
            name="RetentionRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField()),
                ("keep_months", models.PositiveSmallIntegerField(verbose_name="kept for (months)")),
                ("older_than", models.DateTimeField()),
                ("count", models.PositiveIntegerField(verbose_name="records")),
                ("by_name", models.CharField(max_length=200, verbose_name="by")),
            ],
            options={
                "verbose_name": "retention run",
                "ordering": ("-at", "-pk"),
            },
        ),
        migrations.AlterModelOptions(
            name="patient",
            options={
                "ordering": ("name", "pk"),
                "permissions": [
                    ("erase_patient", "Can erase patients"),
                    ("export_patient", "Can take out everything about a patient"),
                ],
            },
        ),
        migrations.AddField(
            model_name="appointment",
            name="words_erased_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="reason and medicines erased"
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="erased_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="erased"
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("erased_at__isnull", True),
                    models.Q(
                        ("email__endswith", "@erased.invalid"),
                        ("name", "Erased person"),
                        ("phone", ""),
                        ("phone_extension", ""),
                    ),
                    _connector="OR",
                ),
                name="booking_patient_erased_is_nobody",
                violation_error_code="erased_is_nobody",
                violation_error_message="Nothing is known of a person who was erased.",
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="patient",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="legal_holds",
                to="booking.patient",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "patients",
                            "words",
                            "screening",
                            "messages",
                            "waiting",
                            "sign_ins",
                            "exports",
                            "readers",
                        ],
                    )
                ),
                name="booking_retentionrule_kind_known",
                violation_error_code="kind_known",
                violation_error_message="This kind of data is not known.",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("keep_months__isnull", True),
                    models.Q(("keep_months__range", (12, 600)), ("kind", "patients")),
                    models.Q(("keep_months__range", (1, 600)), ("kind", "words")),
                    models.Q(("keep_months__range", (1, 600)), ("kind", "screening")),
                    models.Q(("keep_months__range", (1, 120)), ("kind", "messages")),
                    models.Q(("keep_months__range", (1, 60)), ("kind", "waiting")),
                    models.Q(("keep_months__range", (1, 120)), ("kind", "sign_ins")),
                    models.Q(("keep_months__range", (1, 24)), ("kind", "exports")),
                    models.Q(("keep_months__range", (1, 120)), ("kind", "readers")),
                    _connector="OR",
                ),
                name="booking_retentionrule_bounded",
                violation_error_code="bounded",
                violation_error_message="This is shorter or longer than this kind of data may be kept.",
            ),
        ),
        migrations.AddField(
            model_name="retentionrun",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="runs",
                to="booking.retentionrule",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at__isnull", True)),
                fields=("patient",),
                name="booking_legalhold_one_open",
                violation_error_code="one_open",
                violation_error_message="This patient is under a legal hold already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("set_by_name", ""), _negated=True),
                ),
                name="booking_legalhold_says_why",
                violation_error_code="says_why",
                violation_error_message="A hold says why, and who set it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("lifted_at__isnull", True), ("lifted_by_name", ""), ("lifted_reason", "")
                    ),
                    models.Q(
                        ("lifted_at__isnull", False),
                        models.Q(("lifted_by_name", ""), _negated=True),
                        models.Q(("lifted_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="booking_legalhold_lifted_says_why",
                violation_error_code="lifted_says_why",
                violation_error_message="A hold that was lifted says when, by whom and why.",
            ),
        ),
    ]
