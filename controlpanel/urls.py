"""Where a path goes: programs to the API, browsers to the pages."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("failover.api.urls")),
    path("", include("failover.web.urls")),
]
