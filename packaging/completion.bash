# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Completion for xdp_loader, xdp_stats and maps_ctl in bash. The options, and which of them have a value,
# are what the tool's --help says.

# "LETTER NAME [VALUE]" for each option; LETTER is '-' if there is none.
_xdp_tools_options() { # TOOL
	"$1" --help 2>/dev/null | sed -nE 's/^  (-.,|   ) (--.{20}).*/\1 \2/p' | sed 's/^-\(.\), /-\1 /; s/^    /- /'
}

# What the last of the options given before the cursor has for a value: bash makes two words more of a '='.
_xdp_tools_given() { # OPTION
	local i next
	for ((i = 1; i < COMP_CWORD; i++)); do
		[[ ${COMP_WORDS[i]} == "$1" ]] || continue
		next=$((i + 1))
		[[ ${COMP_WORDS[next]} != '=' ]] || next=$((i + 2))
		((next >= COMP_CWORD)) || printf '%s\n' "${COMP_WORDS[next]}"
	done | tail -n 1
}

# The pinned maps that the tool reads, of devices in named network namespaces too.
_xdp_tools_pins() { # TOOL
	local base map=xdp_stats_map
	base=$(_xdp_tools_given --pin-base)
	[[ ${1##*/} != maps_ctl ]] || map=maps_control
	compgen -G "${base:-/sys/fs/bpf}/*/$map"
	compgen -G "${base:-/sys/fs/bpf}/netns-*/*/$map"
}

# The programs of the object of --filename, or of the built-in one, and their sections.
_xdp_tools_programs() { # TOOL
	local file
	file=$(_xdp_tools_given --filename)
	file=${file//[\"\'\\]/} # as typed: nothing in it is run
	file=${file/#\~\//$HOME/}
	"$1" --programs ${file:+--filename "$file"} 2>/dev/null
}

# The names of the files that a pattern fits, without their folder.
_xdp_tools_names() { # PATTERN
	compgen -G "$1" | sed 's|.*/||'
}

_xdp_tools_values() { # TOOL OPTION VALUE
	case $2 in
	--netns) _xdp_tools_names '/run/netns/*' ;;
	--progname) _xdp_tools_programs "$1" | cut -d ' ' -f 1 ;;
	--section) _xdp_tools_programs "$1" | cut -d ' ' -f 2- | sort -u ;;
	--format) printf '%s\n' text json csv openmetrics ;;
	--action | --actions) printf '%s\n' aborted drop pass tx redirect ;;
	--pin-group) compgen -g ;;
	*)
		case $3 in
		IF) _xdp_tools_names '/sys/class/net/*' ;;
		PATH) _xdp_tools_pins "$1" ;;
		*'|'*) tr '|' '\n' <<<"$3" ;;
		esac
		;;
	esac
}

# Offers the lines it reads that begin with what is typed, as they have to be typed. Not by "compgen -W",
# which runs the commands that a name has in it: devices and sections are named by others.
_xdp_tools_offer() { # CURRENT
	local line typed
	while IFS= read -r line; do
		printf -v typed %q "$line"
		[[ $line != "$1"* && $typed != "$1"* ]] || COMPREPLY+=("$typed")
	done
}

_xdp_tools() {
	local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local options letter name value kind
	options=$(_xdp_tools_options "$1")
	COMPREPLY=()
	if [[ $current == '=' ]]; then
		current=
	elif [[ $before == '=' ]]; then
		before=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	while read -r letter name value; do
		[[ $value && $value != '['*']' ]] || continue
		[[ $before == "$letter" || $before == "$name" ]] || continue
		case $value in
		FILE | DIR)
			compopt -o filenames
			kind=-f
			[[ $value == FILE ]] || kind=-d
			mapfile -t COMPREPLY < <(compgen "$kind" -- "$current")
			;;
		*) _xdp_tools_offer "$current" < <(_xdp_tools_values "$1" "$name" "$value") ;;
		esac
		return
	done <<<"$options"
	_xdp_tools_offer "$current" < <(awk '{ print $2 }' <<<"$options")
}

complete -F _xdp_tools xdp_loader xdp_stats maps_ctl
