"""The addresses of articles."""

from django.urls import path, re_path

from . import caution_views, feedback_views, machine_views, media, views
from .images import COPIES, WIDTHS
from .models import Condition, Treatment

# The exact names of copies, so that no other file can be asked for.
_COPY = rf"(?P<name>[0-9a-f]{{40}})-(?P<width>{'|'.join(map(str, WIDTHS))})\.(?P<ending>{'|'.join(COPIES)})"

app_name = "conditions"
urlpatterns = [
    path("conditions/", views.ConditionListView.as_view(), name="list"),
    # Before the articles: no article may have such a word for its slug (Article.clean).
    path("conditions/feed/", machine_views.feed, name="feed"),
    path("conditions/<slug:slug>/", views.ConditionDetailView.as_view(), name="detail"),
    path(
        "conditions/<slug:slug>/cautions/",
        caution_views.cautions,
        {"kind": Condition},
        name="cautions",
    ),
    path(
        "conditions/<slug:slug>/feedback/",
        feedback_views.feedback,
        {"kind": Condition},
        name="feedback",
    ),
    path(
        "conditions/<slug:slug>/feedback/thanks/",
        feedback_views.thanks,
        {"kind": Condition},
        name="feedback-thanks",
    ),
    re_path(rf"^media/articles/{_COPY}\Z", media.image_copy, name="image-copy"),
    path("treatments/", views.TreatmentListView.as_view(), name="treatment-list"),
    path("treatments/<slug:slug>/", views.TreatmentDetailView.as_view(), name="treatment-detail"),
    path("card.png", machine_views.site_card, name="site-card"),
    path(
        "conditions/<slug:slug>/card.png",
        machine_views.article_card,
        {"kind": Condition},
        name="card",
    ),
    path(
        "treatments/<slug:slug>/card.png",
        machine_views.article_card,
        {"kind": Treatment},
        name="treatment-card",
    ),
    path(
        "treatments/<slug:slug>/cautions/",
        caution_views.cautions,
        {"kind": Treatment},
        name="treatment-cautions",
    ),
    path(
        "treatments/<slug:slug>/feedback/",
        feedback_views.feedback,
        {"kind": Treatment},
        name="treatment-feedback",
    ),
    path(
        "treatments/<slug:slug>/feedback/thanks/",
        feedback_views.thanks,
        {"kind": Treatment},
        name="treatment-feedback-thanks",
    ),
]
