#!/usr/bin/env bash
# Runs a streaming replica in $PGDATA of the server that libpq's own variables name (PGHOST, PGPORT, PGUSER, PGPASSWORD).
# At the first start it copies the server. Parameters are handed on to the replica.
set -euo pipefail

readonly copied="$PGDATA/causeway-replica-copied"
if [[ ! -e "$copied" ]]; then
  # A copy that broke off is begun again: pg_basebackup wants an empty directory.
  find "$PGDATA" -mindepth 1 -delete
  pg_basebackup --pgdata="$PGDATA" --wal-method=stream --write-recovery-conf --checkpoint=fast
  touch "$copied"
fi
chmod 700 "$PGDATA"
# The variables are for the copy; the replica has written down where its server is.
unset PGHOST PGPORT PGUSER PGPASSWORD
exec postgres "$@"
