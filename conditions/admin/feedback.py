"""What readers said about the pages: read, and ticked off."""

from django.contrib import admin
from django.template.defaultfilters import truncatechars

from conditions.models import Feedback


@admin.register(Feedback)
class FeedbackAdmin(admin.ModelAdmin):
    """Notes of people nobody knows; the words stay as they were sent."""

    purpose = "What readers said about pages. Tick what you have dealt with."
    when_empty = "No reader has said anything yet. The question stands under each article."
    deleting = "The reader’s note goes for good. To keep it, tick it as done instead."

    list_display = ["sent_on", "page", "was_helpful", "words", "is_done"]
    list_display_links = ["sent_on", "page"]
    list_editable = ["is_done"]
    list_filter = ["is_done", "was_helpful", "sent_on", "condition", "treatment"]
    list_select_related = ["condition", "treatment"]
    search_fields = ["text", "condition__title", "treatment__title"]
    date_hierarchy = "sent_on"
    fields = ["page", "sent_on", "was_helpful", "text", "is_done"]
    readonly_fields = ["page", "sent_on", "was_helpful", "text"]

    def has_add_permission(self, request):
        return False

    @admin.display(description="page")
    def page(self, feedback):
        return feedback.condition or feedback.treatment

    @admin.display(description="note")
    def words(self, feedback):
        return truncatechars(feedback.text, 100)
