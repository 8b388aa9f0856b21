#!/usr/bin/env bats
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# The systemd units, and what of debian/ can be checked without a build of the packages:
# testenv/distros/packages builds, installs, upgrades and purges them.
# shellcheck disable=SC2154 # helpers sets BPFFS and the tools
bats_require_minimum_version 1.5.0

load helpers

setup() {
	DEST=$BATS_TEST_TMPDIR/there
	unset MAKEFLAGS V
	cd "$BATS_TEST_TMPDIR" || return
}

make_install() { make -s -C "$TOP" install "$@"; }

@test "systemd finds no fault in the units, and rates their exposure below 3" {
	make_install prefix="$DEST"
	mkdir units
	# The man pages are not where man looks for them.
	sed '/^Documentation/d' "$DEST/lib/systemd/system/xdp_stats.service" >units/xdp_stats.service
	sed '/^Documentation/d' "$DEST/lib/systemd/system/xdp_loader@.service" >'units/xdp_loader@.service'
	cp units/xdp_loader@{,eth0.100}.service
	for unit in xdp_stats.service xdp_loader@eth0.100.service; do
		run -0 systemd-analyze verify "$PWD/units/$unit"
		[[ -z $output ]]
		run -0 systemd-analyze security --offline=true --threshold=29 "$PWD/units/$unit"
		[[ $output == *"Overall exposure level for $unit: "[12].* ]]
	done
}

@test "to stop the loader's unit unloads, also from a device that was renamed, and from one that is gone" {
	make_install prefix="$DEST"
	unload=$DEST/libexec/xdp-pinning-tools/unload
	make_pair va vb
	"$LOADER" -q -d va
	"$unload" va
	[[ ! -e $BPFFS/va ]]

	"$LOADER" -q -d va
	ip link set va down
	ip link set va name vnew
	"$unload" va
	[[ ! -e $BPFFS/va && ! -e $BPFFS/vnew ]]
	run -0 ip -j link show vnew
	[[ $(jq '.[0].xdp' <<<"$output") == null ]]

	# Another unit has it already: its program stays.
	"$LOADER" -q -d vnew
	"$unload" va
	[[ -e $BPFFS/vnew/xdp_stats_map ]]

	# Whatever bytes its name has, and whatever characters the manager's locale.
	ip link set vnew name $'v\xff'
	LC_ALL=C.UTF-8 "$unload" vnew
	[[ ! -e $BPFFS/vnew ]]
	run -0 ip -j link show vb
	ip link set $'v\xff' name vnew
	run -0 ip -j link show vnew
	[[ $(jq '.[0].xdp' <<<"$output") == null ]]
	"$LOADER" -q -d vnew

	ip link del vnew
	"$unload" vnew
	[[ ! -e $BPFFS/vnew ]]
	"$unload" vnew # a second time is not an error
}

@test "a stop leaves what the unit of the new name loads at the same time" {
	make_install prefix="$DEST"
	make_pair va vb
	"$LOADER" -q -d va
	ip link set va down
	ip link set va name vnew
	# Between the look and the unload of this stop, the other unit loads.
	mv "$DEST/sbin/xdp_loader" "$DEST/sbin/real_loader"
	cat >"$DEST/sbin/xdp_loader" <<-END
		#!/bin/sh
		case " \$* " in *" --unload "*) "$DEST/sbin/real_loader" -q --dev vnew ;; esac
		exec "$DEST/sbin/real_loader" "\$@"
	END
	chmod +x "$DEST/sbin/xdp_loader"
	"$DEST/libexec/xdp-pinning-tools/unload" va
	[[ $(attached_id vnew) != none && -e $BPFFS/vnew/xdp_stats_map ]]
}

@test "a stop leaves a device alone that has the index of one in another network namespace" {
	make_install prefix="$DEST"
	make_pair va vb
	"$LOADER" -q -d va
	unshare --net sleep 1000 3>&- &
	there=(nsenter --net --target $!)
	until [[ $(readlink "/proc/$!/ns/net") != "$(readlink /proc/self/ns/net)" ]]; do sleep 0.02; done
	"${there[@]}" ip link add gone index "$(</sys/class/net/va/ifindex)" type veth peer name end
	"${there[@]}" "$LOADER" -q -d gone
	"$DEST/libexec/xdp-pinning-tools/unload" gone
	kill $!
	[[ -e $BPFFS/va/xdp_stats_map && -e $BPFFS/gone/xdp_stats_map ]]
	[[ $(attached_id va) != none ]]
}

@test "a stop that does not unload fails" {
	make_install prefix="$DEST"
	make_pair va vb
	"$LOADER" -q -d va
	"$LOADER" -q -d va --unpin # what is attached now is nobody's
	run -1 "$DEST/libexec/xdp-pinning-tools/unload" va
	[[ $output == *"could not unload from va: "* ]]
}

@test "the capabilities of the loader's unit are enough" {
	make_pair va vb
	bounds=-all$(sed -n 's/^CapabilityBoundingSet=//p' "$TOP/packaging/systemd/xdp_loader@.service.in" |
		tr ' ' '\n' | tr '[:upper:]' '[:lower:]' | sed 's/^cap_/,+/' | tr -d '\n')
	[[ $bounds == *,+bpf* ]]
	for options in '--pin-mode 0640 --pin-group nogroup' --reuse-maps --unload; do
		# shellcheck disable=SC2086 # words
		run -0 setpriv --bounding-set "$bounds" --no-new-privs "$LOADER" -d va $options
	done
	# Less is not enough: so they are limited at all.
	run -40 setpriv --bounding-set -all --no-new-privs "$LOADER" -d va
}

@test "each file of make install is in one of the Debian packages, and in no other" {
	make_install DESTDIR="$DEST" prefix=/usr sysconfdir=/etc
	mapfile -t patterns < <(cat "$TOP"/debian/*.install)
	cd "$DEST"
	for pattern in "${patterns[@]}"; do
		eval "find $pattern" 2>/dev/null || : # of {a,b} one is there
	done | sort >"$BATS_TEST_TMPDIR/packaged"
	[[ -z $(uniq -d "$BATS_TEST_TMPDIR/packaged") ]]
	find . \( -type f -o -path ./etc/xdp_loader \) -printf '%P\n' | sort >"$BATS_TEST_TMPDIR/all"
	(($(wc -l <"$BATS_TEST_TMPDIR/all") > 100))
	run -0 comm -13 "$BATS_TEST_TMPDIR/packaged" "$BATS_TEST_TMPDIR/all"
	[[ -z $output ]]
	# No pattern is without a file.
	for pattern in "${patterns[@]}"; do
		[[ $(eval "find $pattern" 2>/dev/null) ]] || { echo "nothing matches $pattern" && false; }
	done
}

@test "debian/ and the RPM spec have the version of VERSION, and debian/ recommends the libraries that the tools load" {
	cd "$TOP"
	[[ $(head -n 1 debian/changelog) == "xdp-pinning-tools ($(<VERSION)) "* ]]
	[[ $(sed -n 's/^Version: *//p' packaging/xdp-pinning-tools.spec) == "$(<VERSION)" ]]
	run -0 debian/dlopen-recommends basic04-pinning-maps/xdp_stats basic04-pinning-maps/xdp_loader
	for name in libjson-c libmicrohttpd libncursesw; do
		[[ $output =~ dlopen:Recommends=.*${name}[0-9] ]]
	done
	[[ $output != *libbpf* ]]
	run -1 debian/dlopen-recommends /bin/true
}
