# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The machine that the tools are built for: --build and --host, and its byte order. Sourced by
# configure.
# shellcheck disable=SC2034 # what is set here is configure's

# Sets cross, and the compiler, pkg-config and ar of the machine HOST, if that is not the one that
# builds. What the environment names is not changed.
target_choose() { # BUILD HOST
	cross=
	: "${CC:=}" "${PKG_CONFIG:=}" "${AR:=}"
	if [ -z "$2" ] || [ "$2" = "${1:-$(cc -dumpmachine 2>/dev/null)}" ]; then return; fi
	cross=yes
	: "${CC:=$2-gcc}" "${PKG_CONFIG:=$2-pkg-config}"
	if [ -z "$AR" ] && command -v "$2-ar" >/dev/null; then AR=$2-ar; fi
}

# Sets BPF_TARGET, the kernel's byte order: clang -target bpf would take that of the machine that
# builds.
target_byte_order() {
	BPF_TARGET=bpfel
	# shellcheck disable=SC2086 # CC is a list of words
	if [ -n "$CC" ] && [ "$(echo __BYTE_ORDER__ | logged_output $CC -E -P -x c -)" = 4321 ]; then
		BPF_TARGET=bpfeb
	fi
}
