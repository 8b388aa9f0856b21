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
LAST= # set if NAME is not on it, and not the default
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
# shellcheck source=testenv/environment/redirect.bash
. "$PARTS/redirect.bash"

# ---------------------------------------------------------------- the command line

COMMANDS=(setup teardown reset status enter exec ping tcpdump load unload stats redirect
	watch alias help)

declare -rA HELP=(
	[setup]='make an environment'
	[teardown]='remove it: programs, pins, links, namespace'
	[reset]='teardown, setup with the same options (and those given)'
	[status]='list the environments, their programs and pins'
	[enter]='a shell in the namespace'
	[exec]='run a command in the namespace'
	[ping]='ping the outer end from inside'
	[tcpdump]='tcpdump in the namespace, on veth0 (--outer: outside)'
	[load]='xdp_loader on the outer device'
	[unload]='xdp_loader --unload-all there (or what is given)'
	[stats]='xdp_stats on the outer device'
	[redirect]='XDP_REDIRECT between two environments, both ways'
	[watch]='traffic, loader and live statistics side by side, in tmux'
	[alias]="print a definition of t: eval \"\$(testenv.sh alias)\""
	[help]='this text'
)
declare -rA USAGE=([exec]='exec COMMAND...' [ping]='ping [ARGUMENTS]' [tcpdump]='tcpdump [ARGUMENTS]'
	[load]='load [ARGUMENTS]' [unload]='unload [ARGUMENTS]' [stats]='stats [ARGUMENTS]'
	[status]='status, st' [redirect]='redirect ENV1 ENV2')

# Which options a command knows beside --name; what else it is given.
declare -rA OPTIONS=([setup]='legacy vlan new' [reset]='legacy vlan' [ping]='legacy vlan'
	[tcpdump]='inner outer vlan' [load]='inner outer vlan' [unload]='inner outer vlan'
	[stats]='inner outer vlan' [watch]=plain)
declare -rA PASSES=([exec]=command [ping]=all [tcpdump]=all [load]=all [unload]=all [stats]=all
	[redirect]=names)

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
		  -n, --name NAME      the environment, and its outer device: letters, digits,
		                       '_' and '-', at most 15 (default: the one that was
		                       used last, else testenv; of setup: testenv)
		  -g, --gen-new        setup: a new name, testenv-1, testenv-2 and so on
		  --legacy-ip          setup, reset: IPv4 beside IPv6; ping: ping by IPv4
		  --vlan               setup, reset: VLAN devices too;
		                       ping, tcpdump, load, unload, stats: there
		  --inner, --outer     tcpdump, load, unload, stats: the inner or outer device
		  --plain              watch: one after the other, without tmux
		  -h, --help           this text
		  --                   what follows is arguments, even if it looks like these

		ARGUMENTS go to ping, tcpdump, xdp_loader or xdp_stats as they are. After ping,
		tcpdump and stats -n is theirs, unless an environment's name or a -- follows.
		Exit codes: 0 done; 1 failed; 2 wrong usage; else those of what was run.
	EOF
}

# option_take WORD [NEXT]: takes one option of ours; sets TAKEN to the number of words it had, 0 if
# it is none of ours. Which command it is may not be known yet: options_check() looks at that.
option_take() {
	TAKEN=1
	case $1 in
	-n | --name)
		(($# > 1)) || usage_error "option $1 needs a name"
		OPT[name]=1 NAME=$2 TAKEN=2
		;;
	--name=*) OPT[name]=1 NAME=${1#*=} ;;
	-g | --gen-new) OPT[new]=1 ;;
	--legacy-ip) OPT[legacy]=1 ;;
	--vlan) OPT[vlan]=1 ;;
	--inner) OPT[inner]=1 ;;
	--outer) OPT[outer]=1 ;;
	--plain) OPT[plain]=1 ;;
	*) TAKEN=0 ;;
	esac
}

# short_is_ours COMMAND WORD...: whether the short option that WORD begins with is ours, after a command
# that passes its arguments on. xdp_loader has no -n; ping and tcpdump have one that takes no word, and
# xdp_stats one that takes a number.
short_is_ours() {
	local command=$1 next=${3-} word
	case $2:$command in
	-n:load | -n:unload) return ;;
	-n:*) ;;
	-g:*) return 1 ;;
	*) return ;;
	esac
	[[ $next && ! $next =~ ^[0-9]+$ ]] || return
	for word in "${@:4}"; do
		[[ $word != -- ]] || return 0
	done
	[[ $next =~ $NAME_FORM && -f $STATE_DIR/$next ]]
}

# args_take COMMAND WORD...
args_take() {
	local command=$1 passes=${PASSES[$1]-}
	shift
	while (($#)); do
		TAKEN=0
		if [[ $passes != all ]] || short_is_ours "$command" "$@"; then option_take "${@:1:2}"; fi
		if ((TAKEN)); then
			shift "$TAKEN"
			continue
		fi
		case $passes:$1 in
		all:-- | command:--) shift && break ;;
		all:*) ARGS+=("$1") && shift ;;
		*:-h | *:--help) cmd_help && exit ;;
		*:-*) usage_error "unknown option '$1'" ;;
		command:*) break ;;
		names:*) ARGS+=("$1") && shift ;;
		*) usage_error "'$command' takes no argument '$1'" ;;
		esac
	done
	ARGS+=("$@")
}

options_check() {
	local option known=" name ${OPTIONS[$1]-} "
	for option in "${!OPT[@]}"; do
		[[ $known == *" $option "* ]] ||
			usage_error "option --$(option_name "$option") is not one of '$1'"
	done
	[[ ! ${OPT[new]-} || ! ${OPT[name]-} ]] || usage_error "give --name or --gen-new, not both"
	[[ ! ${OPT[inner]-} || ! ${OPT[outer]-} ]] || usage_error "give --inner or --outer, not both"
}

option_name() {
	case $1 in
	legacy) say legacy-ip ;;
	new) say gen-new ;;
	*) say "$1" ;;
	esac
}

# Without --name: the environment that was used last. A new one is not called as that one.
name_choose() { # COMMAND
	local last
	[[ ! ${OPT[name]-} && $1 != @(setup|alias|help) ]] || return 0
	last=$(state_last)
	[[ ! $last || $last == "$NAME" ]] || LAST=1 NAME=$last
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
	[[ $command != @(st|sta) ]] || command=status
	shift
	[[ $command != -* ]] || usage_error "unknown option '$command'"
	[[ ${HELP[$command]-} ]] || usage_error "unknown command '$command'"
	args_take "$command" "$@"
	options_check "$command"
	name_choose "$command"
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
