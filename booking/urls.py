from django.urls import path

from . import practitioner_views, views

app_name = "booking"

urlpatterns = [
    path("book/", views.service_list, name="service-list"),
    path("book/<slug:slug>/safety/", views.safety, name="safety"),
    path("book/<slug:slug>/times/", views.times, name="times"),
    path("book/<slug:slug>/details/", views.details, name="details"),
    path("appointments/find/", views.find, name="find"),
    path("appointments/find/sent/", views.find_sent, name="find-sent"),
    path("book/<slug:slug>/waitlist/", views.waitlist_join, name="waitlist-join"),
    path("book/<slug:slug>/waitlist/sent/", views.waitlist_sent, name="waitlist-sent"),
    path("waitlist/<uuid:reference>/", views.waitlist_entry, name="waitlist"),
    path("waitlist/<uuid:reference>/change/", views.waitlist_change, name="waitlist-change"),
    path("waitlist/<uuid:reference>/decline/", views.waitlist_decline, name="waitlist-decline"),
    path("waitlist/<uuid:reference>/leave/", views.waitlist_leave, name="waitlist-leave"),
    path("appointments/<uuid:reference>/", views.appointment, name="appointment"),
    path("appointments/<uuid:reference>/cancel/", views.cancel, name="appointment-cancel"),
    path("appointments/<uuid:reference>/earlier/", views.waitlist_earlier, name="waitlist-earlier"),
    path(
        "appointments/<uuid:reference>/reschedule/",
        views.reschedule,
        name="appointment-reschedule",
    ),
    path("appointments/<uuid:reference>/choose/", views.choose, name="appointment-choose"),
    path(
        "appointments/<uuid:reference>/messages/",
        views.message_choices,
        name="appointment-messages",
    ),
    path("messages/stop/<str:token>/", views.opt_out, name="opt-out"),
    path(
        "appointments/<uuid:reference>/calendar.ics",
        views.calendar,
        name="appointment-calendar",
    ),
    path("calendars/<slug:token>.ics", views.practitioner_feed, name="practitioner-feed"),
    path(
        "practitioners/<slug:slug>/",
        practitioner_views.practitioner_detail,
        name="practitioner",
    ),
]
