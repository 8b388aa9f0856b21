#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# chaos/chaos.py: ten runs with known seeds; or for TEST_CHAOS_SECONDS, from the seed TEST_CHAOS_SEED on.

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
CHAOS=$BATS_TEST_DIRNAME/chaos/chaos.py

chaos() { # OPTION...
	python3 "$CHAOS" "$@"
}

@test "whatever comes together, in an order that a seed decides, no promise is broken" {
	run chaos --seconds "${TEST_CHAOS_SECONDS-60}" --runs $((${TEST_CHAOS_SECONDS+1000} + 10)) \
		--seed "${TEST_CHAOS_SEED-1}"
	echo "$output"
	sed -n 's/^chaos: [0-9]* runs/# &/p' <<<"$output" >&3
	((status == 0))
}

@test "the same seed decides the same steps, and a broken promise is found, made shorter and shown" {
	local tree=$BATS_TEST_TMPDIR/tree tool
	mkdir -p "$tree/basic04-pinning-maps"
	for tool in "$TOP"/basic04-pinning-maps/{xdp_loader,xdp_stats,maps_ctl,xdp_prog_kern.o}; do
		ln -s "$tool" "$tree/basic04-pinning-maps"
	done
	# A loader that says it has unpinned, and has not.
	rm "$tree/basic04-pinning-maps/xdp_loader"
	printf '#!/bin/sh\ncase "$*" in *--unpin*) exit 0 ;; esac\nexec %s "$@"\n' \
		"$TOP/basic04-pinning-maps/xdp_loader" >"$tree/basic04-pinning-maps/xdp_loader"
	chmod +x "$tree/basic04-pinning-maps/xdp_loader"
	for seconds in 60 0; do
		run chaos --product "$tree" --seconds 30 --seed 11 --shrink-seconds "$seconds" \
			--without names,dots,netns,altname,rename,inject,kill,blind,reader,stop,pair,race
		echo "$output"
		((status == 1))
		grep -o '^seed .*, at step [0-9]* of [0-9]*' <<<"$output" >"$BATS_TEST_TMPDIR/found-$seconds"
		((seconds == 0)) || grep -qE '^  [1-9] steps do: .*--unpin' <<<"$output"
	done
	grep whole-work "$BATS_TEST_TMPDIR/found-60"
	cmp "$BATS_TEST_TMPDIR"/found-{60,0}
}
