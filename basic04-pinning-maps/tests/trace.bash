# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The kernel's trace, which is one for the whole machine; `load trace` after helpers.
# shellcheck shell=bash

# shellcheck disable=SC2034 # for the tests
TRACE=/sys/kernel/tracing/trace

# What one test reads from trace_pipe, no other one finds: one at a time, to the test's end.
trace_begin() {
	[[ -e $TRACE ]] || mount -t tracefs tracefs /sys/kernel/tracing
	exec {trace_lock}</sys/kernel/tracing
	flock "$trace_lock"
}

# A value that no other test has lately used, and its next few: the trace has what others have written. The time
# in ms, below 2^32.
trace_value() { echo $((${EPOCHREALTIME/[.,]/} / 1000 % 4000000000)); }

# How many packets were traced with this as the first value.
trace_lines() { grep -c "MAPS_SIMPLE: data->value1:$1 " "$TRACE" || true; }
