"""What the database itself refuses to the role of one company, whatever a query may say."""

from contextlib import nullcontext
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction

from apps.base.models import WrongTenant
from apps.customers.models import Company
from apps.tenancy.context import inside
from tests import factories

pytestmark = pytest.mark.django_db
NOT_ALLOWED, NOT_ALONE, READ_ONLY = "42501", "42601", "0A000"


def refusal(statement: str, parameters=None) -> str | None:
    """The database's code for its no; None where it did as it was told."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, parameters)
    except DatabaseError as error:
        return error.__cause__.sqlstate
    return None


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM t_beta.accounts_user",
        "SELECT email FROM accounts_user UNION SELECT email FROM t_beta.accounts_user",
        "SELECT count(*) FROM t_beta.activities_counted",
        "INSERT INTO t_beta.django_session VALUES ('key', 'data', now())",
        "UPDATE t_beta.accounts_user SET name = 'x'",
        "DELETE FROM t_beta.journal_entry",
        "TRUNCATE t_beta.journal_entry",
        "SELECT nextval('t_beta.axes_accessattempt_id_seq')",
        "SELECT query_to_xml('SELECT * FROM t_beta.accounts_user', true, false, '')",
        "SELECT schema_to_xml('t_beta', true, false, '')",
        "SELECT ts_stat('SELECT to_tsvector(name) FROM t_beta.accounts_user')",
        "COPY t_beta.accounts_user TO STDOUT",
        "SELECT * FROM public.tenancy_tenant",
        "SELECT * FROM public.tenancy_domain",
        "SELECT * FROM public.tenancy_blueprint",
        "SELECT * FROM public.django_migrations",
        "CREATE TABLE public.mine (x int)",
        "CREATE TABLE t_alpha.mine (x int)",
        "CREATE TABLE t_beta.mine (x int)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "DROP TABLE accounts_user CASCADE",
        "ALTER TABLE accounts_user DISABLE TRIGGER ALL",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT lo_import('/etc/passwd')",
        "COPY accounts_user TO PROGRAM 'cat'",
        "SET SESSION AUTHORIZATION baton_t_beta",
        "SET ROLE baton_owner",
        "GRANT baton_t_beta TO baton_t_alpha",
    ],
)
def test_the_role_of_one_company_may_not(db, statement):
    assert refusal(statement) == NOT_ALLOWED


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT set_config('role', 'baton_t_beta', false)",
        "SELECT name FROM accounts_user WHERE name = (SELECT set_config('role', 'none', false))",
        "UPDATE pg_settings SET setting = 'baton_t_beta' WHERE name = 'role'",
    ],
)
def test_no_query_climbs_over_the_wall(db, statement):
    assert refusal(statement) == NOT_ALLOWED


def test_no_function_runs_a_change_of_role(db):
    assert refusal("SELECT query_to_xml('SET ROLE baton_t_beta', true, false, '')") == READ_ONLY


@pytest.mark.parametrize("parameters", [["x"], {"name": "x"}])
def test_a_query_with_values_is_one_statement(db, parameters):
    mark = "%s" if isinstance(parameters, list) else "%(name)s"

    assert refusal(f"SELECT {mark}::text; SET ROLE baton_t_beta", parameters) == NOT_ALONE


def test_a_value_is_never_part_of_the_statement(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text", ["'; SET ROLE baton_t_beta; --"])

        assert cursor.fetchone() == ("'; SET ROLE baton_t_beta; --",)


def test_a_company_sees_no_figures_about_anothers_columns(db, beta):
    with inside(beta), connection.cursor() as cursor:
        factories.make_company("統計に出る会社")
        cursor.execute("SELECT 1 FROM pg_stats WHERE schemaname <> 't_beta' AND schemaname LIKE 't\\_%%'")

        assert cursor.fetchall() == []


# ── rights as they stand ───────────────────────────────────────────────────────────────────────────

RIGHTS = """
    SELECT n.nspname || '.' || c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      AND has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
"""


def reachable() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(RIGHTS)
        return {name for (name,) in cursor.fetchall()}


def test_a_company_reaches_its_own_tables_only(db):
    assert {name.split(".")[0] for name in reachable()} == {"t_alpha"}


def test_outside_of_a_company_the_web_reads_where_to_go_and_nothing_else(db):
    connection.set_schema_to_public()

    assert reachable() == {"public.tenancy_tenant", "public.tenancy_domain"}
    assert refusal("UPDATE tenancy_tenant SET status = 'active'") == NOT_ALLOWED
    assert refusal("SELECT * FROM t_alpha.accounts_user") == NOT_ALLOWED


def test_nothing_runs_with_the_rights_of_its_maker(db):
    """Neither a function of ours nor one that a company could have changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace"
            " WHERE p.prosecdef AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        )

        assert cursor.fetchall() == []


def test_what_a_later_migration_adds_stays_inside_the_wall(db):
    """The default rights of a company's schema name its own role and no other."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT n.nspname, d.defaclobjtype::text, a.grantee::regrole::text"
            " FROM pg_default_acl d JOIN pg_namespace n ON n.oid = d.defaclnamespace, aclexplode(d.defaclacl) a"
            " WHERE n.nspname IN ('t_alpha', 't_beta') AND a.grantee <> d.defaclrole GROUP BY 1, 2, 3"
        )

        assert set(cursor.fetchall()) == {
            (f"t_{slug}", kind, f"baton_t_{slug}") for slug in ("alpha", "beta") for kind in ("r", "S")
        }


# ── in our own process ─────────────────────────────────────────────────────────────────────────────


def test_a_record_refuses_to_be_saved_or_deleted_elsewhere(db, beta):
    company = factories.make_company("引っ越さない会社")

    with inside(beta):
        with pytest.raises(WrongTenant):
            company.save()
        with pytest.raises(WrongTenant):
            company.delete()
        with pytest.raises(WrongTenant):
            company.saved(at=company.changed_at)


def test_what_is_kept_in_the_cache_is_kept_per_company(db, beta):
    key = f"same-name-{uuid4()}"
    cache.set(key, "alpha's")

    with inside(beta):
        assert cache.get(key) is None
        cache.set(key, "beta's")

    assert cache.get(key) == "alpha's"


def test_a_savepoint_undone_leaves_us_in_the_right_company(db, beta):
    own = factories.make_company("手元の会社")

    with inside(beta):
        for_nothing()

    assert list(Company.objects.all()) == [own]


def test_entering_inside_a_savepoint_that_is_undone_leaves_us_in_the_right_company(db, beta):
    own = factories.make_company("手元の会社")

    for_nothing(beta)

    assert list(Company.objects.all()) == [own]


def for_nothing(tenant=None) -> None:
    """A savepoint in which something is asked, and which is then undone."""
    with transaction.atomic():
        with inside(tenant) if tenant else nullcontext():
            Company.objects.count()
        transaction.set_rollback(True)


def test_a_query_in_a_failed_transaction_does_not_hide_where_we_are(db, beta):
    own = factories.make_company("手元の会社")

    with inside(beta):
        assert refusal("SELECT 1 / 0") == "22012"

    assert list(Company.objects.all()) == [own]
