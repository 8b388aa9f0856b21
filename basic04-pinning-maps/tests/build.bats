#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# configure and make, in copies of the tree.
bats_require_minimum_version 1.5.0

# A copy of the sources, without what a build of this tree has left.
setup_file() {
	top=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	export PRISTINE=$BATS_FILE_TMPDIR/pristine BUILT=$BATS_FILE_TMPDIR/built
	"$top/packaging/copy-sources" "$PRISTINE"
	unset CC CLANG BPFTOOL CPPFLAGS CFLAGS LDFLAGS MAKEFLAGS V
	cp -a "$PRISTINE" "$BUILT"
	make -C "$BUILT" -s -j4 >"$BATS_FILE_TMPDIR/log" 2>&1 || cat "$BATS_FILE_TMPDIR/log" >&2
}

setup() {
	unset CC CLANG BPFTOOL CPPFLAGS CFLAGS LDFLAGS MAKEFLAGS V
}

# A whole build more: test.sh --all makes it.
build_takes_long() { ((${TEST_SHARE-1} == 1)) || skip "another whole build: test.sh --all makes it"; }

# Each test's own copy of $1, and goes there.
use_copy() {
	cp -a "$1" "$BATS_TEST_TMPDIR/tree"
	cd "$BATS_TEST_TMPDIR/tree" || return
}

# A PATH of links to every tool but those named.
path_without() {
	local dir tool pattern
	mkdir "$BATS_TEST_TMPDIR/bin"
	for dir in ${PATH//:/ }; do
		ln -sf "$dir"/* "$BATS_TEST_TMPDIR/bin"
	done
	for pattern in "$@"; do
		for tool in "$BATS_TEST_TMPDIR/bin"/$pattern; do rm -f "$tool"; done
	done
	PATH=$BATS_TEST_TMPDIR/bin
}

said() {
	[[ $output == *"$1"* ]] || { echo "expected: $1"; echo "got: $output"; return 1; }
}

did_not_say() {
	[[ $output != *"$1"* ]] || { echo "not expected: $1"; echo "got: $output"; return 1; }
}

content() {
	find . -type f -exec sha256sum {} + | sort
}

@test "configure --help prints its options to stdout and exits 0" {
	use_copy "$PRISTINE"
	run --separate-stderr ./configure --help
	[[ $status == 0 && -z $stderr ]]
	for option in --prefix --with-libbpf --werror --install-deps --help; do said "$option"; done
	[[ ! -e config.mk ]]
}

@test "configure names an option that it does not know, and exits 2" {
	use_copy "$PRISTINE"
	run --separate-stderr ./configure --werror --prefx=/usr
	[[ $status == 2 && -z $output && $stderr == *"unknown option --prefx=/usr"* ]]
	run ./configure --install-deps=everything
	[[ $status == 2 ]]
	said "unknown set 'everything'"
	run ./configure --prefix
	[[ $status == 2 ]]
	said "--prefix needs a value"
	run ./configure --bindir=bin
	[[ $status == 2 ]]
	said "--bindir needs a folder that begins with '/', not 'bin'"
	run ./configure --prefix="/opt/it's"
	[[ $status == 2 ]]
	said "--prefix cannot have a quote, a backslash or a line end in it"
	run ./configure CCC=gcc
	[[ $status == 2 ]]
	said "unknown variable CCC"
	[[ ! -e config.mk ]]
}

@test "configure prints an aligned line a probe, and logs each command" {
	use_copy "$PRISTINE"
	run ./configure
	[[ $status == 0 ]]
	for what in "C compiler" "clang for BPF" bpftool pkg-config "libbpf >= 1.1" \
		"libxdp >= 1.3" "libmnl >= 1.0.4" libelf zlib; do
		grep -E "^$what \.+ yes" <<<"$output"
	done
	[[ $(grep -E ' \.+ ' <<<"$output" | sed -E 's/ (\.+) .*/ \1/' | awk '{ print length }' |
		sort -u | wc -l) == 1 ]]
	grep -F 'target bpfel' config.log
	grep -F 'bpftool gen skeleton' config.log
	grep -F -- '--atleast-version=1.3 libxdp' config.log
}

@test "configure names every missing tool with its Debian and its Fedora package" {
	use_copy "$PRISTINE"
	path_without 'clang*' 'gcc*' '*-gcc*' 'cc' 'c99*' 'pkg-config' 'pkgconf'
	BPFTOOL=/nonexistent/bpftool run ./configure
	[[ $status == 1 ]]
	said "install gcc (Debian) or gcc (Fedora)"
	said "install clang (Debian) or clang (Fedora)"
	said "install bpftool (Debian) or bpftool (Fedora)"
	said "install pkg-config (Debian) or pkgconf-pkg-config (Fedora)"
	said "install libbpf-dev (Debian) or libbpf-devel (Fedora)"
	said "./configure --install-deps"
	[[ ! -e config.mk ]]
}

@test "configure names a library that is missing or too old with both packages" {
	use_copy "$PRISTINE"
	mkdir old
	sed 's/^Version:.*/Version: 1.2.9/' "$(pkg-config --variable=pcfiledir libxdp)/libxdp.pc" >old/libxdp.pc
	PKG_CONFIG_PATH=$PWD/old run ./configure
	[[ $status == 1 ]]
	said "cannot use libxdp >= 1.3: version 1.2.9, 1.3 or newer is needed"
	said "install libxdp-dev (Debian) or libxdp-devel (Fedora)"
	did_not_say "cannot use libbpf"

	PKG_CONFIG_LIBDIR=/nonexistent run ./configure
	[[ $status == 1 ]]
	said "install libbpf-dev (Debian) or libbpf-devel (Fedora)"
	said "install libxdp-dev (Debian) or libxdp-devel (Fedora)"
	said "install libelf-dev (Debian) or elfutils-libelf-devel (Fedora)"
	said "install zlib1g-dev (Debian) or zlib-devel (Fedora)"
	said "install libmnl-dev (Debian) or libmnl-devel (Fedora)"
}

@test "without json-c, libmicrohttpd and ncurses, all else builds, and what needs them says so" {
	use_copy "$PRISTINE"
	mkdir bin
	printf '#!/bin/sh\ncase $* in *json-c*|*microhttpd*|*ncurses*) exit 1 ;; esac\nexec pkg-config "$@"\n' >bin/pkg-config-core
	chmod +x bin/pkg-config-core
	PKG_CONFIG=$PWD/bin/pkg-config-core run ./configure --werror
	[[ $status == 0 ]]
	said "so without xdp_stats --json (pkg-config does not know it)"
	said "so without xdp_stats --listen"
	said "so without xdp_stats --live"
	make -s -j4
	[[ $(readelf -d basic04-pinning-maps/xdp_stats | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ') == "libbpf.so.1 libc.so.6 libmnl.so.0 " ]]
	run basic04-pinning-maps/xdp_stats --all --json
	[[ $status == 2 && $output == *"could not write json: this program was built without json-c; see ./configure" ]]
	run basic04-pinning-maps/xdp_stats --all --listen 10435
	[[ $status == 2 && $output == *"built without libmicrohttpd"* ]]
	run basic04-pinning-maps/xdp_stats --all --live
	[[ $status == 2 && $output == *"built without ncurses"* ]]
	run basic04-pinning-maps/xdp_stats --all --once --pin-base /sys/fs/bpf
	[[ $output != *"built without"* ]]
}

@test "no tool is linked with json-c, libmicrohttpd or ncurses; an option that needs one loads it, or names it" {
	local tools=$BUILT/basic04-pinning-maps option library file
	for tool in xdp_loader xdp_stats maps_ctl; do
		readelf -d "$tools/$tool" | grep 'NEEDED.*libbpf'
		run ! grep -E 'NEEDED.*(json|micro|curses|tinfo)' <(readelf -d "$tools/$tool")
	done
	"$tools/xdp_loader" --list --json
	file=$(ldconfig -p | sed -n 's/.*libjson-c\.so\.[0-9]* .*=> //p' | head -n 1)
	file=${file#/usr} # glibc 2.43 looks in both folders
	run strace -f -o /dev/null -P "$file" -P "/usr$file" -e trace=openat -e inject=openat:error=EMFILE \
		"$tools/xdp_stats" --all --once --json
	echo "$output"
	[[ $output == *"could not load libjson-c.so."*"Too many open files; allow more open files with 'ulimit -n'"* ]]
	while read -r library tool option; do
		file=$(ldconfig -p | sed -n "s/.*$library\.so\.[0-9]* .*=> //p" | head -n 1)
		# shellcheck disable=SC2016,SC2086 # the inner shell expands it; $option is words
		run unshare -m bash -c 'mount --bind /dev/null "$1" && exec python3 -c "$2" "${@:3}"' bash "$file" \
			'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' \
			"$tools/$tool" $option </dev/null
		echo "$output"
		[[ $status != 0 && $output == *"could not load $library.so."*": "*"; install it"* ]]
	done <<-'END'
		libjson-c xdp_stats --all --once --json
		libjson-c xdp_loader --list --json
		libjson-c maps_ctl -d lo --get --json
		libmicrohttpd xdp_stats --all --listen 10435
		libncursesw xdp_stats --all --live
	END
}

@test "--static-libbpf puts libbpf, libxdp, libelf and zlib into the tools" {
	build_takes_long
	for archive in bpf xdp elf z; do
		[[ -e $(gcc -print-file-name="lib$archive.a") ]] || skip "no lib$archive.a here"
	done
	use_copy "$PRISTINE"
	./configure --werror --static-libbpf
	make -s -j4
	for tool in xdp_loader xdp_stats maps_ctl; do
		[[ $(readelf -d "basic04-pinning-maps/$tool" | sed -n 's/.*NEEDED.*\[\(.*\)\]/\1/p' | sort | tr '\n' ' ') == "libc.so.6 libmnl.so.0 " ]]
		"basic04-pinning-maps/$tool" --version
	done
	run -0 basic04-pinning-maps/xdp_loader --programs
	said xdp_pass_func
	grep -F -- --static-libbpf config.mk # make configures the same way again
}

@test "--reader-only builds xdp_stats with a C compiler, libbpf and libmnl, and nothing else" {
	use_copy "$PRISTINE"
	cat >without.sh <<-'END'
		case "$*" in
		*libxdp* | *libelf* | *zlib* | *json-c* | *microhttpd* | *ncurses*) exit 1 ;;
		esac
		exec pkg-config "$@"
	END
	chmod +x without.sh
	PKG_CONFIG=$(realpath "$(command -v pkg-config)")
	sed -i "s|exec pkg-config|exec $PKG_CONFIG|; 1i #!/bin/sh" without.sh
	path_without 'clang*' bpftool 'llvm*'
	run env PKG_CONFIG="$PWD/without.sh" ./configure --reader-only --werror
	echo "$output"
	[[ $status == 0 ]]
	make -s
	[[ -x basic04-pinning-maps/xdp_stats && ! -e basic04-pinning-maps/xdp_loader ]]
	basic04-pinning-maps/xdp_stats --version
	run ldd basic04-pinning-maps/xdp_stats
	did_not_say libxdp
	make -s install DESTDIR="$PWD/there" PREFIX=/usr
	[[ $(ls there/usr/bin) == xdp_stats && ! -e there/usr/sbin && ! -e there/usr/share/man/man8 ]]
}

@test "a configure that fails leaves the old config.mk and no other file" {
	use_copy "$PRISTINE"
	echo "# mine" >config.mk
	BPFTOOL=/nonexistent/bpftool run ./configure
	[[ $status == 1 && $(<config.mk) == "# mine" ]]
	[[ $(find . -name 'config.mk*') == ./config.mk ]]
}

@test "config.mk appears by rename" {
	use_copy "$PRISTINE"
	: >config.mk
	old=$(stat -c %i config.mk)
	ln config.mk kept
	run ./configure
	[[ $status == 0 && $(stat -c %i config.mk) != "$old" && ! -s kept && -s config.mk ]]
}

@test "configure keeps prefix and flags, and make runs it again when it has changed" {
	use_copy "$PRISTINE"
	# shellcheck disable=SC2016
	CPPFLAGS=-DC=1 run ./configure --prefix /opt/x --werror CFLAGS=$'-O1\n-DA="$b"' # of two lines
	[[ $status == 0 ]]
	grep -Fx 'prefix = /opt/x' config.mk
	grep -Fx 'WERROR = -Werror' config.mk
	# What it tries with, and what make compiles both languages with.
	[[ $(grep -c '^\$ gcc .*-DC=1 -O1 -DA' config.log) -gt 1 ]]
	[[ $(grep -c '^\$ clang -target bpfel .*-DC=1' config.log) -gt 1 ]]
	make -n -C basic04-pinning-maps xdp_stats xdp_prog_kern.o >commands
	grep '^gcc .*-DC=1 -O1 -DA' commands
	grep '^clang -target bpfel .*-DC=1' commands
	# What make does when configure is newer: the same again.
	grep -v CONFIGURE_AGAIN config.mk >before
	touch -d '1 hour ago' config.mk
	make -n all >/dev/null
	[[ config.mk -nt configure ]]
	grep -v CONFIGURE_AGAIN config.mk | diff before -
}

@test "--with-libbpf takes an own prefix, with a run path, and refuses one without libbpf" {
	use_copy "$PRISTINE"
	mkdir -p own/lib64/pkgconfig
	run ./configure --with-libbpf=own
	[[ $status == 1 ]]
	said "$PWD/own has no lib*/pkgconfig/libbpf.pc"

	libdir=$(pkg-config --variable=libdir libbpf)
	cp -a "$libdir"/libbpf.so* own/lib64
	mkdir own/include
	cp -a "$(pkg-config --variable=includedir libbpf)/bpf" own/include
	sed "s|^prefix=.*|prefix=$PWD/own|; s|^libdir=.*|libdir=\${prefix}/lib64|" \
		"$libdir/pkgconfig/libbpf.pc" >own/lib64/pkgconfig/libbpf.pc
	./configure --with-libbpf=own
	make -s -j4
	ldd basic04-pinning-maps/xdp_stats | grep -F "$PWD/own/lib64/libbpf.so.1"
	ldd basic04-pinning-maps/xdp_loader | grep -F "$PWD/own/lib64/libbpf.so.1"
}

@test "make configures by itself, builds in parallel, and leaves the sources untouched" {
	use_copy "$PRISTINE"
	content >"$BATS_TEST_TMPDIR/before"
	run make -j8
	echo "$output"
	[[ $status == 0 && -x basic04-pinning-maps/xdp_loader && -x basic04-pinning-maps/xdp_stats ]]
	sha256sum --quiet -c "$BATS_TEST_TMPDIR/before"
	make -s distclean
	content | diff "$BATS_TEST_TMPDIR/before" -
}

@test "a second make does nothing" {
	use_copy "$BUILT"
	run make
	[[ $status == 0 && -z $output ]]
}

@test "make V=1 prints the commands" {
	use_copy "$BUILT"
	touch basic04-pinning-maps/xdp_prog_kern.c
	run make V=1
	said "-target bpf"
	said "gen skeleton"
}

@test "a touched header rebuilds what includes it" {
	use_copy "$BUILT"
	touch headers/xdp_stats_count.h
	run make
	said "BPF      xdp_prog_kern.o"
	said "BPF      xdp_prog_kern_frags.o"
	said "xdp_prog_kern.skel.h"
	said "LINK     basic04-pinning-maps/xdp_loader"
	did_not_say "build/common/"

	touch common/base/log.h
	run make
	said "CC       build/common/base/log.o"
	said "LINK     basic04-pinning-maps/xdp_loader"
	did_not_say BPF
}

# clang_named NAME VERSION: another clang in $PWD/bin, of that version by what it says itself.
clang_named() {
	mkdir -p bin
	printf '#!/bin/sh\nexec %s -U__clang_major__ -D__clang_major__=%s "$@"\n' \
		"$(command -v clang)" "$2" >"bin/$1"
	chmod +x "bin/$1"
}

@test "configure takes the plain clang, else the newest versioned one in PATH, none before 14" {
	use_copy "$PRISTINE"
	clang_named clang-101 101
	PATH=$PWD/bin:$PATH ./configure
	grep -Fx 'CLANG = clang' config.mk

	clang_named clang 13
	clang_named clang-99 99
	PATH=$PWD/bin:$PATH ./configure
	grep -Fx 'CLANG = clang-101' config.mk

	CLANG=$PWD/bin/clang run ./configure
	[[ $status == 1 ]]
	said "cannot use clang for BPF: $PWD/bin/clang is too old, version 14 or newer is needed; install clang"
}

@test "the newest versioned clang builds the BPF programs too" {
	build_takes_long
	newest=$(compgen -G '/usr/bin/clang-[0-9]*' | grep -E '[0-9]+$' | sort -V | tail -n 1)
	[[ $newest && ! $newest -ef $(command -v clang) ]] || skip "there is one clang only"
	use_copy "$PRISTINE"
	CLANG=$newest ./configure --werror
	make -s -j4
}

@test "clang builds all of it too, without a warning" {
	build_takes_long
	use_copy "$PRISTINE"
	CC=clang ./configure --werror
	make -s -j4 all test-programs
}

@test "gcc -flto builds too, with the bytes of legacy.o" {
	build_takes_long
	use_copy "$BUILT"
	touch basic04-pinning-maps/maps/make/make.c
	make -s -C basic04-pinning-maps CFLAGS='-O2 -flto' maps/make/make
	legacy=$(od -A n -v -t x1 build/maps/make/legacy.o | tr -d ' \n')
	od -A n -v -t x1 basic04-pinning-maps/maps/make/make | tr -d ' \n' | grep -qF "$legacy"
}

@test "the tools are hardened: stack protector, fortified calls, PIE, all bound at the start" {
	for tool in xdp_loader xdp_stats maps_ctl; do
		tool=$BUILT/basic04-pinning-maps/$tool
		readelf -hW "$tool" | grep -E 'Type: +DYN'
		readelf -dW "$tool" | grep -E 'FLAGS.*BIND_NOW'
		readelf -lW "$tool" | grep GNU_RELRO
		readelf -sW "$tool" | grep __stack_chk_fail
		readelf -sW "$tool" | grep -E '__(printf|snprintf|fprintf|memcpy)_chk'
	done
}

@test "CFLAGS and LDFLAGS take the hardening back, and it is off if it cannot work" {
	use_copy "$PRISTINE"
	CFLAGS='-O2 -fno-stack-protector -U_FORTIFY_SOURCE' LDFLAGS='-no-pie -Wl,-z,lazy' ./configure --werror
	make -s -C basic04-pinning-maps xdp_stats
	readelf -hW basic04-pinning-maps/xdp_stats | grep -E 'Type: +EXEC'
	[[ ! $(readelf -dsW basic04-pinning-maps/xdp_stats) =~ BIND_NOW|stack_chk|[a-z]_chk ]]

	# Nothing can be fortified without optimization.
	CFLAGS=-O0 run ./configure --werror
	[[ $status == 0 ]]
	said "hardening .......... -fstack-protector-strong -fPIE -pie -Wl,-z,relro,-z,now"
	CPPFLAGS=-D_FORTIFY_SOURCE=3 run ./configure
	did_not_say "FORTIFY_SOURCE=2"
}

@test "a BPF object keeps its BTF and drops DWARF" {
	use_copy "$BUILT"
	run bpftool btf dump file basic04-pinning-maps/xdp_prog_kern.o
	said "datarec"
	run grep -c debug_info basic04-pinning-maps/xdp_prog_kern.o
	[[ $output == 0 ]]
}

@test "--install-deps says so when nothing is missing, and needs root when something is" {
	use_copy "$PRISTINE"
	mkdir bin
	printf '#!/bin/sh\necho installed\n' >bin/dpkg-query
	printf '#!/bin/sh\necho "apt-get $*" >>%s/apt\n' "$PWD" >bin/apt-get
	chmod +x bin/*
	PATH=$PWD/bin:$PATH run ./configure --install-deps=test
	[[ $status == 0 && ! -e apt && ! -e config.mk ]]
	said "installed already"

	printf '#!/bin/sh\ncase $* in *trafgen*|*netsniff-ng) ;; *) echo installed ;; esac\n' >bin/dpkg-query
	printf '#!/bin/sh\necho 1000\n' >bin/id
	chmod +x bin/id
	PATH=$PWD/bin:$PATH run ./configure --install-deps=demo
	[[ $status == 1 && ! -e apt ]]
	said "as root"

	printf '#!/bin/sh\necho 0\n' >bin/id
	PATH=$PWD/bin:$PATH run ./configure --install-deps=demo
	[[ $status == 0 ]]
	said "Installed: netsniff-ng"
	[[ $(<apt) == "apt-get -qq update"$'\n'"apt-get install -y --no-install-recommends netsniff-ng" ]]
	PATH=$PWD/bin:$PATH run ./configure --install-deps=build
	said "installed already"
}

@test "a PATH of the declared packages has their programs and those of every Debian, and no others" {
	use_copy "$PRISTINE"
	command -v dpkg-query >/dev/null || skip "no dpkg-query here"
	testenv/declared-path.sh test test/sbin
	for program in patch bats gcc cc clang ip mount awk sed apt-get; do
		[[ -x test/sbin/$program ]] || { echo "no $program"; return 1; }
	done
	PATH=$PWD/test/sbin testenv/declared-path.sh build build/sbin
	for program in gcc cc awk sed; do [[ -x build/sbin/$program ]]; done
	for program in patch bats tmux; do [[ ! -e build/sbin/$program ]]; done
	run testenv/declared-path.sh everything some/sbin
	[[ $status == 2 && $output == *"unknown set 'everything'"* && ! -e some ]]
}

# hold_lock FILE: as apt does, until the coprocess of that name ends.
hold_lock() {
	# shellcheck disable=SC2016 # perl's
	coproc holder { exec perl -e 'use Fcntl qw(:DEFAULT :seek); $| = 1;
		sysopen(my $file, shift, O_RDWR | O_CREAT) or die;
		my $lock = pack("ssx4qqlx4", F_WRLCK, SEEK_SET, 0, 0, 0);
		fcntl($file, F_SETLK, $lock) or die;
		print "held\n"; <STDIN>;' "$1"; }
	# shellcheck disable=SC2154 # coproc sets it
	read -r <&"${holder[0]}"
	echo "$!" >holder
}

@test "--install-deps waits for each of apt's locks, says so, and gives up with the reason" {
	use_copy "$PRISTINE"
	command -v apt-get dpkg-query >/dev/null || skip "no apt here"
	mkdir -p bin apt/lists/partial apt/archives/partial
	: >apt/sources
	cp /var/lib/dpkg/status apt/status
	# apt's own folders are the test's: its locks too.
	cat >apt/conf <<-END
		Dir::State "$PWD/apt";
		Dir::State::status "$PWD/apt/status";
		Dir::Cache "$PWD/apt";
		Dir::Etc::sourcelist "$PWD/apt/sources";
		Dir::Etc::sourceparts "-";
	END
	export APT_CONFIG=$PWD/apt/conf
	printf '#!/bin/sh\ncase $* in *make) ;; *) echo installed ;; esac\n' >bin/dpkg-query
	printf '#!/bin/sh\necho 0\n' >bin/id
	# shellcheck disable=SC2016 # for sh
	printf '#!/bin/sh\necho "$1" >>slept\n' >bin/sleep
	# Who holds the lock lets it go while configure waits for the third time.
	cp bin/sleep bin/sleep-for-ever
	# shellcheck disable=SC2016 # for sh
	echo '[ "$(wc -l <slept)" != 3 ] || kill "$(cat holder)"' >>bin/sleep
	chmod +x bin/*
	for lock in lists/lock lock-frontend archives/lock; do
		rm -f slept
		hold_lock "$PWD/apt/$lock"
		PATH=$PWD/bin:$PATH run ./configure --install-deps
		echo "$lock: $output"
		[[ $status == 0 ]]
		(($(wc -l <slept) >= 3)) # or more, until the holder has ended
		said "configure: waiting, for 10 minutes at most, for the lock $PWD/apt/$lock. It is held by process $(<holder)"
		said "Installed: make"
	done

	mv bin/sleep-for-ever bin/sleep
	rm slept
	hold_lock "$PWD/apt/lists/lock"
	PATH=$PWD/bin:$PATH run ./configure --install-deps
	kill "$(<holder)"
	[[ $status == 1 && $(awk '{ sum += $1 } END { print sum }' slept) == 600 ]]
	said "E: Could not get lock $PWD/apt/lists/lock."
	said "cannot install make"
}

@test "testenv/everything.sh knows its parts, and each target that it runs is one of make's" {
	local targets
	run testenv/everything.sh --help
	[[ $status == 0 ]]
	targets=$(sed -n 's/^  [a-z]* *make \([a-z-]*\).*/\1/p' <<<"$output")
	(($(wc -w <<<"$targets") > 10))
	# shellcheck disable=SC2086 # words
	make -n $targets >/dev/null
	run testenv/everything.sh lint tomorrow
	[[ $status == 2 && $output == "everything.sh: there is no part 'tomorrow'; "* ]]
}

@test "testenv/kernels/run says which kernels there are, and refuses others before it does anything" {
	use_copy "$PRISTINE"
	run testenv/kernels/run --help
	[[ $status == 0 ]]
	said "5.10, 6.1, 6.12, sid"
	run testenv/kernels/run 4.19
	[[ $status == 2 && $output == "kernels/run: no kernel 4.19 here; "* ]]
	run testenv/kernels/run --fast 6.1
	[[ $status == 2 && $output == "kernels/run: unknown option --fast"* ]]
	run testenv/kernels/run --command
	[[ $status == 2 && $output == "kernels/run: --command needs a command"* ]]
	[[ ! -e config.mk && ! -e build ]]
}
