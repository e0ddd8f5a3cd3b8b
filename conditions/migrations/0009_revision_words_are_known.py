"""Levels, kinds and areas in a revision are of the fixed lists. Older revisions stay as they are."""

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import conditions.models.revision


class Migration(migrations.Migration):
    dependencies = [
        ("conditions", "0008_refuse_what_breaks_pages"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '!exists($.sections[*] ? (!(@.aspect like_regex "^(overview|symptoms|causes|outlook|see_doctor|self_care|prevention|usual_care|tradition|what_happens|how_chosen|may_help|treatments|risks|remedies|points|visit)$"))) && !exists($.images[*] ? (!(@.aspect like_regex "^(overview|symptoms|causes|outlook|see_doctor|self_care|prevention|usual_care|tradition|what_happens|how_chosen|may_help|treatments|risks|remedies|points|visit)$")))'
                    )
                ),
                name="conditions_revision_words_are_known",
                violation_error_code="words_are_known",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '$.kind like_regex "^(symptom|condition)$" && $.body_area like_regex "^(muscles_nerves|head|neck_back|arms_hands|legs_feet|chest|belly|skin|sleep_mood|whole_body)$" && !exists($.red_flags[*] ? (!(@.level like_regex "^(emergency|urgent|see_doctor)$") || !(@.own_level like_regex "^(|emergency|urgent|see_doctor)$"))) && !exists($.self_care[*] ? (!(@.kind like_regex "^(do|dont|now)$") || !(@.level like_regex "^(|against|none_found|traditional_only|very_low|low|moderate|high)$"))) && !exists($.related[*] ? (!(@.kind like_regex "^(confused|related)$"))) && !exists($.offers[*].remedies[*] ? (!(@.kind like_regex "^(herb|food|nutrient|acupoint)$"))) && !exists($.offers[*].claims[*] ? (!(@.level like_regex "^(against|none_found|traditional_only|very_low|low|moderate|high)$"))) && !exists($.offers[*].remedies[*].claims[*] ? (!(@.level like_regex "^(against|none_found|traditional_only|very_low|low|moderate|high)$"))) && !exists($.offers[*].cautions[*] ? (!(@.with_kind like_regex "^(medicine_class|medicine|condition|pregnancy|surgery|allergy|general)$") || !(@.advice like_regex "^(avoid|ask_first|space_doses)$") || !(@.basis like_regex "^(|trial|case_report|label|theoretical|traditional)$"))) && !exists($.offers[*].remedies[*].cautions[*] ? (!(@.with_kind like_regex "^(medicine_class|medicine|condition|pregnancy|surgery|allergy|general)$") || !(@.advice like_regex "^(avoid|ask_first|space_doses)$") || !(@.basis like_regex "^(|trial|case_report|label|theoretical|traditional)$")))'
                    ),
                    ("condition__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_words_of_condition_are_known",
                violation_error_code="words_of_condition_are_known",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
        AddConstraintNotValid(
            model_name="revision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    conditions.models.revision.DocumentHolds(
                        '!exists($.may_help[*] ? (!(@.level like_regex "^(against|none_found|traditional_only|very_low|low|moderate|high)$"))) && !exists($.cautions[*] ? (!(@.with_kind like_regex "^(medicine_class|medicine|condition|pregnancy|surgery|allergy|general)$") || !(@.advice like_regex "^(avoid|ask_first|space_doses)$") || !(@.basis like_regex "^(|trial|case_report|label|theoretical|traditional)$"))) && !exists($.remedies[*] ? (!(@.kind like_regex "^(herb|food|nutrient|acupoint)$"))) && !exists($.remedies[*].cautions[*] ? (!(@.with_kind like_regex "^(medicine_class|medicine|condition|pregnancy|surgery|allergy|general)$") || !(@.advice like_regex "^(avoid|ask_first|space_doses)$") || !(@.basis like_regex "^(|trial|case_report|label|theoretical|traditional)$")))'
                    ),
                    ("treatment__isnull", True),
                    _connector="OR",
                ),
                name="conditions_revision_words_of_treatment_are_known",
                violation_error_code="words_of_treatment_are_known",
                violation_error_message="A revision holds all that a page needs.",
            ),
        ),
    ]
