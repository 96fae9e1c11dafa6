from django.db import migrations

# In the database, which keeps their plans: planned with every request they would cost it a millisecond.
QUESTIONS = """
    CREATE FUNCTION conversations_questions_to(person uuid) RETURNS integer LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN (
            SELECT count(*) FROM activities_dailyreport report
            JOIN conversations_comment asked ON asked.subject_id = report.id
            WHERE report.user_id = person AND asked.asks AND asked.trashed_at IS NULL
                AND asked.subject_kind = 'activities.dailyreport' AND asked.author_id <> person
                AND NOT EXISTS (
                    SELECT FROM conversations_comment later
                    WHERE later.subject_id = report.id AND later.author_id = person
                        AND later.trashed_at IS NULL AND later.created_at > asked.created_at
                )
        );
    END $$
"""
UNREAD = """
    CREATE FUNCTION conversations_unread_by(person uuid, today date, since date, sellers text[])
    RETURNS integer LANGUAGE plpgsql STABLE AS $$
    BEGIN
        RETURN (
            SELECT count(*) FROM activities_dailyreport report
            WHERE report.day >= since
                AND report.user_id = ANY (ARRAY(
                    WITH RECURSIVE led AS (
                        SELECT team_id FROM accounts_membership member
                        WHERE member.user_id = person
                            AND coalesce(from_on <= today, true) AND coalesce(until_on >= today, true)
                        UNION
                        SELECT team.id FROM accounts_team team JOIN led ON team.parent_id = led.team_id
                    )
                    SELECT author.id FROM led JOIN accounts_membership member ON member.team_id = led.team_id
                    JOIN accounts_user author ON author.id = member.user_id
                    WHERE coalesce(from_on <= today, true) AND coalesce(until_on >= today, true)
                        AND author.id <> person AND author.deactivated_at IS NULL
                        AND author.roles::text[] && sellers
                ))
                AND NOT EXISTS (
                    SELECT FROM conversations_readmark mark
                    WHERE mark.subject_id = report.id AND mark.user_id = person
                        AND mark.subject_kind = 'activities.dailyreport'
                )
        );
    END $$
"""


class Migration(migrations.Migration):
    dependencies = [
        ("conversations", "0003_questions_are_found"),
    ]
    operations = [
        migrations.RunSQL(QUESTIONS, "DROP FUNCTION conversations_questions_to"),
        migrations.RunSQL(UNREAD, "DROP FUNCTION conversations_unread_by"),
    ]
