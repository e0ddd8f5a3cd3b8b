"""No slug, moment or revision that breaks a page. Older revisions stay as they are."""

import datetime

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import conditions.models.revision


class Migration(migrations.Migration):
    dependencies = [
        ("conditions", "0007_content_leaves_signing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name="condition",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__regex", "^[-a-zA-Z0-9_]+$")),
                name="conditions_condition_slug_is_one",
                violation_error_code="slug_is_one",
                violation_error_message="Use letters, digits and hyphens alone.",
            ),
        ),
        migrations.AddConstraint(
            model_name="condition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unpublish_at__isnull", True),
                    ("unpublish_at__lt", datetime.datetime(2200, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                    _connector="OR",
                ),
                name="conditions_condition_ends_in_time",
                violation_error_code="ends_in_time",
                violation_error_message="Choose a time before the year 2200.",
            ),
        ),
        migrations.AddConstraint(
            model_name="formerslug",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__regex", "^[-a-zA-Z0-9_]+$")),
                name="conditions_formerslug_slug_is_one",
                violation_error_code="slug_is_one",
                violation_error_message="Use letters, digits and hyphens alone.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("publish_at__lt", datetime.datetime(2200, 1, 1, 0, 0, tzinfo=datetime.UTC))
                ),
                name="conditions_revision_appears_in_time",
                violation_error_code="appears_in_time",
                violation_error_message="Choose a time before the year 2200.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '$.sections.type() == "array" && $.sources.type() == "array" && !exists($.sections[*] ? (@.type() != "object" || !(@.aspect.type() == "string") || !(@.heading.type() == "string") || !(@.body.type() == "string"))) && !exists($.sources[*] ? (@.type() != "object" || !(@.key.type() == "string") || !(@.title.type() == "string") || !(@.publisher.type() == "string") || !(@.url.type() == "string") || !(@.identifier.type() == "string"))) && ($.lede.type() == "string") && (!exists($.glossary) || $.glossary.type() == "array") && !exists($.glossary[*] ? (@.type() != "object" || !(@.term.type() == "string") || !(@.definition.type() == "string") || !(@.forms.type() == "array"))) && (!exists($.images) || $.images.type() == "array") && !exists($.images[*] ? (@.type() != "object" || !(@.aspect.type() == "string") || !(@.name.type() == "string") || !(@.alt.type() == "string") || !(@.caption.type() == "string") || !(@.credit.type() == "string")))'
                    )
                ),
                name="conditions_revision_well_formed",
                violation_error_code="well_formed",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '$.names.type() == "array" && $.red_flags.type() == "array" && $.self_care.type() == "array" && $.offers.type() == "array" && !exists($.names[*] ? (@.type() != "string")) && !exists($.red_flags[*] ? (@.type() != "object" || !(@.code.type() == "string") || !(@.label.type() == "string") || !(@.statement.type() == "string") || !(@.question.type() == "string") || !(@.level.type() == "string") || !(@.own_level.type() == "string") || !(@.qualifier.type() == "string"))) && !exists($.self_care[*] ? (@.type() != "object" || !(@.kind.type() == "string") || !(@.title.type() == "string") || !(@.text.type() == "string") || !(@.level.type() == "string"))) && !exists($.offers[*] ? (@.type() != "object" || !(@.treatment.type() == "string") || !(@.title.type() == "string") || !(@.claims.type() == "array") || !(@.cautions.type() == "array") || !(@.remedies.type() == "array"))) && !exists($.offers[*].claims[*] ? (@.type() != "object" || !(@.text.type() == "string") || !(@.level.type() == "string") || !(@.sources.type() == "array"))) && !exists($.offers[*].remedies[*].claims[*] ? (@.type() != "object" || !(@.text.type() == "string") || !(@.level.type() == "string") || !(@.sources.type() == "array"))) && !exists($.offers[*].cautions[*] ? (@.type() != "object" || !(@.with_kind.type() == "string") || !(@.with_what.type() == "string") || !(@.effect.type() == "string") || !(@.advice.type() == "string") || !(@.basis.type() == "string") || !(@.sources.type() == "array"))) && !exists($.offers[*].remedies[*].cautions[*] ? (@.type() != "object" || !(@.with_kind.type() == "string") || !(@.with_what.type() == "string") || !(@.effect.type() == "string") || !(@.advice.type() == "string") || !(@.basis.type() == "string") || !(@.sources.type() == "array"))) && !exists($.offers[*].remedies[*] ? (@.type() != "object" || !(@.kind.type() == "string") || !(@.slug.type() == "string") || !(@.name.type() == "string") || !(@.latin_name.type() == "string") || !(@.part_used.type() == "string") || !(@.who_code.type() == "string") || !(@.other_code.type() == "string") || !(@.pinyin.type() == "string") || !(@.english_name.type() == "string") || !(@.level_with.type() == "string") || !(@.cautions.type() == "array") || !(@.claims.type() == "array"))) && (!exists($.related) || $.related.type() == "array") && !exists($.related[*] ? (@.type() != "object" || !(@.slug.type() == "string") || !(@.kind.type() == "string") || !(@.question.type() == "string") || !(@.text.type() == "string")))'
                    ),
                    ("condition__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_well_formed_condition",
                violation_error_code="well_formed_condition",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '$.may_help.type() == "array" && $.cautions.type() == "array" && $.remedies.type() == "array" && !exists($.may_help[*] ? (@.type() != "object" || !(@.label.type() == "string") || !(@.text.type() == "string") || !(@.level.type() == "string") || !(@.sources.type() == "array"))) && !exists($.cautions[*] ? (@.type() != "object" || !(@.with_kind.type() == "string") || !(@.with_what.type() == "string") || !(@.effect.type() == "string") || !(@.advice.type() == "string") || !(@.basis.type() == "string") || !(@.sources.type() == "array"))) && !exists($.remedies[*] ? (@.type() != "object" || !(@.kind.type() == "string") || !(@.slug.type() == "string") || !(@.name.type() == "string") || !(@.latin_name.type() == "string") || !(@.part_used.type() == "string") || !(@.who_code.type() == "string") || !(@.other_code.type() == "string") || !(@.pinyin.type() == "string") || !(@.english_name.type() == "string") || !(@.level_with.type() == "string") || !(@.cautions.type() == "array"))) && !exists($.remedies[*].cautions[*] ? (@.type() != "object" || !(@.with_kind.type() == "string") || !(@.with_what.type() == "string") || !(@.effect.type() == "string") || !(@.advice.type() == "string") || !(@.basis.type() == "string") || !(@.sources.type() == "array")))'
                    ),
                    ("treatment__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_well_formed_treatment",
                violation_error_code="well_formed_treatment",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        migrations.AddConstraint(
            model_name="treatment",
            constraint=models.CheckConstraint(
                condition=models.Q(("slug__regex", "^[-a-zA-Z0-9_]+$")),
                name="conditions_treatment_slug_is_one",
                violation_error_code="slug_is_one",
                violation_error_message="Use letters, digits and hyphens alone.",
            ),
        ),
        migrations.AddConstraint(
            model_name="treatment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("unpublish_at__isnull", True),
                    ("unpublish_at__lt", datetime.datetime(2200, 1, 1, 0, 0, tzinfo=datetime.UTC)),
                    _connector="OR",
                ),
                name="conditions_treatment_ends_in_time",
                violation_error_code="ends_in_time",
                violation_error_message="Choose a time before the year 2200.",
            ),
        ),
    ]
