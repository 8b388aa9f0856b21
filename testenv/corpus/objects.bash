# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Which BPF objects there are, and which XDP programs are in them; sourced by run.
# shellcheck shell=bash

# Sections, without what may follow, that libbpf knows as another type's; and those of XDP programs
# that are not for a device.
OTHER_TYPES='\.text|\.?struct_ops(\..*)?|socket|sk_reuseport|u?k?(ret)?probe(\.multi)?|k(ret)?syscall|usdt
	|tc|tcx|netkit|classifier|action|tracepoint|tp|tp_btf|raw_tp|raw_tracepoint|fentry|fexit|fmod_ret
	|freplace|lsm|lsm_cgroup|iter|syscall|perf_event|lwt_[a-z0-9]*|sockops|sk_skb|sk_msg|sk_lookup
	|lirc_mode2|flow_dissector|cgroup|cgroup_skb'
NOT_ON_DEVICE="^((${OTHER_TYPES//[$'\n\t']/})(\.s|\.w|\.frags)?(/.*)?|xdp(\.frags)?/(devmap|cpumap))$"

# Half of a machine's files, whose names say that they are no objects. Opening each of them takes long
# in a virtual machine.
NO_OBJECT='/usr/share/(doc|man|locale|icons|zoneinfo)/|\.(gz|h|hpp|c|py|pyc|pm|pl|js|mo|png|svg|txt|so[.0-9]*|ko)$'

# The paths of the files that packages have installed, with the package: "PACKAGE: PATH".
package_files() {
	if command -v dpkg-query >/dev/null; then
		dpkg-query --search '/*' | sed -E '/^diversion by/d; s/^([^:,]*)[^ ]*( .*)?: \//\1: \//'
	else
		rpm -qa --queryformat '[%{=NAME}: %{FILENAMES}\n]'
	fi | grep -vE "$NO_OBJECT"
}

# Of "GROUP: PATH", those that are BPF objects: ELF, relocatable, machine 247, of either byte order.
only_objects() {
	perl -ne '
		chomp;
		($group, $path) = split /: /, $_, 2;
		next if -l $path or not -f _ or not -s _ or not open $file, "<", $path;
		next if read($file, $head, 20) != 20 or substr($head, 0, 5) ne "\x7fELF\x02";
		$order = substr($head, 5, 1) eq "\x02" ? "n2" : "v2";
		($type, $machine) = unpack $order, substr $head, 16;
		($name = $path) =~ s/.*\///;
		print "$group\t$name\t$path\n" if $type == 1 && $machine == 247;'
}

setting() { sed -n "s/^$1 = //p" "$TOP/config.mk"; }

# Compiles BPF sources that have no object beside them. Of one that does not compile, the object is
# empty, and the first error is in the file OBJECT.error.
compiled() { # SOURCE...
	local source object
	for source in "$@"; do
		[[ ! -e ${source%.c}.o ]] || continue
		grep -q 'SEC("' "$source" || continue
		object=$(mktemp -d -p "$WORK")/${source##*/}
		object=${object%.c}.o
		# shellcheck disable=SC2046,SC2086 # words
		$(setting CLANG) -target bpf -O2 -g -w -I"$(dirname "$source")" -I"$TOP/headers" \
			$(setting BPF_CPPFLAGS) ${BPF_CFLAGS-} -c "$source" -o "$object" 2>"$object.error" || : >"$object"
		printf '%s\t%s\t%s\n' "$(dirname "$source")" "${source##*/}" "$object"
	done
}

# "GROUP NAME PATH", tabs between, of each object.
objects() { # [DIR|FILE...]
	local sources
	if (($# == 0)); then
		package_files | only_objects | sort -u
		return
	fi
	find "$@" -type f -printf '%h: %p\n' | only_objects | sort -u
	mapfile -d '' -t sources < <(find "$@" -type f -name '*.c' -print0 | sort -z)
	compiled "${sources[@]}"
}

# "SECTION PROGRAM", a tab between, of each program that may be for XDP on a device: libbpf may not
# know its section, but not as another type's.
object_programs() { # PATH
	readelf --wide --section-headers --symbols "$1" 2>/dev/null |
		sed -E 's/^ *\[ *([0-9]+)\] /section \1 /' | awk '
			$1 == "section" { name[$2] = $3 }
			$4 == "FUNC" && $5 != "LOCAL" && $7 in name { print name[$7] "\t" $8 }' |
		while IFS=$'\t' read -r section program; do
			[[ $section =~ $NOT_ON_DEVICE ]] || printf '%s\t%s\n' "$section" "$program"
		done
}
