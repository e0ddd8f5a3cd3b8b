"""The addresses of django-appointment."""

from django.urls import include, path

urlpatterns = [path("appointment/", include("appointment.urls"))]
