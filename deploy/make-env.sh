#!/bin/sh
# Writes .env from .env.example with fresh keys and passwords. Never overwrites one: keys lost are cases lost.
set -eu
cd "$(dirname "$0")/.."
target=${1:-.env}
[ ! -e "$target" ] || { echo "$target exists already; see docs/operations.md for changing keys" >&2; exit 1; }

umask 077
while IFS= read -r line; do
    case $line in
    WANBI_*_KEYS=) printf "%s'{\"k1\":\"%s\"}'\n" "$line" "$(openssl rand -base64 32)" ;;
    WANBI_SMTP_PASSWORD=) printf "%s\n" "$line" ;;
    *_PASSWORD= | WANBI_KEYS_PASSPHRASE=) printf '%s%s\n' "$line" "$(openssl rand -hex 24)" ;;
    *) printf '%s\n' "$line" ;;
    esac
done <.env.example >"$target.new"
mv "$target.new" "$target"
echo "$target written: fill in WANBI_PUBLIC_URL and WANBI_COMPANY_NAME. Keep a copy apart from the backups: without its keys they can't be read."
