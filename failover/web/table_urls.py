"""Where what belongs to tables is: finding, many at once, settings and views."""

from django.urls import path

from failover.web import bulk_swaps, going, table_pages

urlpatterns = [
    path("go/", going.go, name="go"),
    path("swaps/", bulk_swaps.swap, name="swaps"),
    path("tables/<slug:table>/settings/", table_pages.settings, name="table-settings"),
    path(
        "tables/<slug:table>/selection/",
        table_pages.selection,
        name="table-selection",
    ),
    path("tables/<slug:table>/views/", table_pages.views, name="table-views"),
    path(
        "tables/<slug:table>/views/<slug:slug>/",
        table_pages.view,
        name="table-view",
    ),
]
