"""Where what belongs to tables is: finding, settings and views."""

from django.urls import path

from failover.web import going, table_pages

urlpatterns = [
    path("go/", going.go, name="go"),
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
