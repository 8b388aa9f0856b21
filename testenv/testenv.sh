#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Test environments: a network namespace and a veth pair each, to try XDP programs on.
# README.org beside this file has the picture; `testenv.sh help` the commands.
set -euo pipefail

SELF=$(readlink -f -- "${BASH_SOURCE[0]}")
TOP=${SELF%/*/*}
PARTS=${SELF%/*}/environment
LOADER=$TOP/basic04-pinning-maps/xdp_loader
STATS=$TOP/basic04-pinning-maps/xdp_stats
[[ $PATH == *sbin* ]] || PATH=$PATH:/usr/sbin:/sbin # a plain `su` leaves them out

# What is on the command line.
NAME=testenv
declare -A OPT=()
ARGS=()

# ---------------------------------------------------------------- messages

say() { printf '%s\n' "$*"; }
note() { printf 'testenv.sh: %s\n' "$*" >&2; }
die() { note "$*" && exit 1; }
usage_error() { note "$*; see 'testenv.sh help'" && exit 2; }

# In single quotes, for any POSIX shell.
quote() { printf "'%s'" "${1//\'/\'\\\'\'}"; }

# shellcheck source=testenv/environment/names.bash
. "$PARTS/names.bash"
# shellcheck source=testenv/environment/state.bash
. "$PARTS/state.bash"
# shellcheck source=testenv/environment/setup.bash
. "$PARTS/setup.bash"
# shellcheck source=testenv/environment/teardown.bash
. "$PARTS/teardown.bash"
# shellcheck source=testenv/environment/status.bash
. "$PARTS/status.bash"
# shellcheck source=testenv/environment/inside.bash
. "$PARTS/inside.bash"

# ---------------------------------------------------------------- the command line

COMMANDS=(setup teardown reset status enter exec ping tcpdump load unload stats watch alias help)

declare -rA HELP=(
	[setup]='make an environment'
	[teardown]='remove it: programs, pins, links, namespace'
	[reset]='teardown, then setup with the same options'
	[status]='list the environments, their programs and pins'
	[enter]='a shell in the namespace'
	[exec]='run a command in the namespace'
	[ping]='ping the outer end from inside'
	[tcpdump]='tcpdump in the namespace, on veth0'
	[load]='xdp_loader on the outer device'
	[unload]='xdp_loader --unload-all there (or what is given)'
	[stats]='xdp_stats on the outer device'
	[watch]='traffic, loader and live statistics side by side, in tmux'
	[alias]="print a definition of t: eval \"\$(testenv.sh alias)\""
	[help]='this text'
)
declare -rA USAGE=([exec]='exec COMMAND...' [ping]='ping [ARGUMENTS]' [tcpdump]='tcpdump [ARGUMENTS]'
	[load]='load [ARGUMENTS]' [unload]='unload [ARGUMENTS]' [stats]='stats [ARGUMENTS]')

# Which options a command knows beside --name; what else it is given.
declare -rA OPTIONS=([setup]='legacy vlan' [ping]='legacy vlan'
	[load]='inner vlan' [unload]='inner vlan' [stats]='inner vlan' [watch]=plain)
declare -rA PASSES=([exec]=command [ping]=all [tcpdump]=all [load]=all [unload]=all [stats]=all)

cmd_help() {
	local command
	cat <<-'EOF'
		Usage: testenv.sh [OPTIONS] COMMAND [OPTIONS] [ARGUMENTS]
		A network namespace and a veth pair, to try XDP programs on.

		Commands:
	EOF
	for command in "${COMMANDS[@]}"; do
		printf '  %-20s %s\n' "${USAGE[$command]-$command}" "${HELP[$command]}"
	done
	cat <<-'EOF'

		Options:
		  --name NAME          the environment, and its outer device: letters, digits,
		                       '_' and '-', at most 15 (default: testenv)
		  --legacy-ip          setup: IPv4 beside IPv6; ping: ping by IPv4
		  --vlan               setup: VLAN devices too; ping, load, unload, stats: there
		  --inner              load, unload, stats: the inner device
		  --plain              watch: one after the other, without tmux
		  -h, --help           this text
		  --                   what follows is arguments, even if it looks like these

		ARGUMENTS go to ping, tcpdump, xdp_loader or xdp_stats as they are.
		Exit codes: 0 done; 1 failed; 2 wrong usage; else those of what was run.
	EOF
}

# option_take WORD [NEXT]: takes one option of ours; sets TAKEN to the number of words it had, 0 if
# it is none of ours. Which command it is may not be known yet: options_check() looks at that.
option_take() {
	TAKEN=1
	case $1 in
	--name)
		(($# > 1)) || usage_error "option --name needs a name"
		OPT[name]=1 NAME=$2 TAKEN=2
		;;
	--name=*) OPT[name]=1 NAME=${1#*=} ;;
	--legacy-ip) OPT[legacy]=1 ;;
	--vlan) OPT[vlan]=1 ;;
	--inner) OPT[inner]=1 ;;
	--plain) OPT[plain]=1 ;;
	*) TAKEN=0 ;;
	esac
}

# args_take COMMAND WORD...
args_take() {
	local command=$1 passes=${PASSES[$1]-}
	shift
	while (($#)); do
		option_take "${@:1:2}"
		if ((TAKEN)); then
			shift "$TAKEN"
			continue
		fi
		case $passes:$1 in
		all:-- | command:--) shift && break ;;
		all:*) ARGS+=("$1") && shift ;;
		:-h | :--help | command:-h | command:--help) cmd_help && exit ;;
		:-* | command:-*) usage_error "unknown option '$1'" ;;
		command:*) break ;;
		*) usage_error "'$command' takes no argument '$1'" ;;
		esac
	done
	ARGS+=("$@")
}

options_check() {
	local option known=" name ${OPTIONS[$1]-} "
	for option in "${!OPT[@]}"; do
		[[ $known == *" $option "* ]] ||
			usage_error "option --${option/legacy/legacy-ip} is not one of '$1'"
	done
}

main() {
	local command
	while (($#)); do
		case $1 in
		-h | --help) cmd_help && exit ;;
		esac
		option_take "${@:1:2}"
		((TAKEN)) || break
		shift "$TAKEN"
	done
	(($#)) || usage_error "no command"
	command=$1
	shift
	[[ $command != -* ]] || usage_error "unknown option '$command'"
	[[ ${HELP[$command]-} ]] || usage_error "unknown command '$command'"
	args_take "$command" "$@"
	options_check "$command"
	check_name
	case $command in
	help | alias) ;;
	*)
		((EUID == 0)) || die "'$command' needs root: run it with sudo"
		[[ -e /proc/self/ns/net ]] || die "cannot work without /proc: mount it"
		;;
	esac
	"cmd_$command"
}

main "$@"
