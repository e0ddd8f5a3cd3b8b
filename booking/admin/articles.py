"""Articles to be ticked, by the titles that patients read."""

from django import forms

from conditions.models import Condition


class ArticlesField(forms.ModelMultipleChoiceField):
    """The articles on the site, and those that were ticked before, also if they are off it now."""

    def __init__(self, **kwargs):
        kwargs |= {"required": False, "widget": forms.CheckboxSelectMultiple}
        super().__init__(Condition.objects.none(), **kwargs)
        self.titles = {}

    def offer(self, ticked, *, now):
        """Offer what is on the site at `now`, and `ticked`, which are articles."""
        live = Condition.objects.published(now)
        self.titles = dict(live.order_by("live_title", "pk").values_list("pk", "live_title"))
        wanted = [*self.titles, *(one.pk for one in ticked)]
        self.queryset = Condition.objects.filter(pk__in=wanted)

    def label_from_instance(self, article):
        return self.titles.get(article.pk) or f"{article.title} (not on the site now)"
