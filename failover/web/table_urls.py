"""Where what belongs to tables is: finding, many at once, settings and views."""

from django.urls import path

from failover.web import going, table_selection, table_settings, table_views
from failover.web.pairs import bulk_swaps

urlpatterns = [
    path("go/", going.go, name="go"),
    path("swaps/", bulk_swaps.swap, name="swaps"),
    path(
        "tables/<slug:table>/settings/", table_settings.settings, name="table-settings"
    ),
    path(
        "tables/<slug:table>/selection/",
        table_selection.export,
        name="table-selection",
    ),
    path("tables/<slug:table>/views/", table_views.views, name="table-views"),
    path(
        "tables/<slug:table>/views/<slug:slug>/",
        table_views.view,
        name="table-view",
    ),
]
