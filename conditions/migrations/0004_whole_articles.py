"""What whole articles need. The rules for revisions hold from now on: older ones stay as they are."""

import django.contrib.postgres.search
import django.db.models.deletion
import django.db.models.fields.json
import django.db.models.functions.comparison
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import conditions.models.revision


class Migration(migrations.Migration):
    dependencies = [
        ("conditions", "0003_revision_is_whole"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Amount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("label", models.CharField(help_text="What is counted: Magnesium.", max_length=60)),
                ("low", models.DecimalField(decimal_places=2, max_digits=8, verbose_name="amount")),
                (
                    "high",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        help_text="For a range.",
                        max_digits=8,
                        null=True,
                        verbose_name="up to",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[("g", "g"), ("mg", "mg"), ("mcg", "mcg")],
                        default="mg",
                        max_length=5,
                    ),
                ),
                (
                    "per",
                    models.CharField(help_text="In 1 ounce; a day, for adults.", max_length=80),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="EmptySearch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("query", models.CharField(max_length=60, unique=True)),
                ("times", models.PositiveIntegerField(default=1)),
                ("last_on", models.DateField()),
            ],
            options={
                "verbose_name": "search that found nothing",
                "verbose_name_plural": "searches that found nothing",
                "ordering": ["-times", "query"],
            },
        ),
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("was_helpful", models.BooleanField(verbose_name="helpful")),
                ("text", models.CharField(blank=True, max_length=500)),
                ("sent_on", models.DateField()),
                (
                    "is_done",
                    models.BooleanField(
                        default=False,
                        help_text="Ticked, it leaves the list of what is to do.",
                        verbose_name="dealt with",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "feedback",
                "ordering": ["-sent_on", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="FormerSlug",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80)),
            ],
            options={
                "verbose_name": "old address",
                "verbose_name_plural": "old addresses",
                "ordering": ["slug", "pk"],
            },
        ),
        migrations.CreateModel(
            name="GlossaryTerm",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("term", models.CharField(max_length=80, unique=True)),
                (
                    "forms",
                    models.TextField(
                        blank=True, help_text="Other forms of the word, one a line: fasciculations."
                    ),
                ),
                (
                    "definition",
                    models.CharField(help_text="One or two plain sentences.", max_length=300),
                ),
            ],
            options={
                "ordering": ["term", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Illustration",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "aspect",
                    models.CharField(
                        choices=[
                            ("overview", "What is going on"),
                            ("symptoms", "What you may notice"),
                            ("causes", "What can set it off"),
                            ("outlook", "How long it lasts"),
                            ("see_doctor", "When to see a doctor"),
                            ("self_care", "What you can do at home"),
                            ("prevention", "How to keep it from coming back"),
                            ("usual_care", "What other doctors may offer"),
                            ("tradition", "How Chinese medicine sees it"),
                            ("what_happens", "What happens"),
                            ("how_chosen", "How it is chosen for you"),
                            ("may_help", "What it may help"),
                            ("treatments", "What the clinic offers"),
                            ("risks", "Risks, and who should ask first"),
                            ("remedies", "What we use"),
                            ("points", "Points on the back"),
                            ("visit", "At your visit"),
                        ],
                        max_length=20,
                        verbose_name="shown under",
                    ),
                ),
                (
                    "alt",
                    models.CharField(
                        blank=True,
                        help_text="What it shows, for people who cannot see it.",
                        max_length=250,
                        verbose_name="description",
                    ),
                ),
                (
                    "is_decorative",
                    models.BooleanField(
                        default=False,
                        help_text="It adds nothing that is not in the text.",
                        verbose_name="only decoration",
                    ),
                ),
                ("caption", models.CharField(blank=True, max_length=200)),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Image",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.CharField(
                        editable=False,
                        help_text="The checksum of what was uploaded. It is the file's name on the site.",
                        max_length=64,
                        unique=True,
                    ),
                ),
                (
                    "file",
                    models.ImageField(
                        height_field="height",
                        max_length=200,
                        upload_to="originals",
                        width_field="width",
                    ),
                ),
                ("width", models.PositiveIntegerField(editable=False)),
                ("height", models.PositiveIntegerField(editable=False)),
                (
                    "title",
                    models.CharField(help_text="For staff, to find it again.", max_length=120),
                ),
                (
                    "credit",
                    models.CharField(
                        blank=True,
                        help_text="Who made it and under which licence, if to be shown.",
                        max_length=200,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="LinkCheck",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("url", models.URLField(max_length=500, unique=True, verbose_name="address")),
                ("checked_at", models.DateTimeField()),
                ("is_alive", models.BooleanField()),
                (
                    "reason",
                    models.CharField(
                        blank=True, help_text="Why it counts as dead.", max_length=200
                    ),
                ),
                (
                    "failures",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="How often in a row it could not be reached."
                    ),
                ),
            ],
            options={
                "verbose_name": "checked link",
                "ordering": ["is_alive", "url"],
            },
        ),
        migrations.CreateModel(
            name="MedicineClass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                (
                    "name",
                    models.CharField(help_text="In plain words: Blood thinners.", max_length=120),
                ),
                (
                    "names",
                    models.TextField(
                        blank=True,
                        help_text="One generic or brand name a line: warfarin, then Coumadin.",
                    ),
                ),
            ],
            options={
                "verbose_name": "kind of medicine",
                "verbose_name_plural": "kinds of medicine",
                "ordering": ["name", "pk"],
            },
        ),
        migrations.CreateModel(
            name="RelatedTopic",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("confused", "Often taken for one another"),
                            ("related", "Also worth reading"),
                        ],
                        default="related",
                        max_length=10,
                    ),
                ),
                (
                    "question",
                    models.CharField(
                        blank=True,
                        help_text="For topics that get mixed up: Cramp or restless legs?",
                        max_length=120,
                    ),
                ),
                (
                    "text",
                    models.CharField(
                        blank=True,
                        help_text="How to tell them apart, in one to three sentences.",
                        max_length=300,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Acupoint",
            fields=[],
            options={
                "verbose_name": "acupuncture point",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("conditions.remedy",),
        ),
        migrations.CreateModel(
            name="Food",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("conditions.remedy",),
        ),
        migrations.CreateModel(
            name="Herb",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("conditions.remedy",),
        ),
        migrations.CreateModel(
            name="Nutrient",
            fields=[],
            options={
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("conditions.remedy",),
        ),
        migrations.AlterModelOptions(
            name="condition",
            options={
                "ordering": ["title", "pk"],
                "permissions": [
                    ("publish_condition", "Can put conditions on the site and take them off"),
                    ("sign_clinical", "Can sign red flags, claims, cautions and reviews"),
                ],
            },
        ),
        migrations.AlterModelOptions(
            name="treatment",
            options={
                "ordering": ["position", "title", "pk"],
                "permissions": [
                    ("publish_treatment", "Can put treatments on the site and take them off")
                ],
            },
        ),
        migrations.AddField(
            model_name="condition",
            name="author",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Shown on the page: Dr. Lisanti.",
                max_length=120,
                verbose_name="written by",
            ),
        ),
        migrations.AddField(
            model_name="condition",
            name="no_emergency_reason",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Only for a page without any: a clinical reviewer says why, and signs it.",
                max_length=300,
                verbose_name="why there is no emergency sign",
            ),
        ),
        migrations.AddField(
            model_name="condition",
            name="no_emergency_signed_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=120,
                verbose_name="signed by",
            ),
        ),
        migrations.AddField(
            model_name="condition",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Once this page is off the site, its address leads there.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="conditions.condition",
            ),
        ),
        migrations.AddField(
            model_name="condition",
            name="review_due_on",
            field=models.DateField(
                blank=True,
                help_text="By when a clinician checks this page again. Needed to publish.",
                null=True,
                verbose_name="next review by",
            ),
        ),
        migrations.AddField(
            model_name="conditionredflag",
            name="lowered_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=120,
                verbose_name="less urgent here, signed by",
            ),
        ),
        migrations.AddField(
            model_name="redflag",
            name="search_words",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="One phrase a line, as worried people write it: can't speak. Whoever searches for one sees the emergency card first. No words that are harmless alone.",
                verbose_name="words that mean danger",
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="allergy_family",
            field=models.CharField(
                blank=True, db_default="", default="", help_text="Daisy family.", max_length=120
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="forms",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="How it is taken: tea, tincture.",
                max_length=120,
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="is_offered",
            field=models.BooleanField(
                db_default=True,
                default=True,
                help_text="Untick for what an article only warns about, such as kava.",
                verbose_name="used at the clinic",
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="no_cautions_signed_by",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                help_text="Who confirmed that no caution is known.",
                max_length=120,
                verbose_name="none known, signed by",
            ),
        ),
        migrations.AddField(
            model_name="remedy",
            name="no_cautions_signed_on",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="remedy",
            name="pregnancy",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="One short sentence.",
                max_length=200,
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="replaced_by",
            field=models.ForeignKey(
                blank=True,
                help_text="Once this page is off the site, its address leads there.",
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="conditions.treatment",
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="withdrawn_at",
            field=models.DateTimeField(
                blank=True,
                help_text="A scheduled revision that shall not appear after all.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="author",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Shown on the page: Dr. Lisanti.",
                max_length=120,
                verbose_name="written by",
            ),
        ),
        migrations.AddField(
            model_name="treatment",
            name="review_due_on",
            field=models.DateField(
                blank=True,
                help_text="By when a clinician checks this page again. Needed to publish.",
                null=True,
                verbose_name="next review by",
            ),
        ),
        migrations.AlterField(
            model_name="conditionredflag",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("emergency", "Emergency: call the emergency number now"),
                    ("urgent", "Urgent: be seen today"),
                    ("see_doctor", "See a doctor in the next days"),
                ],
                help_text="Only if it differs here. Empty: as the red flag says.",
                max_length=20,
            ),
        ),
        migrations.AlterField(
            model_name="remedy",
            name="amounts",
            field=models.TextField(
                blank=True,
                help_text="What the rows of amounts can't say. Plain text.",
                verbose_name="amounts, in words",
            ),
        ),
        migrations.AlterField(
            model_name="revision",
            name="note",
            field=models.CharField(
                blank=True,
                help_text="One line, shown on the page.",
                max_length=300,
                verbose_name="what changed",
            ),
        ),
        migrations.AddConstraint(
            model_name="condition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("no_emergency_signed_by", ""),
                    models.Q(("no_emergency_reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="conditions_condition_signs_a_reason",
                violation_error_code="signs_a_reason",
                violation_error_message="Write the reason before it is signed.",
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("no_cautions_signed_by", ""), ("no_cautions_signed_on__isnull", True)
                    ),
                    models.Q(
                        models.Q(("no_cautions_signed_by", ""), _negated=True),
                        ("no_cautions_signed_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="conditions_remedy_signed_with_day",
                violation_error_code="signed_with_day",
                violation_error_message="A signature has a name and a day.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        'strict $.title like_regex "\\\\S" && $.summary like_regex "\\\\S"'
                    )
                ),
                name="conditions_revision_has_words",
                violation_error_code="has_words",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        'strict $.review_due_on like_regex "^\\\\d{4}-\\\\d{2}-\\\\d{2}$"'
                    )
                ),
                name="conditions_revision_review_is_due",
                violation_error_code="review_is_due",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '!exists($.images[*] ? (@.is_decorative == false && !(@.alt like_regex "\\\\S")))'
                    )
                ),
                name="conditions_revision_images_are_described",
                violation_error_code="images_are_described",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        'exists($.sections[*] ? (@.aspect == "overview" && @.body like_regex "(^|>)\\\\s*[^<\\\\s]"))'
                    ),
                    ("condition__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_has_overview",
                violation_error_code="has_overview",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        'exists($.self_care[*] ? (@.text like_regex "\\\\S")) || exists($.sections[*] ? (@.aspect == "self_care" && @.body like_regex "(^|>)\\\\s*[^<\\\\s]"))'
                    ),
                    ("condition__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_has_self_care",
                violation_error_code="has_self_care",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        'exists($.red_flags[*] ? (@.level == "emergency")) || ($.no_emergency.reason like_regex "\\\\S" && $.no_emergency.signed_by like_regex "\\\\S")'
                    ),
                    ("condition__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_has_emergency",
                violation_error_code="has_emergency",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '!exists($.offers[*].claims[*] ? ((@.level == "against" || @.level == "high" || @.level == "low" || @.level == "moderate" || @.level == "very_low") && @.sources.size() == 0)) && !exists($.offers[*].remedies[*].claims[*] ? ((@.level == "against" || @.level == "high" || @.level == "low" || @.level == "moderate" || @.level == "very_low") && @.sources.size() == 0))'
                    ),
                    ("condition__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_claims_have_sources",
                violation_error_code="claims_have_sources",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '!exists($.offers[*].remedies[*] ? (@.cautions.size() == 0 && !(@.no_cautions_signed_by like_regex "\\\\S")))'
                    ),
                    ("condition__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_remedies_have_cautions",
                violation_error_code="remedies_have_cautions",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '!exists($.may_help[*] ? ((@.level == "against" || @.level == "high" || @.level == "low" || @.level == "moderate" || @.level == "very_low") && @.sources.size() == 0))'
                    ),
                    ("treatment__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_may_help_has_sources",
                violation_error_code="may_help_has_sources",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '!exists($.remedies[*] ? (@.cautions.size() == 0 && !(@.no_cautions_signed_by like_regex "\\\\S")))'
                    ),
                    ("treatment__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_uses_have_cautions",
                violation_error_code="uses_have_cautions",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        migrations.AddField(
            model_name="amount",
            name="remedy",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="amount_rows",
                to="conditions.remedy",
            ),
        ),
        migrations.AddField(
            model_name="amount",
            name="source",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="amounts",
                to="conditions.source",
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="condition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="feedback",
                to="conditions.condition",
            ),
        ),
        migrations.AddField(
            model_name="feedback",
            name="treatment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="feedback",
                to="conditions.treatment",
            ),
        ),
        migrations.AddField(
            model_name="formerslug",
            name="condition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="former_slugs",
                to="conditions.condition",
            ),
        ),
        migrations.AddField(
            model_name="formerslug",
            name="treatment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="former_slugs",
                to="conditions.treatment",
            ),
        ),
        migrations.AddField(
            model_name="illustration",
            name="condition",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="illustrations",
                to="conditions.condition",
            ),
        ),
        migrations.AddField(
            model_name="illustration",
            name="treatment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="illustrations",
                to="conditions.treatment",
            ),
        ),
        migrations.AddField(
            model_name="image",
            name="created_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="illustration",
            name="image",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="illustrations",
                to="conditions.image",
            ),
        ),
        migrations.AddField(
            model_name="caution",
            name="medicine_classes",
            field=models.ManyToManyField(
                blank=True,
                help_text="For a caution about medicines: which kinds it is about.",
                related_name="cautions",
                to="conditions.medicineclass",
            ),
        ),
        migrations.AddField(
            model_name="relatedtopic",
            name="condition",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="related_topics",
                to="conditions.condition",
            ),
        ),
        migrations.AddField(
            model_name="relatedtopic",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="conditions.condition",
            ),
        ),
        migrations.AddConstraint(
            model_name="amount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("low__gte", 0),
                    models.Q(
                        ("high__isnull", True), ("high__gt", models.F("low")), _connector="OR"
                    ),
                ),
                name="conditions_amount_low_to_high",
                violation_error_code="low_to_high",
                violation_error_message="The second figure is higher than the first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="amount",
            constraint=models.CheckConstraint(
                condition=models.Q(("unit__in", ["g", "mg", "mcg"])),
                name="conditions_amount_unit_is_known",
                violation_error_code="unit_is_known",
                violation_error_message="Choose g, mg or mcg.",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("condition__isnull", False), ("treatment__isnull", True)),
                    models.Q(("condition__isnull", True), ("treatment__isnull", False)),
                    _connector="OR",
                ),
                name="conditions_feedback_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="Feedback is about one article.",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerslug",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("condition__isnull", False), ("treatment__isnull", True)),
                    models.Q(("condition__isnull", True), ("treatment__isnull", False)),
                    _connector="OR",
                ),
                name="conditions_formerslug_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="An old address belongs to one article.",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerslug",
            constraint=models.UniqueConstraint(
                condition=models.Q(("condition__isnull", False)),
                fields=("slug",),
                name="conditions_formerslug_condition_once",
                violation_error_code="once",
                violation_error_message="That old address already leads to an article.",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerslug",
            constraint=models.UniqueConstraint(
                condition=models.Q(("treatment__isnull", False)),
                fields=("slug",),
                name="conditions_formerslug_treatment_once",
                violation_error_code="once",
                violation_error_message="That old address already leads to a treatment.",
            ),
        ),
        migrations.AddConstraint(
            model_name="illustration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("condition__isnull", False), ("treatment__isnull", True)),
                    models.Q(("condition__isnull", True), ("treatment__isnull", False)),
                    _connector="OR",
                ),
                name="conditions_illustration_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="An illustration belongs to one article.",
            ),
        ),
        migrations.AddConstraint(
            model_name="illustration",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "aspect__in",
                        [
                            "overview",
                            "symptoms",
                            "causes",
                            "outlook",
                            "see_doctor",
                            "self_care",
                            "prevention",
                            "usual_care",
                            "tradition",
                            "what_happens",
                            "how_chosen",
                            "may_help",
                            "treatments",
                            "risks",
                            "remedies",
                            "points",
                            "visit",
                        ],
                    )
                ),
                name="conditions_illustration_aspect_is_known",
                violation_error_code="aspect_is_known",
                violation_error_message="Choose one of the aspects.",
            ),
        ),
        migrations.AddConstraint(
            model_name="illustration",
            constraint=models.CheckConstraint(
                condition=models.Q(("alt", ""), ("is_decorative", False), _connector="OR"),
                name="conditions_illustration_alt_or_decorative",
                violation_error_code="alt_or_decorative",
                violation_error_message="Write a description, or mark it as decoration, not both.",
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="search",
            field=conditions.models.revision.StoredField(
                db_persist=True,
                expression=django.contrib.postgres.search.CombinedSearchVector(
                    django.contrib.postgres.search.CombinedSearchVector(
                        django.contrib.postgres.search.CombinedSearchVector(
                            django.contrib.postgres.search.SearchVector(
                                django.db.models.fields.json.KeyTextTransform("title", "document"),
                                config="english",
                                weight="A",
                            ),
                            "||",
                            django.contrib.postgres.search.SearchVector(
                                django.db.models.fields.json.KeyTextTransform("names", "document"),
                                config="english",
                                weight="B",
                            ),
                            django.contrib.postgres.search.SearchConfig("english"),
                        ),
                        "||",
                        django.contrib.postgres.search.SearchVector(
                            django.db.models.fields.json.KeyTextTransform("summary", "document"),
                            config="english",
                            weight="C",
                        ),
                        django.contrib.postgres.search.SearchConfig("english"),
                    ),
                    "||",
                    django.contrib.postgres.search.SearchVector(
                        django.db.models.functions.comparison.Cast(
                            models.Func(
                                "document",
                                models.Value("$.sections[*].body"),
                                function="jsonb_path_query_array",
                                output_field=models.JSONField(),
                            ),
                            models.TextField(),
                        ),
                        config="english",
                        weight="D",
                    ),
                    django.contrib.postgres.search.SearchConfig("english"),
                ),
                output_field=django.contrib.postgres.search.SearchVectorField(),
            ),
        ),
        migrations.AddConstraint(
            model_name="relatedtopic",
            constraint=models.UniqueConstraint(
                fields=("condition", "other"),
                name="conditions_relatedtopic_once",
                violation_error_code="once",
                violation_error_message="This article already points there.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relatedtopic",
            constraint=models.CheckConstraint(
                condition=models.Q(("condition", models.F("other")), _negated=True),
                name="conditions_relatedtopic_another",
                violation_error_code="another",
                violation_error_message="Choose another article than this one.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relatedtopic",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["confused", "related"])),
                name="conditions_relatedtopic_kind_is_known",
                violation_error_code="kind_is_known",
                violation_error_message="Choose how the two belong together.",
            ),
        ),
        migrations.AddConstraint(
            model_name="relatedtopic",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "confused"), _negated=True),
                    models.Q(
                        models.Q(("question", ""), _negated=True),
                        models.Q(("text", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="conditions_relatedtopic_tells_apart",
                violation_error_code="tells_apart",
                violation_error_message="Write the question, and how to tell the two apart.",
            ),
        ),
    ]
