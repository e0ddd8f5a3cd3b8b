import django.contrib.postgres.operations
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(),
        migrations.CreateModel(
            name="Source",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "key",
                    models.SlugField(
                        help_text="A short name that never changes, such as nhs-twitching.",
                        max_length=80,
                        unique=True,
                    ),
                ),
                ("title", models.CharField(max_length=300)),
                (
                    "publisher",
                    models.CharField(help_text="Who published it, or the journal.", max_length=200),
                ),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "url",
                    models.URLField(
                        blank=True,
                        max_length=500,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^https://", "Use an address that starts with https://."
                            )
                        ],
                        verbose_name="address",
                    ),
                ),
                (
                    "identifier",
                    models.CharField(
                        blank=True,
                        help_text="A DOI, PubMed or Cochrane number, if it has one.",
                        max_length=120,
                    ),
                ),
            ],
            options={
                "ordering": ["title", "key"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("url", ""), ("url__startswith", "https://"), _connector="OR"
                        ),
                        name="conditions_source_url_is_https",
                        violation_error_code="url_is_https",
                        violation_error_message="Use an address that starts with https://.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RedFlag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        help_text="Never changes, such as speech.slurred.",
                        max_length=80,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]+([._-][a-z0-9]+)*$",
                                "Use small letters, digits and dots, such as speech.slurred.",
                            )
                        ],
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        help_text="A few words, such as Slurred speech.", max_length=120
                    ),
                ),
                (
                    "statement",
                    models.CharField(
                        help_text="In the list of an article: Slurred speech, or words that will not come.",
                        max_length=300,
                    ),
                ),
                (
                    "question",
                    models.CharField(
                        help_text="Asked before a booking: Is your speech slurred?", max_length=300
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("emergency", "Emergency: call the emergency number now"),
                            ("urgent", "Urgent: be seen today"),
                            ("see_doctor", "See a doctor in the next days"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "is_global",
                    models.BooleanField(
                        default=False,
                        help_text="Asked whatever page the person came from.",
                        verbose_name="asked before every booking",
                    ),
                ),
                (
                    "is_active",
                    models.BooleanField(
                        default=True,
                        help_text="Switch off instead of deleting.",
                        verbose_name="in use",
                    ),
                ),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Order among the ones that are asked before every booking.",
                    ),
                ),
                (
                    "version",
                    models.PositiveIntegerField(
                        default=1,
                        editable=False,
                        help_text="Goes up when the statement, question or level changes.",
                    ),
                ),
                ("reviewed_by", models.CharField(blank=True, max_length=120)),
                ("reviewed_on", models.DateField(blank=True, null=True)),
                (
                    "sources",
                    models.ManyToManyField(
                        blank=True, related_name="red_flags", to="conditions.source"
                    ),
                ),
            ],
            options={
                "ordering": ["position", "code"],
            },
        ),
        migrations.CreateModel(
            name="Condition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address.", max_length=80, unique=True
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                (
                    "summary",
                    models.CharField(
                        blank=True,
                        help_text="One sentence, for lists and search engines.",
                        max_length=300,
                    ),
                ),
                (
                    "lede",
                    models.TextField(
                        blank=True, help_text="Plain text.", verbose_name="first paragraph"
                    ),
                ),
                ("unpublish_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[("symptom", "Symptom"), ("condition", "Condition")],
                        default="symptom",
                        max_length=20,
                    ),
                ),
                (
                    "body_area",
                    models.CharField(
                        choices=[
                            ("muscles_nerves", "Muscles and nerves"),
                            ("head", "Head, face and jaw"),
                            ("neck_back", "Neck and back"),
                            ("arms_hands", "Arms and hands"),
                            ("legs_feet", "Legs and feet"),
                            ("chest", "Chest and breathing"),
                            ("belly", "Belly and digestion"),
                            ("skin", "Skin"),
                            ("sleep_mood", "Sleep and mood"),
                            ("whole_body", "Whole body"),
                        ],
                        db_default="muscles_nerves",
                        default="muscles_nerves",
                        max_length=20,
                    ),
                ),
                ("sources", models.ManyToManyField(blank=True, to="conditions.source")),
            ],
            options={
                "ordering": ["title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Treatment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "slug",
                    models.SlugField(
                        help_text="The last part of the address.", max_length=80, unique=True
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                (
                    "summary",
                    models.CharField(
                        blank=True,
                        help_text="One sentence, for lists and search engines.",
                        max_length=300,
                    ),
                ),
                (
                    "lede",
                    models.TextField(
                        blank=True, help_text="Plain text.", verbose_name="first paragraph"
                    ),
                ),
                ("unpublish_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "position",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Order on the treatments page."
                    ),
                ),
                ("sources", models.ManyToManyField(blank=True, to="conditions.source")),
            ],
            options={
                "ordering": ["position", "title", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Section",
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
                    ),
                ),
                (
                    "heading",
                    models.CharField(
                        blank=True, help_text="Empty: the usual heading.", max_length=120
                    ),
                ),
                (
                    "body",
                    models.TextField(
                        blank=True,
                        help_text="Small HTML: p, ul, ol, li, strong, em, h3 and a. Links start with /, #, https:, tel: or mailto:. Anything else is taken out.",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "condition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="conditions.condition",
                    ),
                ),
                (
                    "treatment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sections",
                        to="conditions.treatment",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Revision",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("document", models.JSONField()),
                ("publish_at", models.DateTimeField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("by_name", models.CharField(max_length=150)),
                ("note", models.CharField(blank=True, max_length=300)),
                (
                    "condition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="conditions.condition",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "treatment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="revisions",
                        to="conditions.treatment",
                    ),
                ),
            ],
            options={
                "ordering": ["-publish_at", "-number"],
            },
        ),
        migrations.CreateModel(
            name="Remedy",
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
                            ("herb", "Herb"),
                            ("food", "Food"),
                            ("nutrient", "Nutrient"),
                            ("acupoint", "Acupuncture point"),
                        ],
                        max_length=20,
                    ),
                ),
                ("slug", models.SlugField(max_length=80, unique=True)),
                ("name", models.CharField(max_length=120)),
                ("latin_name", models.CharField(blank=True, max_length=120)),
                ("part_used", models.CharField(blank=True, max_length=120)),
                (
                    "who_code",
                    models.CharField(
                        blank=True, help_text="BL13", max_length=10, verbose_name="WHO code"
                    ),
                ),
                ("other_code", models.CharField(blank=True, help_text="UB13", max_length=10)),
                ("pinyin", models.CharField(blank=True, max_length=60)),
                (
                    "english_name",
                    models.CharField(blank=True, max_length=120, verbose_name="English name"),
                ),
                (
                    "level_with",
                    models.CharField(
                        blank=True,
                        help_text="The vertebra: T3, L2. Places it on the drawing.",
                        max_length=10,
                    ),
                ),
                (
                    "midline_cun",
                    models.DecimalField(
                        blank=True,
                        decimal_places=1,
                        help_text="1.5 for the inner bladder line. Needed for the drawing.",
                        max_digits=3,
                        null=True,
                        verbose_name="cun from the midline",
                    ),
                ),
                ("location", models.CharField(blank=True, max_length=300)),
                (
                    "over_lung",
                    models.CharField(
                        blank=True,
                        help_text="Empty, or how near the lung is, in plain words.",
                        max_length=200,
                    ),
                ),
                (
                    "tradition",
                    models.CharField(
                        blank=True, help_text="Follows “Traditionally linked with”.", max_length=300
                    ),
                ),
                (
                    "amounts",
                    models.TextField(blank=True, help_text="Amounts with unit. Plain text."),
                ),
                ("note", models.TextField(blank=True, help_text="Plain text.")),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "treatment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="remedies",
                        to="conditions.treatment",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "remedies",
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Claim",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "label",
                    models.CharField(
                        blank=True,
                        help_text="For the treatment's own page: Long-lasting pain.",
                        max_length=80,
                    ),
                ),
                ("text", models.CharField(max_length=600)),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("against", "Against: studied, little or no benefit"),
                            ("none_found", "None found: no studies in people"),
                            ("traditional_only", "Traditional use only"),
                            ("very_low", "Very low"),
                            ("low", "Low"),
                            ("moderate", "Moderate"),
                            ("high", "High"),
                        ],
                        max_length=20,
                        verbose_name="evidence",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "condition",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claims",
                        to="conditions.condition",
                    ),
                ),
                (
                    "remedy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="conditions.remedy",
                    ),
                ),
                (
                    "sources",
                    models.ManyToManyField(
                        blank=True, related_name="claims", to="conditions.source"
                    ),
                ),
                (
                    "treatment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="claims",
                        to="conditions.treatment",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="Caution",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "with_kind",
                    models.CharField(
                        choices=[
                            ("medicine_class", "A kind of medicine"),
                            ("medicine", "A medicine"),
                            ("condition", "A health problem"),
                            ("pregnancy", "Pregnancy or breastfeeding"),
                            ("surgery", "Surgery"),
                            ("allergy", "An allergy"),
                            ("general", "Everyone"),
                        ],
                        max_length=20,
                        verbose_name="about",
                    ),
                ),
                (
                    "with_what",
                    models.CharField(help_text="Blood thinners such as warfarin.", max_length=160),
                ),
                (
                    "effect",
                    models.CharField(help_text="What may happen. One sentence.", max_length=300),
                ),
                (
                    "advice",
                    models.CharField(
                        choices=[
                            ("avoid", "Avoid it"),
                            ("ask_first", "Ask first"),
                            ("space_doses", "Take them at different times"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "basis",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("trial", "Seen in trials."),
                            ("case_report", "Reported in patients."),
                            ("label", "Stated in official guidance."),
                            ("theoretical", "Expected from how it works, not shown in people."),
                            ("traditional", "Known from tradition."),
                        ],
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "remedy",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cautions",
                        to="conditions.remedy",
                    ),
                ),
                (
                    "sources",
                    models.ManyToManyField(
                        blank=True, related_name="cautions", to="conditions.source"
                    ),
                ),
                (
                    "treatment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="cautions",
                        to="conditions.treatment",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
            },
        ),
        migrations.CreateModel(
            name="ConditionName",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="conditions.condition",
                    ),
                ),
            ],
            options={
                "verbose_name": "other name",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("condition", "name"),
                        name="conditions_conditionname_once",
                        violation_error_code="once",
                        violation_error_message="This article already has that name.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConditionRedFlag",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "qualifier",
                    models.CharField(
                        blank=True,
                        help_text="Follows the statement: together with spasms.",
                        max_length=200,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("emergency", "Emergency: call the emergency number now"),
                            ("urgent", "Urgent: be seen today"),
                            ("see_doctor", "See a doctor in the next days"),
                        ],
                        help_text="Only to make it more urgent here. Empty: as the red flag says.",
                        max_length=20,
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="red_flag_links",
                        to="conditions.condition",
                    ),
                ),
                (
                    "red_flag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="condition_links",
                        to="conditions.redflag",
                    ),
                ),
            ],
            options={
                "verbose_name": "red flag of an article",
                "verbose_name_plural": "red flags of articles",
                "ordering": ["position", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("condition", "red_flag"),
                        name="conditions_conditionredflag_once",
                        violation_error_code="once",
                        violation_error_message="This article already has that red flag.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("level__in", ["", "emergency", "urgent", "see_doctor"])
                        ),
                        name="conditions_conditionredflag_level_is_known",
                        violation_error_code="level_is_known",
                        violation_error_message="Choose emergency, urgent or see a doctor.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "reviewer",
                    models.CharField(help_text="Shown on the page: Dr. Lisanti.", max_length=120),
                ),
                ("reviewed_on", models.DateField()),
                (
                    "scope",
                    models.CharField(
                        choices=[("full", "The whole article"), ("partial", "A part of it")],
                        default="full",
                        max_length=20,
                    ),
                ),
                ("next_on", models.DateField(blank=True, null=True, verbose_name="next review by")),
                (
                    "note",
                    models.CharField(
                        blank=True, help_text="What was checked or changed.", max_length=300
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reviews",
                        to="conditions.revision",
                    ),
                ),
            ],
            options={
                "ordering": ["-reviewed_on", "-pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("scope__in", ["full", "partial"])),
                        name="conditions_review_scope_is_known",
                        violation_error_code="scope_is_known",
                        violation_error_message="Choose the whole article or a part of it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("next_on__isnull", True),
                            ("next_on__gt", models.F("reviewed_on")),
                            _connector="OR",
                        ),
                        name="conditions_review_next_is_later",
                        violation_error_code="next_is_later",
                        violation_error_message="The next review comes after this one.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SelfCareItem",
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
                            ("do", "Do"),
                            ("dont", "Do not"),
                            ("now", "Right now, step by step"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "title",
                    models.CharField(blank=True, help_text="A few words, or empty.", max_length=80),
                ),
                (
                    "text",
                    models.CharField(
                        help_text="Leave out “do not”: the page adds it to items of that kind.",
                        max_length=400,
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("against", "Against: studied, little or no benefit"),
                            ("none_found", "None found: no studies in people"),
                            ("traditional_only", "Traditional use only"),
                            ("very_low", "Very low"),
                            ("low", "Low"),
                            ("moderate", "Moderate"),
                            ("high", "High"),
                        ],
                        max_length=20,
                        verbose_name="evidence",
                    ),
                ),
                ("position", models.PositiveSmallIntegerField(default=0)),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="self_care_items",
                        to="conditions.condition",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["do", "dont", "now"])),
                        name="conditions_selfcareitem_kind_is_known",
                        violation_error_code="kind_is_known",
                        violation_error_message="Choose do, do not or right now.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "level__in",
                                [
                                    "",
                                    "against",
                                    "none_found",
                                    "traditional_only",
                                    "very_low",
                                    "low",
                                    "moderate",
                                    "high",
                                ],
                            )
                        ),
                        name="conditions_selfcareitem_level_is_known",
                        violation_error_code="level_is_known",
                        violation_error_message="Choose one of the evidence levels.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("kind", "dont"), _negated=True),
                            models.Q(
                                ("text__iregex", "^\\s*(do not|don.t|never)\\y"), _negated=True
                            ),
                            _connector="OR",
                        ),
                        name="conditions_selfcareitem_leaves_out_do_not",
                        violation_error_code="leaves_out_do_not",
                        violation_error_message="Leave out “do not”: the page adds it.",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="redflag",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["emergency", "urgent", "see_doctor"])),
                name="conditions_redflag_level_is_known",
                violation_error_code="level_is_known",
                violation_error_message="Choose emergency, urgent or see a doctor.",
            ),
        ),
        migrations.AddConstraint(
            model_name="redflag",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("statement", ""), _negated=True),
                    models.Q(("question", ""), _negated=True),
                ),
                name="conditions_redflag_has_words",
                violation_error_code="has_words",
                violation_error_message="Write both the statement and the question.",
            ),
        ),
        migrations.AddConstraint(
            model_name="redflag",
            constraint=models.CheckConstraint(
                condition=models.Q(("version__gte", 1)),
                name="conditions_redflag_version_is_positive",
                violation_error_code="version_is_positive",
                violation_error_message="The version starts at 1.",
            ),
        ),
        migrations.AddConstraint(
            model_name="condition",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["symptom", "condition"])),
                name="conditions_condition_kind_is_known",
                violation_error_code="kind_is_known",
                violation_error_message="Choose symptom or condition.",
            ),
        ),
        migrations.AddConstraint(
            model_name="condition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "body_area__in",
                        [
                            "muscles_nerves",
                            "head",
                            "neck_back",
                            "arms_hands",
                            "legs_feet",
                            "chest",
                            "belly",
                            "skin",
                            "sleep_mood",
                            "whole_body",
                        ],
                    )
                ),
                name="conditions_condition_body_area_is_known",
                violation_error_code="body_area_is_known",
                violation_error_message="Choose one of the body areas.",
            ),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("condition__isnull", False), ("treatment__isnull", True)),
                    models.Q(("condition__isnull", True), ("treatment__isnull", False)),
                    _connector="OR",
                ),
                name="conditions_section_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="A section belongs to one article.",
            ),
        ),
        migrations.AddConstraint(
            model_name="section",
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
                name="conditions_section_aspect_is_known",
                violation_error_code="aspect_is_known",
                violation_error_message="Choose one of the aspects.",
            ),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(
                fields=("condition", "aspect"),
                name="conditions_section_condition_aspect_once",
                violation_error_code="aspect_once",
                violation_error_message="This article already has a section of that kind.",
            ),
        ),
        migrations.AddConstraint(
            model_name="section",
            constraint=models.UniqueConstraint(
                fields=("treatment", "aspect"),
                name="conditions_section_treatment_aspect_once",
                violation_error_code="aspect_once",
                violation_error_message="This article already has a section of that kind.",
            ),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(
                fields=["condition", "-publish_at", "-number"], name="conditions_rev_condition_live"
            ),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(
                fields=["treatment", "-publish_at", "-number"], name="conditions_rev_treatment_live"
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("condition__isnull", False), ("treatment__isnull", True)),
                    models.Q(("condition__isnull", True), ("treatment__isnull", False)),
                    _connector="OR",
                ),
                name="conditions_revision_has_one_article",
                violation_error_code="has_one_article",
                violation_error_message="A revision belongs to one article.",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(
                fields=("condition", "number"),
                name="conditions_revision_condition_number",
                violation_error_code="number_taken",
                violation_error_message="This article already has a revision with that number.",
            ),
        ),
        migrations.AddConstraint(
            model_name="revision",
            constraint=models.UniqueConstraint(
                fields=("treatment", "number"),
                name="conditions_revision_treatment_number",
                violation_error_code="number_taken",
                violation_error_message="This article already has a revision with that number.",
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["herb", "food", "nutrient", "acupoint"])),
                name="conditions_remedy_kind_is_known",
                violation_error_code="kind_is_known",
                violation_error_message="Choose herb, food, nutrient or acupuncture point.",
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind", "acupoint"), _negated=True),
                    models.Q(("who_code", ""), _negated=True),
                    _connector="OR",
                ),
                name="conditions_remedy_point_has_code",
                violation_error_code="point_has_code",
                violation_error_message="An acupuncture point needs its WHO code.",
            ),
        ),
        migrations.AddConstraint(
            model_name="remedy",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("midline_cun__isnull", True),
                    models.Q(("midline_cun__gte", 0), ("midline_cun__lte", 6)),
                    _connector="OR",
                ),
                name="conditions_remedy_midline_on_the_back",
                violation_error_code="midline_on_the_back",
                violation_error_message="Between 0 and 6 cun from the midline.",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("condition__isnull", False), ("label", "")),
                    models.Q(("condition__isnull", True), models.Q(("label", ""), _negated=True)),
                    _connector="OR",
                ),
                name="conditions_claim_condition_or_label",
                violation_error_code="condition_or_label",
                violation_error_message="Give either a condition or a label.",
            ),
        ),
        migrations.AddConstraint(
            model_name="claim",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "level__in",
                        [
                            "against",
                            "none_found",
                            "traditional_only",
                            "very_low",
                            "low",
                            "moderate",
                            "high",
                        ],
                    )
                ),
                name="conditions_claim_level_is_known",
                violation_error_code="level_is_known",
                violation_error_message="Choose one of the evidence levels.",
            ),
        ),
        migrations.AddConstraint(
            model_name="caution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("remedy__isnull", False), ("treatment__isnull", True)),
                    models.Q(("remedy__isnull", True), ("treatment__isnull", False)),
                    _connector="OR",
                ),
                name="conditions_caution_has_one_owner",
                violation_error_code="has_one_owner",
                violation_error_message="A caution belongs to a remedy or to a treatment.",
            ),
        ),
        migrations.AddConstraint(
            model_name="caution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "with_kind__in",
                        [
                            "medicine_class",
                            "medicine",
                            "condition",
                            "pregnancy",
                            "surgery",
                            "allergy",
                            "general",
                        ],
                    )
                ),
                name="conditions_caution_kind_is_known",
                violation_error_code="kind_is_known",
                violation_error_message="Choose what the caution is about.",
            ),
        ),
        migrations.AddConstraint(
            model_name="caution",
            constraint=models.CheckConstraint(
                condition=models.Q(("advice__in", ["avoid", "ask_first", "space_doses"])),
                name="conditions_caution_advice_is_known",
                violation_error_code="advice_is_known",
                violation_error_message="Choose avoid, ask first or space doses.",
            ),
        ),
        migrations.AddConstraint(
            model_name="caution",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "basis__in",
                        ["", "trial", "case_report", "label", "theoretical", "traditional"],
                    )
                ),
                name="conditions_caution_basis_is_known",
                violation_error_code="basis_is_known",
                violation_error_message="Choose how this is known.",
            ),
        ),
    ]
