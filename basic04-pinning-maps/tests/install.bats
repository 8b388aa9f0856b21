#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# make install, uninstall, dist and distclean.
bats_require_minimum_version 1.5.0

setup() {
	TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
	unset CC CLANG BPFTOOL AR CPPFLAGS CFLAGS LDFLAGS MAKEFLAGS V
	cd "$BATS_TEST_TMPDIR" || return
	DEST="$BATS_TEST_TMPDIR/a folder"
}

installed() { (cd "$DEST" && find . -type f -printf '%P\n' | sort); }

@test "make install puts each file where its kind belongs, and every folder can be given" {
	make -s -C "$TOP" install DESTDIR="$DEST" prefix=/usr
	installed | grep -v '^usr/share/doc/' | diff - <(cat <<-'END'
		usr/bin/xdp_stats
		usr/include/xdp_stats/maps_control.h
		usr/include/xdp_stats/xdp_stats_count.h
		usr/include/xdp_stats/xdp_stats_record.h
		usr/lib/systemd/system/xdp_loader@.service
		usr/lib/systemd/system/xdp_stats.service
		usr/lib/sysusers.d/xdp-pinning-tools.conf
		usr/lib/tmpfiles.d/xdp-pinning-tools.conf
		usr/libexec/xdp-pinning-tools/unload
		usr/sbin/maps_ctl
		usr/sbin/xdp_loader
		usr/share/bash-completion/completions/maps_ctl
		usr/share/bash-completion/completions/xdp_loader
		usr/share/bash-completion/completions/xdp_stats
		usr/share/man/man1/xdp_stats.1
		usr/share/man/man5/xdp_stats_map.5
		usr/share/man/man8/maps_ctl.8
		usr/share/man/man8/xdp_loader.8
		usr/share/pkgconfig/xdp-stats.pc
		usr/share/xdp-pinning-tools/grafana/xdp_stats.dashboard.json
		usr/share/xdp-pinning-tools/prometheus/prometheus.yml
		usr/share/xdp-pinning-tools/prometheus/xdp_stats.rules.yml
		usr/share/xdp-pinning-tools/schemas/xdp_loader-features.schema.json
		usr/share/xdp-pinning-tools/schemas/xdp_loader.schema.json
		usr/share/xdp-pinning-tools/schemas/xdp_stats.schema.json
	END
	)
	[[ $(find "$DEST/usr/sbin" "$DEST/usr/bin" -type f -perm 755 | wc -l) == 3 ]]
	[[ -z $(find "$DEST/usr/share" "$DEST/usr/include" \( -type f ! -perm -644 -o -perm /022 \)) ]]

	rm -r "$DEST"
	make -s -C "$TOP" install DESTDIR="$DEST" sbindir=/1 bindir=/2 includedir=/3 mandir=/4 docdir=/5 \
		datadir=/6 sysconfdir=/7 libexecdir=/8 systemdsystemunitdir=/9/1 sysusersdir=/9/2 tmpfilesdir=/9/3
	[[ $(cd "$DEST" && echo *) == "1 2 3 4 5 6 7 8 9" ]]
	[[ -x $DEST/1/xdp_loader && -x $DEST/2/xdp_stats && -e $DEST/4/man8/maps_ctl.8 && -e $DEST/5/README.org ]]
	grep -Fx 'includedir=/3' "$DEST/6/pkgconfig/xdp-stats.pc"
	grep -Fx 'EnvironmentFile=/7/xdp_loader/%I.conf' "$DEST/9/1/xdp_loader@.service"

	rm -r "$DEST"
	make -s -C "$TOP" install DESTDIR="$(realpath --relative-to="$TOP" .)/a folder" PREFIX=/opt/x
	[[ $(cd "$DEST" && echo opt/x/*) == "opt/x/bin opt/x/etc opt/x/include opt/x/lib opt/x/libexec opt/x/sbin opt/x/share" ]]
}

@test "a prefix may have spaces, and letters that mean something to sed" {
	make -s -C "$TOP" install DESTDIR="$DEST" prefix='/opt/a & b|c'
	cd "$DEST/opt/a & b|c"
	# shellcheck disable=SC2016 # systemd's
	grep -Fx 'ExecStart="/opt/a & b|c/sbin/xdp_loader" --dev %I $OPTIONS' lib/systemd/system/xdp_loader@.service
	grep -Fx 'EnvironmentFile=/opt/a & b|c/etc/xdp_loader/%I.conf' lib/systemd/system/xdp_loader@.service
	grep -Fx "loader='/opt/a & b|c/sbin/xdp_loader'" libexec/xdp-pinning-tools/unload
	grep -Fx 'includedir=/opt/a & b|c/include' share/pkgconfig/xdp-stats.pc
}

@test "a quote or a backslash in DESTDIR is refused, and nothing is installed" {
	for name in "it's" 'back\slash'; do
		run ! make -s -C "$TOP" install DESTDIR="$DEST/$name"
		[[ $output == *"cannot install below $DEST/$name: "* && ! -e $DEST ]]
	done
}

@test "make uninstall removes what install has put there, and nothing else" {
	mkdir -p "$DEST/usr/share/man/man8" "$DEST/usr/share/xdp-pinning-tools" "$DEST/usr/sbin"
	touch "$DEST/usr/share/man/man8/theirs.8" "$DEST/usr/share/xdp-pinning-tools/mine" "$DEST/usr/sbin/xdp-loader"
	installed >before
	make -s -C "$TOP" install DESTDIR="$DEST" prefix=/usr
	(($(installed | wc -l) > 100))
	make -s -C "$TOP" uninstall DESTDIR="$DEST" prefix=/usr
	installed | diff before -
	[[ ! -e $DEST/usr/share/doc/xdp-pinning-tools && ! -e $DEST/usr/include/xdp_stats && -d $DEST/usr/include ]]
	make -s -C "$TOP" uninstall DESTDIR="$DEST" prefix=/usr # a second time is not an error
}

@test "what is installed works: a program compiles by pkg-config's flags, is loaded and counted" {
	DEST=$BATS_TEST_TMPDIR/there
	make -s -C "$TOP" install prefix="$DEST"
	export PKG_CONFIG_PATH=$DEST/share/pkgconfig
	[[ $(pkg-config --modversion xdp-stats) == "$(<"$TOP/VERSION")" ]]
	run -0 pkg-config --cflags xdp-stats
	[[ $output == *"-I$DEST/include/xdp_stats"* ]]
	cat >my_program.c <<-'END'
		#include <linux/bpf.h>
		#include <bpf/bpf_helpers.h>
		#include "xdp_stats_count.h"
		SEC("xdp") int my_program(struct xdp_md *ctx) { return xdp_stats_count(ctx, XDP_PASS); }
		char LICENSE[] SEC("license") = "Dual BSD/GPL";
	END
	eval "clang -target bpf -O2 -g $output $(sed -n 's/^BPF_CPPFLAGS = //p' "$TOP/config.mk") -c my_program.c -o my_program.o"
	[[ $("$DEST/sbin/xdp_loader" --programs --filename my_program.o) == "my_program xdp" ]]
	# shellcheck disable=SC2016 # the inner shell expands it
	"$TOP/testenv/private.sh" bash -ec '
		ip link add va type veth peer name vb
		"$0/sbin/xdp_loader" -d va --filename my_program.o
		"$0/bin/xdp_stats" -d va --once
	' "$DEST" >shown
	grep -F 'attached my_program' shown
	grep -F XDP_PASS shown
}

@test "each link between the installed documents leads somewhere" {
	make -s -C "$TOP" install DESTDIR="$DEST" docdir=/doc
	cd "$DEST/doc"
	[[ -z $(find . -name '*.o' -o -name tests) ]]
	[[ -e basic04-pinning-maps/minimal/loader.c && -e basic04-pinning-maps/figures/watch.svg ]]
	local page link count=0
	while IFS=: read -r page link; do
		[[ -e $(dirname "$page")/$link ]] || { echo "$page: no $link" && false; }
		count=$((count + 1))
	done < <(grep -roP '\[\[file:\K[^]]+' --include='*.org' --exclude-dir=common .)
	((count > 10))
}

# A tree of git's, with what a developer may have beside it.
git_tree() { # FOLDER
	"$TOP/packaging/copy-sources" "$1"
	git -C "$1" init -q
	git -C "$1" add -A
	git -C "$1" -c user.name=test -c user.email=test@localhost commit -q -m all
}

@test "make dist makes a tarball of all of git's files, and the same one again from the tarball" {
	git_tree tree
	touch tree/stray
	run -0 make -s -C tree dist
	name=xdp-pinning-tools-$(<tree/VERSION)
	[[ $output == "build/$name.tar.gz" ]]
	tar -tzf "tree/build/$name.tar.gz" | sed -n "s|^$name/\(.*[^/]\)$|\1|p" | sort >listed
	git -C tree ls-files | sort | diff - listed
	run -1 grep -v " 0/0 " < <(tar -tvzf "tree/build/$name.tar.gz")
	tar -xzf "tree/build/$name.tar.gz"
	sleep 1 # of which the files' times must not say anything
	make -s -C "$name" dist
	cmp "tree/build/$name.tar.gz" "$name/build/$name.tar.gz"
}

@test "make distclean leaves what git has, and nothing else" {
	git_tree tree
	cd tree
	./configure --quiet
	make -s -C basic04-pinning-maps xdp_stats minimal/loader maps/lru/lru xdp_prog_kern.o
	make -s -C packaging ../build/man/xdp_stats.1
	[[ $(git status --short --ignored) == *basic04-pinning-maps/xdp_stats* && -z $(git status --short) ]]
	make -s distclean
	[[ -z $(git status --short --ignored) ]]
}

@test "the tarball builds, and passes what looks at its sources" {
	((${TEST_SHARE-1} == 1)) || skip "another whole build: test.sh --all makes it"
	git_tree tree
	make -s -C tree dist
	tar -xzf tree/build/*.tar.gz
	cd xdp-pinning-tools-*
	make -s -j2 all
	bats basic04-pinning-maps/tests/source.bats
}

@test "NEWS.org is about this version, and names the schemas as they are" {
	cd "$TOP"
	[[ $(<VERSION) =~ ^[0-9]+\.[0-9]+$ ]]
	grep -Fx "* $(<VERSION)" NEWS.org
	while IFS='|' read -r _ _ version described _; do
		file=$(sed -n 's/.*=\(.*\.schema\.json\)=.*/\1/p' <<<"$described")
		grep -F "\"schema\": {\"const\": ${version// /}}" "basic04-pinning-maps/$file"
	done < <(grep 'schema\.json' NEWS.org | grep '^|')
	for tool in xdp_loader xdp_stats maps_ctl; do
		[[ $("basic04-pinning-maps/$tool" --version) == "$tool $(<VERSION) (libbpf "* ]]
	done
}
