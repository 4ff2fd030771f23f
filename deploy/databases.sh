#!/bin/sh
# Roles and databases, made or brought up to date. Harmless to repeat; run it again after changing a password.
#
# Wanbi's tables belong to wanbi_owner, which only migrations use. The processes connect as wanbi, which may read and
# write rows and nothing else: it can't switch off the triggers that keep the ledger append-only.
set -eu
: "${PGHOST:?}" "${PGPASSWORD:?}" "${TEMPORAL_DB_PASSWORD:?}" "${WANBI_OWNER_DB_PASSWORD:?}" "${WANBI_DB_PASSWORD:?}"

exec psql --username "${PGUSER:-postgres}" --dbname postgres --no-psqlrc --quiet --set ON_ERROR_STOP=1 <<'SQL'
\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv owner_password WANBI_OWNER_DB_PASSWORD
\getenv wanbi_password WANBI_DB_PASSWORD

SELECT format('CREATE ROLE %I LOGIN', wanted) FROM unnest(ARRAY['temporal', 'wanbi_owner', 'wanbi']) AS wanted
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) \gexec

ALTER ROLE temporal PASSWORD :'temporal_password';
ALTER ROLE wanbi_owner PASSWORD :'owner_password';
ALTER ROLE wanbi PASSWORD :'wanbi_password';

SELECT format('CREATE DATABASE %I OWNER %I', wanted, owner)
  FROM (VALUES ('temporal', 'temporal'), ('temporal_visibility', 'temporal'), ('wanbi', 'wanbi_owner'))
    AS list (wanted, owner)
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = wanted) \gexec

REVOKE ALL ON DATABASE temporal, temporal_visibility, wanbi FROM PUBLIC;
GRANT CONNECT ON DATABASE wanbi TO wanbi;

\connect wanbi
GRANT USAGE ON SCHEMA public TO wanbi;
ALTER DEFAULT PRIVILEGES FOR ROLE wanbi_owner IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO wanbi;
ALTER DEFAULT PRIVILEGES FOR ROLE wanbi_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO wanbi;
SQL
