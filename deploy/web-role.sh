#!/bin/sh
# The login of the web processes, with its password; prepare_database gives it the little that it may do.
set -eu
psql -v ON_ERROR_STOP=1 -v password="$BATON_WEB_PASSWORD" -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE baton_web LOGIN NOINHERIT PASSWORD :'password';
SQL
