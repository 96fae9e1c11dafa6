from django.db import migrations

WATCHED = [
    "accounts_membership",
    "accounts_team",
    "accounts_user",
    "activities_follow",
    "activities_visit",
    "activities_visit_companions",
    "activities_visit_contacts",
    "customers_company",
    "customers_contact",
    "deals_deal",
    "deals_dealchange",
    "deals_lostreason",
    "goals_monthlygoal",
]
"""What an import writes, but for what follows by itself: folded states, tallies, histories, the journal."""

# `baton.import` names the running import, set within its transactions only (imports/ledger.py).
# Per statement: a trigger for each row would cost every other writer of these tables.
KEEP = """
    CREATE FUNCTION integrations_keep_ledger() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
        running uuid := nullif(current_setting('baton.import', true), '');
    BEGIN
        IF running IS NULL THEN
            RETURN NULL;
        ELSIF TG_OP = 'INSERT' THEN
            INSERT INTO integrations_ledgerline AS line
                (id, import_of_id, "table", record, did, before, after, at, kept)
            SELECT gen_random_uuid(), running, TG_TABLE_NAME, n.id::text, 'added', NULL,
                md5(jsonb_strip_nulls(to_jsonb(n))::text)::uuid, clock_timestamp(), ''
            FROM new_rows n
            ON CONFLICT (import_of_id, "table", record)
                DO UPDATE SET did = 'changed', after = EXCLUDED.after, at = EXCLUDED.at;
        ELSIF TG_OP = 'UPDATE' THEN
            INSERT INTO integrations_ledgerline AS line
                (id, import_of_id, "table", record, did, before, after, at, kept)
            SELECT gen_random_uuid(), running, TG_TABLE_NAME, n.id::text, 'changed', to_jsonb(o),
                md5(jsonb_strip_nulls(to_jsonb(n))::text)::uuid, clock_timestamp(), ''
            FROM new_rows n JOIN old_rows o ON o.id = n.id
            ON CONFLICT (import_of_id, "table", record)
                DO UPDATE SET after = EXCLUDED.after, at = EXCLUDED.at;
        ELSE
            INSERT INTO integrations_ledgerline AS line
                (id, import_of_id, "table", record, did, before, after, at, kept)
            SELECT gen_random_uuid(), running, TG_TABLE_NAME, o.id::text, 'removed', to_jsonb(o),
                NULL, clock_timestamp(), ''
            FROM old_rows o
            ON CONFLICT (import_of_id, "table", record)
                DO UPDATE SET did = 'removed', after = NULL, at = EXCLUDED.at;
            -- What the import itself had made is as if it had never been.
            DELETE FROM integrations_ledgerline
                WHERE import_of_id = running AND "table" = TG_TABLE_NAME AND did = 'removed' AND before IS NULL;
        END IF;
        RETURN NULL;
    END $$;
"""

# A later migration that makes a table which imports write says: SELECT integrations_watch('app_table')
WATCH = """
    CREATE FUNCTION integrations_watch(watched text) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        EXECUTE format('CREATE TRIGGER ledger_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS new_rows
            FOR EACH STATEMENT EXECUTE FUNCTION integrations_keep_ledger()', watched);
        EXECUTE format('CREATE TRIGGER ledger_update AFTER UPDATE ON %I
            REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION integrations_keep_ledger()', watched);
        EXECUTE format('CREATE TRIGGER ledger_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION integrations_keep_ledger()', watched);
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0004_ledger"),
        ("accounts", "0004_second_factors"),
        ("activities", "0003_report_versions"),
        ("customers", "0006_target_lists"),
        ("deals", "0001_first"),
        ("goals", "0001_first"),
    ]
    operations = [
        migrations.RunSQL(KEEP, "DROP FUNCTION integrations_keep_ledger() CASCADE"),
        migrations.RunSQL(WATCH, "DROP FUNCTION integrations_watch(text)"),
        *(
            migrations.RunSQL(
                f"SELECT integrations_watch('{table}')",
                "; ".join(f"DROP TRIGGER ledger_{deed} ON {table}" for deed in ("insert", "update", "delete")),
            )
            for table in WATCHED
        ),
    ]
