#!/bin/sh
# Namespace and search attributes of Wanbi in a Temporal server. Harmless to repeat; run it again to change retention.
set -eu
: "${TEMPORAL_ADDRESS:?}" "${TEMPORAL_NAMESPACE:?}"
RETENTION=${TEMPORAL_RETENTION:-2160h}

patience=30
until temporal operator cluster health >/dev/null 2>&1; do
    patience=$((patience - 1))
    [ "$patience" -gt 0 ] || { echo "Temporal at $TEMPORAL_ADDRESS does not answer" >&2; exit 1; }
    sleep 2
done

if temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
    temporal operator namespace update -n "$TEMPORAL_NAMESPACE" --retention "$RETENTION" >/dev/null
else
    temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention "$RETENTION" >/dev/null
fi

# The names and types of workflows/ids.py. A new namespace takes some seconds to reach every cache of the server.
add() {
    patience=15
    until temporal operator search-attribute create -n "$TEMPORAL_NAMESPACE" --name "$1" --type "$2"; do
        patience=$((patience - 1))
        [ "$patience" -gt 0 ] || exit 1
        sleep 2
    done
}
add WanbiStage Keyword
add WanbiLastDay Datetime
add WanbiPending KeywordList
add WanbiOverdue Bool

echo "namespace $TEMPORAL_NAMESPACE is ready, closed cases are kept $RETENTION"
