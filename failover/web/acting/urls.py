"""Where the actions' forms and pages are."""

from django.urls import path

from failover.web.acting import (
    actions,
    addressing,
    elastic_ips,
    instances,
    interfaces,
    launching,
    moving,
)

INTERFACE = "interfaces/<str:interface_id>"
ELASTIC_IP = "elastic-ips/<str:allocation_id>"
INSTANCE = "instances/<str:instance_id>"

urlpatterns = [
    path("actions/", actions.show_list, name="actions"),
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
    path("elastic-ips/new/", elastic_ips.allocate, name="elastic-ip-new"),
    path(f"{ELASTIC_IP}/", elastic_ips.show, name="elastic-ip"),
    path(
        f"{ELASTIC_IP}/associate/", elastic_ips.associate, name="elastic-ip-associate"
    ),
    path(
        f"{ELASTIC_IP}/disassociate/",
        elastic_ips.disassociate,
        name="elastic-ip-disassociate",
    ),
    path(f"{ELASTIC_IP}/release/", elastic_ips.release, name="elastic-ip-release"),
    path(f"{ELASTIC_IP}/tags/", elastic_ips.tags, name="elastic-ip-tags"),
    path("instances/new/", launching.launch, name="instance-new"),
    path("instances/new/pair/", launching.launch_pair, name="instance-new-pair"),
    path(f"{INSTANCE}/start/", instances.start, name="instance-start"),
    path(f"{INSTANCE}/stop/", instances.stop, name="instance-stop"),
    path(f"{INSTANCE}/reboot/", instances.reboot, name="instance-reboot"),
    path(f"{INSTANCE}/tags/", instances.tags, name="instance-tags"),
]
