"""Which page is where. Names of paths are used by templates and presenters."""

from django.urls import include, path, register_converter

from failover.web import (
    account_access,
    account_settings,
    accounts,
    appearance,
    approvals,
    audit_row,
    flashes,
    help,
    home,
    instances,
    interfaces,
    jobs,
    lists,
    networks,
)
from failover.web.new_pairs import creating, pair_at_once, pairs_at_once
from failover.web.new_pairs import givens as wizard_givens
from failover.web.pairs import actions as pair_actions
from failover.web.pairs import guest as pair_guest
from failover.web.pairs import labels as pair_labels
from failover.web.pairs import page as pair_page
from failover.web.pairs import probing, swapping
from failover.web.pairs import settings as pair_settings
from failover.web.people import group_settings, security, token_settings, user_settings


class PairName:
    """A pair's name as contract.md has it."""

    regex = "[a-z0-9][a-z0-9-]{0,62}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PairName, "pair")

urlpatterns = [
    path("", home.home, name="home"),
    path("help/", help.show, name="help"),
    path("flashes/", flashes.show, name="flashes"),
    path("flashes/<uuid:job_id>/close/", flashes.close, name="flash-close"),
    path("refresh/", home.refresh, name="refresh"),
    path("accounts/", include("failover.web.identity_urls")),
    path("accounts/theme/", accounts.set_theme, name="theme"),
    path("interfaces/", lists.show_interfaces, name="interfaces"),
    path("", include("failover.web.acting.urls")),
    path("interfaces/<str:interface_id>/", interfaces.show, name="interface"),
    path("elastic-ips/", lists.show_elastic_ips, name="elastic-ips"),
    path("instances/", lists.show_instances, name="instances"),
    path("instances/<str:instance_id>/", instances.show, name="instance"),
    path("vpcs/<str:vpc_id>/", networks.show_vpc, name="vpc"),
    path("subnets/<str:subnet_id>/", networks.show_subnet, name="subnet"),
    path(
        "security-groups/<str:security_group_id>/",
        networks.show_security_group,
        name="security-group",
    ),
    path(
        "route-tables/<str:route_table_id>/",
        networks.show_route_table,
        name="route-table",
    ),
    path("pairs/", lists.show_pairs, name="pairs"),
    path("pairs/new/", creating.start, name="pair-new"),
    path("pairs/new/advice/", pair_at_once.show_advice, name="pair-advice"),
    path("pairs/new/from-tags/", pairs_at_once.from_tags, name="pairs-from-tags"),
    path("pairs/new/from-yaml/", pairs_at_once.from_yaml, name="pairs-from-yaml"),
    path(
        "pairs/new/from-selection/",
        wizard_givens.from_selection,
        name="pair-from-selection",
    ),
    path("pairs/export.yaml", pairs_at_once.export, name="pairs-export"),
    path("pairs/new/at-once/", pair_at_once.create, name="pair-new-at-once"),
    path(
        "pairs/new/<int:draft_id>/discard/",
        creating.discard,
        name="pair-draft-discard",
    ),
    path("pairs/new/<int:draft_id>/<slug:slug>/", creating.go_on, name="pair-draft"),
    path("pairs/<pair:name>/", pair_page.show, name="pair"),
    path("pairs/<pair:name>/history/", pair_page.show_history, name="pair-history"),
    path("pairs/<pair:name>/settings/", pair_settings.show, name="pair-settings"),
    path("pairs/<pair:name>/tags/", pair_labels.set_tags, name="pair-tags"),
    path("pairs/<pair:name>/guest/", pair_guest.show, name="pair-guest"),
    path("pairs/<pair:name>/policy/", pair_guest.show_policy, name="pair-policy"),
    path(
        "pairs/<pair:name>/policy.json",
        pair_guest.download_policy,
        name="pair-policy-file",
    ),
    path("pairs/<pair:name>/delete/", pair_settings.delete, name="pair-delete"),
    path(
        "pairs/<pair:name>/acknowledge/",
        pair_actions.acknowledge,
        name="pair-acknowledge",
    ),
    path("pairs/<pair:name>/swap/", swapping.swap, name="pair-swap"),
    path("pairs/<pair:name>/freeze/", pair_actions.freeze, name="pair-freeze"),
    path("pairs/<pair:name>/unfreeze/", pair_actions.unfreeze, name="pair-unfreeze"),
    path("pairs/<pair:name>/adopt/", pair_actions.adopt, name="pair-adopt"),
    path("pairs/<pair:name>/put-back/", pair_actions.put_back, name="pair-put-back"),
    path("pairs/<pair:name>/probe/", probing.try_now, name="pair-probe"),
    path("jobs/", lists.show_jobs, name="jobs"),
    path("jobs/<uuid:job_id>/", jobs.show, name="job"),
    path("jobs/<uuid:job_id>/cancel/", jobs.cancel, name="job-cancel"),
    path("audit/<int:seq>/", audit_row.show, name="audit-row"),
    path(
        "jobs/<uuid:job_id>/acknowledge/",
        probing.acknowledge,
        name="job-acknowledge",
    ),
    path("approvals/", approvals.show_list, name="approvals"),
    path("approvals/<uuid:approval_id>/", approvals.show, name="approval"),
    path(
        "approvals/<uuid:approval_id>/<slug:verb>/",
        approvals.decide,
        name="approval-decide",
    ),
    path("settings/", appearance.first_page, name="settings"),
    path("settings/appearance/", appearance.appearance, name="settings-appearance"),
    path("settings/accounts/", account_settings.show, name="settings-accounts"),
    path(
        "settings/accounts/add-region/",
        account_settings.add_region,
        name="region-add",
    ),
    path(
        "settings/accounts/<slug:account>/look/",
        account_settings.set_look,
        name="account-look",
    ),
    path(
        "settings/accounts/<slug:account>/access/",
        account_access.show,
        name="account-access",
    ),
    path(
        "settings/accounts/<slug:account>/role/",
        account_access.set_role,
        name="account-role",
    ),
    path(
        "settings/accounts/<slug:account>/external-id/",
        account_access.renew_external_id,
        name="account-external-id",
    ),
    path(
        "settings/accounts/<slug:account>/test/",
        account_access.test,
        name="account-test",
    ),
    path("settings/security/", security.show, name="settings-security"),
    path(
        "settings/security/password/",
        security.change_password,
        name="settings-password",
    ),
    path(
        "settings/security/sessions/",
        security.end_sessions,
        name="settings-sessions",
    ),
    path("settings/tokens/", token_settings.show, name="settings-tokens"),
    path("settings/tokens/new/", token_settings.create, name="token-new"),
    path(
        "settings/tokens/<slug:public_id>/revoke/",
        token_settings.revoke,
        name="token-revoke",
    ),
    path("settings/users/", user_settings.show_list, name="settings-users"),
    path("settings/users/new/", user_settings.create, name="user-new"),
    path("settings/users/groups/", group_settings.groups, name="groups"),
    path(
        "settings/users/groups/<int:group_id>/",
        group_settings.group,
        name="group",
    ),
    path("settings/users/<int:user_id>/", user_settings.show, name="user"),
    path(
        "settings/users/<int:user_id>/<slug:verb>/",
        user_settings.act,
        name="user-act",
    ),
    path("", include("failover.web.table_urls")),
    path("audit/", lists.show_audit, name="audit"),
    path("drift/", lists.show_drift, name="drift"),
]
