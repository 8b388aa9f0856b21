# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A part of testenv.sh: the names and addresses of an environment.
# shellcheck shell=bash

BPFFS=/sys/fs/bpf

outer_device() { if [[ ${OPT[vlan]-} ]]; then say "$NAME.1"; else say "$NAME"; fi; }
inner_device() { if [[ ${OPT[vlan]-} ]]; then say veth0.1; else say veth0; fi; }

# address4/address6 KIND HOST: KIND is link or vlan; HOST is 1 outside, 2 inside.
address6() { case $1 in link) say "fc00:dead:cafe:${ENV[id]}::$2" ;; *) say "fc00:dead:beef:${ENV[id]}::$2" ;; esac; }
address4() { case $1 in link) say "10.11.${ENV[id]}.$2" ;; *) say "10.12.${ENV[id]}.$2" ;; esac; }

# Bpffs refuses dots in names; the tools write '_' for them.
pin_dir_outer() { say "$BPFFS/${1//./_}"; }
pin_dir_inner() { say "$BPFFS/netns-$NAME/${1//./_}"; }

# Letters, digits, '_' and '-' only: each such name means the same to the kernel, to ip, to bpffs
# and to a shell.
NAME_FORM='^[A-Za-z0-9_][A-Za-z0-9_-]*$'

check_name() {
	local LC_ALL=C # or a range may hold other letters
	[[ $NAME =~ $NAME_FORM ]] ||
		usage_error "name $(quote "$NAME") is not valid: use letters, digits, '_' and '-'"
	((${#NAME} <= 15)) || usage_error "name '$NAME' is longer than an interface name may be: 15 characters"
	[[ $NAME != netns-* && $NAME != xdp ]] ||
		usage_error "name '$NAME' is not valid: pins use 'xdp' and names that begin with 'netns-'"
	[[ -z ${OPT[vlan]-} ]] || ((${#NAME} <= 13)) ||
		usage_error "name '$NAME' is too long for --vlan: '$NAME.1' may have 15 characters"
}
