"""Addresses below the admin's: what is exported, how far it is, and the file."""

from django.contrib import admin
from django.urls import path

from clinic.exports import views

_staff = admin.site.admin_view
urlpatterns = [
    path("export/<str:app_label>/<str:model_name>/", _staff(views.start), name="export"),
    path("exports/", _staff(views.own), name="exports"),
    path("exports/<int:pk>/", _staff(views.progress), name="export-progress"),
    path("exports/<int:pk>/stop/", _staff(views.stop), name="export-stop"),
    path("exports/<int:pk>/again/", _staff(views.again), name="export-again"),
    path("exports/<int:pk>/file/", _staff(views.download), name="export-file"),
]
