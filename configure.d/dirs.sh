# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The folders that make install uses: the options for them, and their lines in config.mk. Sourced by
# configure.

DIRS='prefix exec_prefix bindir sbindir libexecdir libdir includedir datarootdir datadir mandir'
DIRS="$DIRS infodir docdir sysconfdir localstatedir sharedstatedir runstatedir"

# The defaults are make's words: "make install prefix=/usr" moves them all.
# shellcheck disable=SC2016,SC2034 # $prefix is make's; dirs_settings reads them by their names
dirs_default() {
	prefix=/usr/local
	exec_prefix='${prefix}'
	bindir='${exec_prefix}/bin'
	sbindir='${exec_prefix}/sbin'
	libexecdir='${exec_prefix}/libexec'
	libdir='${exec_prefix}/lib'
	includedir='${prefix}/include'
	datarootdir='${prefix}/share'
	datadir='${datarootdir}'
	mandir='${datarootdir}/man'
	infodir='${datarootdir}/info'
	docdir='${datarootdir}/doc/xdp-pinning-tools'
	sysconfdir='${prefix}/etc'
	localstatedir='${prefix}/var'
	sharedstatedir='${prefix}/com'
	runstatedir='${localstatedir}/run'
}

# dirs_set OPTION VALUE: of "--bindir /usr/bin". Fails if the option is not about a folder.
dirs_set() {
	dir=$(printf '%s\n' "${1#--}" | tr - _)
	case " $DIRS " in
	*" $dir "*) ;;
	*) return 1 ;;
	esac
	case $2 in
	*\'* | *\\* | *"
"*) usage_error "$1 cannot have a quote, a backslash or a line end in it, as '$2' has" ;;
	esac
	case $dir=$2 in
	prefix=*) set -- "$1" "$(absolute "$2")" ;;
	*=/* | *=\$*) ;;
	*) usage_error "$1 needs a folder that begins with '/', not '$2'" ;;
	esac
	eval "$dir=\${2%/}"
}

# The lines of config.mk. ${prefix} and the other folders' names stay make's; another '$' is a
# letter.
dirs_settings() {
	for dir in $DIRS; do
		value=
		eval "value=\$$dir"
		setting "$dir" "$value" |
			sed 's/\$\$\({\(prefix\|exec_prefix\|datarootdir\|localstatedir\)}\)/$\1/g'
	done
}
