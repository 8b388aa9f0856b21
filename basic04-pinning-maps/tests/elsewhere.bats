#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# configure as packagers call it, builds outside of the sources, and whether two builds are the same.
bats_require_minimum_version 1.5.0

setup_file() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	unset CC CLANG BPFTOOL AR CPPFLAGS CFLAGS LDFLAGS MAKEFLAGS V
	export SOURCES="$BATS_FILE_TMPDIR/the sources" BUILT="$BATS_FILE_TMPDIR/first build"
	"$top/packaging/copy-sources" "$SOURCES"
	mkdir "$BUILT"
	chmod -R a+rX "$BATS_FILE_TMPDIR" # for nobody
	chmod -R a-w "$SOURCES"
	(cd "$BUILT" && as_nobody_in . ../the\ sources/configure --werror --quiet &&
		as_nobody_in . make -s -j2) >"$BATS_FILE_TMPDIR/log" 2>&1 || cat "$BATS_FILE_TMPDIR/log" >&2
}

setup() {
	unset CC CLANG BPFTOOL AR CPPFLAGS CFLAGS LDFLAGS MAKEFLAGS V
	cd "$BATS_TEST_TMPDIR" || return
}

# Without a right or a home, on a file system whose sources nobody may change.
as_nobody_in() { # FOLDER COMMAND...
	local folder=$1 up
	chown -R nobody "$folder"
	up=$(cd "$folder" && pwd)
	while [[ $up != / ]]; do chmod a+x "$up" && up=$(dirname "$up"); done
	setpriv --reuid nobody --clear-groups --bounding-set=-all --no-new-privs env HOME=/nonexistent TMPDIR=/tmp "${@:2}"
}

said() { [[ $output == *"$1"* ]] || { echo "expected: $1"; echo "got: $output"; return 1; }; }

# What was built, except lists of what was read and the links to the sources.
built_files() { find . -type f ! -name '*.d' ! -name 'config.*' | sort; }

@test "a user without rights builds in a folder of their own, from sources that they may only read" {
	for tool in xdp_loader xdp_stats maps_ctl; do
		[[ $(stat -c %U "$BUILT/basic04-pinning-maps/$tool") == nobody ]]
		"$BUILT/basic04-pinning-maps/$tool" --version
	done
	[[ -e $BUILT/basic04-pinning-maps/xdp_prog_kern.o && -s $BUILT/build/man/xdp_loader.8 ]]
	cd "$SOURCES"
	[[ ! -e config.mk && ! -e config.log && ! -e build && ! -e basic04-pinning-maps/xdp_loader ]]
	[[ -z $(find . -newer "$BUILT/config.mk") ]]
	cd "$BUILT"
	run -0 make
	echo "left to do: $output"
	[[ -z $output ]]
}

@test "two builds in two folders, one beside its sources, are the same, bit by bit" {
	cp -a "$SOURCES" "$BATS_TEST_TMPDIR/somewhere else"
	cd "somewhere else"
	chmod -R u+w .
	./configure --werror --quiet
	make -s -j2
	for file in basic04-pinning-maps/{xdp_loader,xdp_stats,maps_ctl,xdp_prog_kern.o,maps/xsk/xsk} build/{man/xdp_loader.8,libwriter.a}; do
		[[ -s $file ]]
	done
	while read -r file; do
		[[ -L $BUILT/$file ]] || cmp "$file" "$BUILT/$file"
	done < <(built_files)
	(($(built_files | wc -l) > 100))
	run ! grep -rlF -e "$PWD" -e "$BUILT" --include='*.o' --include='*.a' --include='xdp_*' --include='*.h' .
}

@test "configure in a folder with files of its own, or beside a build of the sources, changes nothing" {
	mkdir own
	cd own
	echo mine >README.org
	run -1 "$SOURCES/configure"
	said "cannot build here: this folder has a file README.org; run configure in an empty folder"
	[[ $(ls -A) == README.org && $(<README.org) == mine ]]

	cp -a "$SOURCES" ../built
	chmod -R u+w ../built
	: >../built/config.mk
	mkdir ../empty
	cd ../empty
	run -1 ../built/configure
	said "run 'make distclean' in $BATS_TEST_TMPDIR/built first"
	[[ -z $(ls -A) ]]
}

@test "a build folder in the sources is not a part of them, and follows files that come and go" {
	cp -a "$SOURCES" tree
	chmod -R u+w tree
	mkdir tree/b
	cd tree/b
	../configure --quiet
	[[ -L configure && -L basic04-pinning-maps/xdp_stats.c && ! -e b && ! -e .git ]]
	../packaging/copy-sources ../../copy
	[[ ! -e ../../copy/b && -e ../../copy/configure ]]
	echo >../common/base/more.c
	mv ../common/base/join.c ../common/base/joined.c
	eval "$(sed -n 's/^CONFIGURE_AGAIN = //p' config.mk)"
	[[ -e common/base/more.c && -e common/base/joined.c && ! -L common/base/join.c ]]
}

@test "configure takes what Debian's and Fedora's packages give it, and warns of what it does not know" {
	cp -a "$SOURCES" tree
	chmod -R u+w tree
	cd tree
	# shellcheck disable=SC2016 # make's
	run -0 ./configure --build=x86_64-linux-gnu --prefix=/usr '--includedir=${prefix}/include' \
		'--mandir=${prefix}/share/man' '--infodir=${prefix}/share/info' --sysconfdir=/etc --localstatedir=/var \
		--disable-option-checking --disable-silent-rules '--libdir=${prefix}/lib/x86_64-linux-gnu' --runstatedir=/run \
		--disable-maintainer-mode --disable-dependency-tracking
	[[ $output != *unrecognized* ]]
	shown() { make -s -f - show TOP=. <<<$'include common/rules.mk\nshow:\n\t@echo $('"$1"')'; }
	[[ $(shown includedir) == /usr/include && $(shown libdir) == /usr/lib/x86_64-linux-gnu && $(shown sysconfdir) == /etc ]]
	[[ $(shown runstatedir) == /run && $(shown docdir) == /usr/share/doc/xdp-pinning-tools ]]

	run -0 ./configure --build x86_64-redhat-linux-gnu --program-prefix= --disable-dependency-tracking --prefix /usr \
		--exec-prefix /usr --bindir /usr/bin --sbindir /usr/sbin --sysconfdir /etc --datadir /usr/share \
		--includedir /usr/include --libdir /usr/lib64 --libexecdir /usr/libexec --localstatedir /var --runstatedir /run \
		--sharedstatedir /var/lib --mandir /usr/share/man --infodir /usr/share/info --enable-x=y --without-z
	said "configure: WARNING: unrecognized options: --disable-dependency-tracking --enable-x --without-z"
	[[ $(shown libdir) == /usr/lib64 && $(shown sbindir) == /usr/sbin && $(shown sharedstatedir) == /var/lib ]]
}

@test "CC, AR, CLANG, BPFTOOL, PKG_CONFIG and flags are what configure tries with and make builds with" {
	cp -a "$SOURCES" tree
	chmod -R u+w tree
	cd tree
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in gcc ar clang bpftool pkg-config; do
		printf '#!/bin/sh\necho %s >>"%s/used"\nexec %s "$@"\n' "$tool" "$BATS_TEST_TMPDIR" "$(command -v "$tool")" \
			>"$BATS_TEST_TMPDIR/bin/my-$tool"
	done
	chmod +x "$BATS_TEST_TMPDIR"/bin/*
	PATH=$BATS_TEST_TMPDIR/bin:$PATH
	AR=my-ar CLANG=my-clang ./configure --quiet CC=my-gcc BPFTOOL=my-bpftool PKG_CONFIG=my-pkg-config LDFLAGS=-Wl,--stats
	[[ $(sort -u ../used | tr '\n' ' ') == "bpftool clang gcc pkg-config " ]]
	rm ../used
	make -s -C basic04-pinning-maps maps_ctl 2>linked
	[[ $(sort -u ../used | tr '\n' ' ') == "ar bpftool clang gcc " ]]
	grep -q 'total time in link' linked
	# make has not got the variables: configure has kept them.
	run -0 make -n config.mk -W configure
	said "AR='my-ar'"
	said "'CC=my-gcc'"
}

@test "--host of another machine takes that machine's compiler, pkg-config and ar" {
	cp -a "$SOURCES" tree
	chmod -R u+w tree
	cd tree
	run -1 ./configure --host=sparc64-linux-gnu
	said "none of these compiles and links a C program: sparc64-linux-gnu-gcc"
	said "sparc64-linux-gnu-pkg-config does not run"

	# One that is this machine's, under another name.
	mkdir "$BATS_TEST_TMPDIR/bin"
	for tool in gcc ar pkg-config; do ln -s "$(command -v "$tool")" "$BATS_TEST_TMPDIR/bin/strange-machine-$tool"; done
	PATH=$BATS_TEST_TMPDIR/bin:$PATH ./configure --quiet --build=this-machine --host=strange-machine
	for line in 'CC = strange-machine-gcc' 'AR = strange-machine-ar' 'CROSS = yes' 'BPF_TARGET = bpfel'; do
		grep -Fx "$line" config.mk
	done
	# Its tools may not run here: a page then refers to --help.
	cp -a "$BUILT/basic04-pinning-maps/xdp_stats" basic04-pinning-maps
	PATH=$BATS_TEST_TMPDIR/bin:$PATH make -s -C packaging ../build/man/xdp_stats.1
	grep -F -- '--help' build/man/xdp_stats.1
	run ! grep -F 'per\-cpu' build/man/xdp_stats.1
}

@test "BPF programs have the byte order of the machine that they are for" {
	cp -a "$SOURCES" tree
	chmod -R u+w tree
	cd tree
	./configure --quiet CPPFLAGS=
	make -s -C basic04-pinning-maps BPF_TARGET=bpfeb ../build/maps/lru/lru.o BPFTOOL=true 2>/dev/null || :
	readelf -h build/bpf/lru.o | grep -F 'big endian'
	# shellcheck source=configure.d/target.sh
	. configure.d/target.sh
	logged_output() { "$@"; }
	for machine in s390x:bpfeb aarch64:bpfel aarch64_be:bpfeb; do
		CC="clang --target=${machine%:*}-linux-gnu"
		target_byte_order
		[[ $BPF_TARGET == "${machine#*:}" ]]
	done
}
