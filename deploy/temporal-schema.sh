#!/bin/sh
# Temporal's tables in PostgreSQL, made or updated to the version of this image. Harmless to repeat.
set -eu
: "${SQL_HOST:?}" "${SQL_USER:?}" "${SQL_PASSWORD:?}"
SCHEMA=${TEMPORAL_SCHEMA:-/etc/temporal/schema/postgresql/v12}

update() { # database, folder of its versions
    temporal-sql-tool --plugin postgres12 --database "$1" setup-schema --version 0.0
    temporal-sql-tool --plugin postgres12 --database "$1" update-schema --schema-dir "$SCHEMA/$2/versioned"
}

update temporal temporal
update temporal_visibility visibility
