"""Where a path goes: programs to the API, browsers to the pages."""

from django.urls import include, path

from failover.api import urls as api

urlpatterns = [
    path("", include("failover.api.health")),
    path("", include("failover.api.metrics")),
    path("api/v1", api.Nowhere.as_view()),
    path("api/v1/", include(api)),
    path("", include("failover.web.urls")),
]

handler400 = "controlpanel.errors.bad_request"
handler403 = "controlpanel.errors.forbidden"
handler404 = "controlpanel.errors.not_found"
handler429 = "controlpanel.errors.too_many"
handler500 = "controlpanel.errors.broken"
