# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# How each loader tries a program; sourced by run. A try is done on a new device, v0, with an empty
# BPF filesystem. What its commands print goes to $OUTPUT.
# shellcheck shell=bash disable=SC2034 # run reads PEERS and STEP

PEERS=(ip xdp-loader bpftool)
LIMIT=30 # seconds for a command

# The name of the program on the device, cut as the kernel cuts it.
attached_name() {
	ip -d -o link show v0 | sed -nE 's/.* prog\/xdp id [0-9]+ name ([^ ]+) .*/\1/p'
}

# Whether the program is on the device, perhaps behind libxdp's dispatcher.
is_attached() { # PROGRAM
	local name
	name=$(attached_name)
	[[ $name == "${1:0:15}" || $name == xdp_dispatcher ]] && return
	echo "exit code 0, but the program on the device is '${name:-none}'" >"$OUTPUT"
	return 1
}

# Runs a command; $OUTPUT has what this one has printed. In the foreground: Ctrl-C is for it too.
quietly() { # COMMAND...
	timeout --foreground "$LIMIT" "$@" >"$OUTPUT" 2>&1 && return
	[[ -s $OUTPUT ]] || echo "failed without a word" >"$OUTPUT"
	return 1
}

# The kernel's own two files there cannot be deleted.
unpin_all() { find /sys/fs/bpf -mindepth 1 ! -name '*.debug' -delete; }

# Runs a try on a new device, and removes all that it has made.
fresh() { # TRY OBJECT PROGRAM SECTION
	local status=0
	ip link add v0 type veth peer name v1
	ip link set v0 up
	ip link set v1 up
	"$@" || status=1
	ip link delete v0
	unpin_all
	return "$status"
}

# The five steps of ours. STEP is the one that failed.
try_ours() { # OBJECT PROGRAM SECTION
	local load=("$LOADER" --dev v0 --filename "$1" --progname "$2")
	STEP=load && quietly "${load[@]}" && is_attached "$2" || return
	STEP=reload && quietly "${load[@]}" && is_attached "$2" || return
	STEP="reload -M" && quietly "${load[@]}" --reuse-maps && is_attached "$2" || return
	STEP=list && quietly "$LOADER" --dev v0 --list && grep -qF -- "${2:0:15}" "$OUTPUT" || return
	STEP=unload && quietly "$LOADER" --dev v0 --unload-all || return
	[[ ! $(attached_name) ]] && return
	echo "exit code 0, but the program is still there" >"$OUTPUT"
	return 1
}

# Before iproute2 5.14 it takes a section alone, and of that the first program.
try_ip() { # OBJECT PROGRAM SECTION
	local which=(section "$3")
	[[ $(ip link help 2>&1) != *"section | program"* ]] || which=(program "$2")
	quietly ip link set dev v0 xdp object "$1" "${which[@]}" && is_attached "$2"
}

try_xdp-loader() { # OBJECT PROGRAM SECTION
	quietly xdp-loader load v0 "$1" --prog-name "$2" && is_attached "$2"
}

# It loads all programs of an object. Their type is asked from libbpf, and then said to be XDP.
try_bpftool() { # OBJECT PROGRAM SECTION
	local programs=/sys/fs/bpf/programs type
	for type in '' 'type xdp'; do
		# shellcheck disable=SC2086 # words
		quietly bpftool prog loadall "$1" "$programs" $type &&
			quietly bpftool net attach xdp pinned "$programs/$2" dev v0 && is_attached "$2" && return
		unpin_all
	done
	return 1
}

# The line of a loader's output that says why: the first one that has a word for a failure. Without
# the object's folder, and without who says it.
reason_of() { # OBJECT
	local line
	line=$(grep -m 1 -iE 'error|fail|could not|cannot|not supported|invalid|no such' "$OUTPUT" ||
		head -n 1 "$OUTPUT")
	line=${line//"${1%/*}/"/}
	line=${line#xdp_loader: } line=${line#libbpf: }
	((${#line} <= 160)) || line=${line:0:157}...
	printf '%s\n' "${line//[$'\t\r']/ }"
}
