"""Every column that holds words is either masked or was looked at: here is the list of those told in the clear."""

from collections.abc import Callable

import pytest

from audit.attaching import faults_in_words
from audit.declaring import declared_tables, exemptions
from audit.tables import WORDLESS, Keeps, Table, tables_of
from tenants.binding import CATALOG
from tenants.models import Tenant
from tenants.places import Place
from tenants.provisioner import provisioner

IN_THE_CLEAR = {
    "accounts_assignment.end_reason",
    "accounts_assignment.reason",
    "accounts_assignment.scope",
    "accounts_assignment.scope_id",
    "accounts_ownerrecovery.approved_by",
    "accounts_ownerrecovery.asked_by",
    "accounts_ownerrecovery.ended_by",
    "accounts_ownerrecovery.proof",
    "accounts_ownerrecovery.state",
    "accounts_review.name",
    "accounts_review.state",
    "accounts_reviewitem.decision",
    "accounts_reviewitem.person_name",
    "accounts_reviewitem.reason",
    "accounts_reviewitem.role_name",
    "accounts_role.code",
    "accounts_role.name",
    "accounts_role.purpose",
    "accounts_securitypolicy.preset",
    "accounts_supportgrant.ended_by",
    "accounts_supportgrant.operator_name",
    "accounts_supportgrant.reason",
    "accounts_supportgrant.state",
    "accounts_totpdevice.name",
    "accounts_user.density",
    "accounts_user.email",
    "accounts_user.language",
    "accounts_user.name",
    "accounts_user.theme",
    "audit_alarm.database",
    "audit_alarm.kind",
    "audit_alarm.says",
    "auth_group.name",
    "backups_policy.tier",
    "backups_recoverykey.recipient",
    "backups_recoverykey.wrapped_for",
    "backups_restore.decided_by",
    "backups_restore.new_database",
    "backups_restore.old_database",
    "backups_restore.purpose",
    "backups_restore.reason",
    "backups_restore.requested_by",
    "backups_restore.state",
    "backups_retrieval.decided_by",
    "backups_retrieval.fetched_by",
    "backups_retrieval.purpose",
    "backups_retrieval.reason",
    "backups_retrieval.requested_by",
    "backups_retrieval.state",
    "backups_retrieval.stopped_by",
    "console_breakglass.ended_by",
    "console_breakglass.reason",
    "console_breakglass.state",
    "console_ownerrecovery.email",
    "console_ownerrecovery.objection",
    "console_ownerrecovery.proof",
    "console_ownerrecovery.state",
    "contacts_contact.country",
    "contacts_contact.kind",
    "contacts_contact.language",
    "jobs_job.kind",
    "jobs_job.state",
    "tenants_domain.domain",
    "tenants_operation.error",
    "tenants_operation.kind",
    "tenants_operation.requested_by",
    "tenants_operation.state",
    "tenants_server.host",
    "tenants_server.name",
    "tenants_server.port",
    "tenants_template.code",
    "tenants_template.fingerprint",
    "tenants_tenant.fingerprint",
    "tenants_tenant.language",
    "tenants_tenant.log_name",
    "tenants_tenant.name",
    "tenants_tenant.schema_name",
    "tenants_tenant.slug",
    "tenants_tenant.state",
    "tenants_tenantevent.actor",
    "tenants_tenantevent.verb",
}


def tables_at(place: Place) -> list[Table]:
    with provisioner(place.database, place) as connection:
        return tables_of(connection)


def faults_at(place: Place) -> list[str]:
    with provisioner(place.database, place) as connection:
        return [*faults_in_words(connection)]


@pytest.fixture
def both(initech: Tenant) -> dict[str, Table]:
    """The tables of a tenant and of the catalog, as they stand in the databases."""
    return {table.name: table for place in (initech.place, CATALOG) for table in tables_at(place)}


def test_what_is_told_in_the_clear_was_looked_at(both: dict[str, Table]) -> None:
    wordy = {
        f"{table.name}.{column.name}"
        for table in both.values()
        if table.name not in exemptions()
        for column in table.columns
        if column.word not in WORDLESS and column.keeps == Keeps.VALUES
    }
    assert wordy == IN_THE_CLEAR


def test_every_table_is_logged_or_exempt_with_a_reason(initech: Tenant, both: dict[str, Table]) -> None:
    assert faults_at(initech.place) == faults_at(CATALOG) == []
    assert all(len(reason.split()) >= 4 for reason in exemptions().values())
    assert exemptions().keys() <= both.keys()


def test_every_table_and_column_declared_is_there(both: dict[str, Table]) -> None:
    for name, declared in declared_tables().items():
        assert declared.columns <= {column.name for column in both[name].columns}, name


def test_every_ignored_column_has_a_reason() -> None:
    for name, declared in declared_tables().items():
        assert all(len(reason.split()) >= 3 for reason in declared.ignored.values()), name


def test_a_table_made_without_is_found(initech: Tenant, migrate: Callable[..., None]) -> None:
    migrate("CREATE TABLE thing (id integer)", attached=False)
    assert faults_at(initech.place) == ["thing: It is neither logged nor exempt."]


def test_no_function_of_the_logs_own_can_be_taken_for_a_tables(initech: Tenant) -> None:
    """A trigger function bears its table's name and has no argument: no other without one may bear such a name."""
    query = """
        SELECT proname FROM pg_proc WHERE pronamespace = 'audit'::regnamespace AND pronargs = 0
        AND prorettype <> 'trigger'::regtype
        AND proname IN (SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace)"""
    for place in (initech.place, CATALOG):
        with provisioner(place.database, place) as connection:
            assert connection.execute(query).fetchall() == []
