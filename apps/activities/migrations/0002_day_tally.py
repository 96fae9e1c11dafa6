from django.db import migrations

COUNTED = {
    "follow": ("follows", "happened_on", "direction = 'out' AND trashed_at IS NULL"),
    "visit": ("visits", "starts_on", "status = 'done' AND trashed_at IS NULL"),
}
OWNER = "COALESCE(owner_id, '00000000-0000-0000-0000-000000000000')"

VIEW = "CREATE VIEW activities_counted AS " + " UNION ALL ".join(
    f"SELECT {OWNER} AS owner_id, {day} AS day, {int(column == 'follows')} AS follows,"
    f" {int(column == 'visits')} AS visits FROM activities_{model} WHERE {counted}"
    for model, (column, day, counted) in COUNTED.items()
)


def tally(model: str) -> str:
    """Triggers per statement: one for each row would make a COPY a hundred times slower."""
    column, day, counted = COUNTED[model]

    def rows(table: str, sign: int) -> str:
        return f"SELECT {OWNER} AS owner_id, {day} AS day, {sign} AS n FROM {table} WHERE {counted}"

    def add(source: str) -> str:
        return f"""
            INSERT INTO activities_daytally AS kept (owner_id, day, follows, visits)
            SELECT owner_id, day, {"sum(n), 0" if column == "follows" else "0, sum(n)"}
            FROM ({source}) AS moved
            GROUP BY owner_id, day HAVING sum(n) <> 0 ORDER BY owner_id, day
            ON CONFLICT (owner_id, day) DO UPDATE SET {column} = kept.{column} + EXCLUDED.{column};"""

    new, old = rows("new_rows", 1), rows("old_rows", -1)
    return f"""
        CREATE FUNCTION activities_tally_{model}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'INSERT' THEN {add(new)}
            ELSIF TG_OP = 'DELETE' THEN {add(old)}
            ELSE {add(f"{new} UNION ALL {old}")}
            END IF;
            RETURN NULL;
        END $$;
        CREATE TRIGGER tally_insert AFTER INSERT ON activities_{model}
            REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION activities_tally_{model}();
        CREATE TRIGGER tally_update AFTER UPDATE ON activities_{model}
            REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
            FOR EACH STATEMENT EXECUTE FUNCTION activities_tally_{model}();
        CREATE TRIGGER tally_delete AFTER DELETE ON activities_{model}
            REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION activities_tally_{model}();
    """


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_first")]
    operations = [
        migrations.RunSQL(VIEW, "DROP VIEW activities_counted"),
        *(
            migrations.RunSQL(tally(model), f"DROP FUNCTION activities_tally_{model}() CASCADE")
            for model in COUNTED
        ),
    ]
