#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Prints what a test run must leave as it was: the machine's links and the XDP programs on them,
# network namespaces, mounts, and pins. With MACHINE_STATE naming such a print, it is a test (TAP)
# that the machine's state equals it.
set -euo pipefail

state_print() {
	echo "links:"
	ip -oneline link show | while read -r index name rest; do
		printf '  %s %s %s\n' "$index" "$name" "$(grep -o 'prog/xdp id [0-9]*' <<<"$rest" || true)"
	done
	echo "network namespaces:"
	ip netns list | sort | sed 's/^/  /'
	echo "mounts:"
	# Root, mount point, and what follows the dash: type and source.
	sed -E 's/^[0-9]+ [0-9]+ [^ ]+ ([^ ]+ [^ ]+) .* - ([^ ]+ [^ ]+).*/  \1 \2/' \
		/proc/self/mountinfo | sort
	echo "pins:"
	sed -En 's/^([^ ]+ ){4}([^ ]+) .* - bpf .*/\2/p' /proc/self/mountinfo | sort -u |
		while read -r bpffs; do
			find "$bpffs" -mindepth 1 -printf '  %p inode %i\n' | sort
		done
}

# The kernel takes a network namespace's links down some time after its last process has ended:
# so a difference counts only when it stays.
state_differs() {
	local tries=50
	while ! difference=$(diff -U0 "$MACHINE_STATE" <(state_print)); do
		((--tries)) || return 0
		sleep 0.1
	done
	return 1
}

if [[ -z ${MACHINE_STATE-} ]]; then
	state_print
	exit
fi

name='the run leaves links, network namespaces, mounts and pins as it found them'
echo 1..1
if state_differs; then
	echo "not ok 1 - $name"
	grep '^[-+] ' <<<"$difference" | sed 's/^/# /' >&2
	exit 1
fi
echo "ok 1 - $name"
