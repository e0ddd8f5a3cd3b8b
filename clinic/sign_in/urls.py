"""The pages of the second step, under /admin/."""

from django.contrib import admin
from django.urls import path

from clinic.sign_in import views

urlpatterns = [
    path("two-step/", views.two_step_view, name="two-step"),
    path("two-step/set-up/", views.set_up, name="two-step-set-up"),
    path(
        "two-step/recovery-codes/",
        admin.site.admin_view(views.recovery_codes),
        name="two-step-recovery-codes",
    ),
    path(
        "password-and-sign-in/",
        admin.site.admin_view(views.password_and_sign_in),
        name="password-and-sign-in",
    ),
]
