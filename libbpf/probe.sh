# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Which libbpf and libxdp the build uses: the oldest versions that will do, where they are looked
# for, and the probes. Sourced by configure; README.org beside this file says why these.

LIBBPF_MIN=1.1
LIBXDP_MIN=1.3
# shellcheck disable=SC2034 # for configure
LIBMNL_MIN=1.0.4

# libbpf_choose PREFIX: makes pkg-config look in PREFIX first; an empty PREFIX leaves the system's.
# Sets PKG_CONFIG_PATH, LIBBPF_CFLAGS and LIBBPF_RPATH. Fails where PREFIX has no libbpf.
libbpf_choose() {
	LIBBPF_CFLAGS='' LIBBPF_LIBS='' LIBBPF_RPATH='' LIBBPF_STATIC='' libbpf_found='' libbpf_dirs=''
	[ -n "$1" ] || return 0

	for libbpf_dir in "$1"/lib*/pkgconfig "$1"/lib/*/pkgconfig; do
		[ -d "$libbpf_dir" ] || continue
		libbpf_dirs=$libbpf_dirs$libbpf_dir:
		LIBBPF_RPATH="$LIBBPF_RPATH -Wl,-rpath,${libbpf_dir%/pkgconfig}"
		if [ -f "$libbpf_dir/libbpf.pc" ]; then libbpf_found=yes; fi
	done
	LIBBPF_CFLAGS=-I$1/include
	PKG_CONFIG_PATH=$libbpf_dirs${PKG_CONFIG_PATH-}
	export PKG_CONFIG_PATH
	[ -n "$libbpf_found" ]
}

# Each program calls what came with the oldest version that will do: an older library behind newer
# headers, or the other way round, does not link.
libbpf_code() {
	cat <<-'END'
		#include <bpf/bpf.h>
		int main(void) { return bpf_map_get_fd_by_id_opts(0, NULL); }
	END
}

libxdp_code() {
	cat <<-'END'
		#include <xdp/libxdp.h>
		int main(void) { return xdp_program__xdp_frags_support(NULL); }
	END
}

# Names the archives of the libraries in what it reads.
archives() {
	sed -E 's/(^| )-l([^ :]+)/\1-l:lib\2.a/g'
}

# libbpf_probe: sets LIBBPF_CFLAGS and LIBBPF_LIBS, found_version; on failure, reason.
libbpf_probe() {
	module_exists libbpf "$LIBBPF_MIN" || return
	LIBBPF_CFLAGS="$LIBBPF_CFLAGS $(module_flags --cflags libbpf)"
	LIBBPF_LIBS="$(module_flags --libs libbpf)$LIBBPF_RPATH"
	if [ -z "${static_libbpf-}" ] && libbpf_code | links "$LIBBPF_CFLAGS" "$LIBBPF_LIBS"; then return; fi

	# A prefix with libbpf.a alone, or --static-libbpf: what it needs itself has to be named.
	LIBBPF_LIBS=$(module_flags '--static --libs' libbpf) LIBBPF_STATIC=yes
	[ -z "${static_libbpf-}" ] || LIBBPF_LIBS=$(printf '%s\n' "$LIBBPF_LIBS" | archives)
	libbpf_code | links "$LIBBPF_CFLAGS" "$LIBBPF_LIBS"
}

# libbpf_has_memlock: whether libbpf can be told to leave the limit of locked memory alone. 1.1 has the
# function, but only its archive lets others call it.
libbpf_has_memlock() {
	printf '%s\n' '#include <bpf/bpf.h>' 'int main(void) { return libbpf_set_memlock_rlim(0); }' |
		links "$LIBBPF_CFLAGS" "$LIBBPF_LIBS"
}

# libxdp_probe: after libbpf_probe; sets LIBXDP_CFLAGS and LIBXDP_LIBS, found_version; on failure,
# reason.
libxdp_probe() {
	LIBXDP_CFLAGS='' LIBXDP_LIBS=''
	module_exists libxdp "$LIBXDP_MIN" || return
	LIBXDP_CFLAGS="$LIBBPF_CFLAGS $(module_flags --cflags libxdp)"
	LIBXDP_LIBS=$(module_flags --libs libxdp)
	if [ -n "$LIBBPF_STATIC" ]; then
		# A shared libxdp would bring a second, shared libbpf into the process.
		LIBXDP_LIBS=$(printf '%s\n' "$LIBXDP_LIBS" | archives)
	fi
	libxdp_code | links "$LIBXDP_CFLAGS" "$LIBXDP_LIBS $LIBBPF_LIBS"
}
