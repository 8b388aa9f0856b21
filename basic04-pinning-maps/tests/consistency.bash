# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Whether what is attached to a device and what is pinned for it belong together.
# shellcheck shell=bash

# The IDs of the programs in the prog arrays that are pinned there.
tail_called() { # DIRECTORY
	local pin
	for pin in "$1"/*stages*; do
		[[ ! -f $pin ]] || bpftool -j map dump pinned "$pin" | perl -ne '
			print unpack("L<", pack("(H2)4", $1 =~ /0x(..)/g)), "\n" while /"value":\[([^]]*)\]/g'
	done
}

# Says what does not belong together: one program attached, it and those that it tail-calls pinned and no other,
# its map pinned, and nothing left of a transaction. With nothing attached, nothing may be there at all.
inconsistency() { # DEVICE
	local ids pin pins maps pinned called dir=$BPFFS/$1
	ids=$(attached_ids "$1")
	if [[ -z $ids ]]; then
		if [[ -e $dir ]]; then find "$dir"; fi
		return
	fi
	called=$(tail_called "$dir")
	pins=$(for pin in "$dir"/programs/*; do pinned_program "$pin"; done | sort) || pins=none
	[[ $pins == $(sort <<<"$ids${called:+$'\n'$called}") ]] ||
		echo "program $ids is attached and tail-calls: $called; pinned is: $pins"
	maps=$(for pin in $(maps_of id "$ids"); do echo "$pin"; done | sort)
	pinned=$(for pin in "$dir"/*; do if [[ -f $pin ]]; then pinned_map "$pin" || echo none; fi; done | sort)
	[[ $maps == "$pinned" ]] || echo "program $ids uses map $maps, pinned is: $pinned"
	find "$dir" -name staged-pins -o -name unload-begun
}
