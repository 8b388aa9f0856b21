# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A part of testenv.sh: commands in the namespace, and the tools on its devices.
# shellcheck shell=bash

# ---------------------------------------------------------------- inside

need_netns() {
	env_use
	netns_ours || die "cannot enter '$NAME': its network namespace is gone; see 'testenv.sh reset'"
}

need_outer() {
	outer_ours || die "cannot use '$NAME': its outer link is gone or in another network namespace"
}

need_vlan() {
	[[ -z ${OPT[vlan]-} || ${ENV[vlan]-} == yes ]] ||
		die "environment '$NAME' has no VLAN: it was set up without --vlan"
}

cmd_exec() {
	((${#ARGS[@]})) || usage_error "exec needs a command"
	need_netns
	exec nsenter --net="$NETNS_DIR/$NAME" -- "${ARGS[@]}"
}

cmd_enter() {
	need_netns
	note "a shell in network namespace '$NAME'; 'exit' leaves it"
	exec nsenter --net="$NETNS_DIR/$NAME" -- "${SHELL:-/bin/bash}"
}

cmd_ping() {
	local kind=link address
	need_netns
	need_vlan
	[[ -z ${OPT[vlan]-} ]] || kind=vlan
	if [[ ${OPT[legacy]-} ]]; then
		[[ ${ENV[legacy]-} == yes ]] ||
			die "environment '$NAME' has no IPv4: it was set up without --legacy-ip"
		address=$(address4 "$kind" 1)
	else
		address=$(address6 "$kind" 1)
	fi
	exec nsenter --net="$NETNS_DIR/$NAME" -- ping "${ARGS[@]}" "$address"
}

cmd_tcpdump() {
	if [[ ${OPT[outer]-} ]]; then
		env_use
		need_vlan
		need_outer
		exec tcpdump -i "$(outer_device)" "${ARGS[@]}"
	fi
	need_netns
	need_vlan
	exec nsenter --net="$NETNS_DIR/$NAME" -- tcpdump -i "$(inner_device)" "${ARGS[@]}"
}

# ---------------------------------------------------------------- the tools

run_tool() {
	local tool=$1
	shift
	env_use
	need_vlan
	[[ -x $tool ]] || die "cannot run ${tool##*/}: it is not built; run make in $TOP"
	if [[ ${OPT[inner]-} ]]; then
		netns_ours || die "cannot use '$NAME': its network namespace is gone; see 'testenv.sh reset'"
		exec "$tool" --netns "$NAME" -d "$(inner_device)" "$@"
	fi
	need_outer
	exec "$tool" -d "$(outer_device)" "$@"
}

cmd_load() { run_tool "$LOADER" "${ARGS[@]}"; }
cmd_stats() { run_tool "$STATS" "${ARGS[@]}"; }
cmd_unload() {
	((${#ARGS[@]})) || ARGS=(--unload-all)
	run_tool "$LOADER" "${ARGS[@]}"
}

cmd_watch() {
	local role=watch
	[[ ! ${OPT[plain]-} ]] || role=plain
	exec "$TOP/testenv/watch.sh" "$role" "$NAME"
}

# The shell that evaluates it reads the alias' value a second time, when it expands it.
cmd_alias() {
	local value
	value=$(quote "$SELF")
	((EUID == 0)) || value="sudo $value"
	[[ -z ${OPT[name]-} ]] || value+=" --name $NAME"
	say "alias t=$(quote "$value")"
}
