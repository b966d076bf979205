"""Where the actions' forms and pages are."""

from django.urls import path

from failover.web.acting import actions, addressing, interfaces, moving

INTERFACE = "interfaces/<str:interface_id>"

urlpatterns = [
    path("actions/<uuid:action_id>/", actions.show, name="action"),
    path("interfaces/new/", interfaces.create, name="interface-new"),
    path(f"{INTERFACE}/attach/", moving.attach, name="interface-attach"),
    path(f"{INTERFACE}/detach/", moving.detach, name="interface-detach"),
    path(f"{INTERFACE}/delete/", moving.delete, name="interface-delete"),
    path(f"{INTERFACE}/description/", interfaces.describe, name="interface-describe"),
    path(f"{INTERFACE}/groups/", interfaces.regroup, name="interface-groups"),
    path(f"{INTERFACE}/check/", interfaces.set_check, name="interface-check"),
    path(
        f"{INTERFACE}/termination/",
        interfaces.set_termination,
        name="interface-termination",
    ),
    path(f"{INTERFACE}/tags/", interfaces.tags, name="interface-tags"),
    path(f"{INTERFACE}/assign/", addressing.assign, name="interface-assign"),
    path(f"{INTERFACE}/unassign/", addressing.unassign, name="interface-unassign"),
    path(f"{INTERFACE}/associate/", addressing.associate, name="interface-associate"),
    path(
        f"{INTERFACE}/disassociate/",
        addressing.disassociate,
        name="interface-disassociate",
    ),
]
