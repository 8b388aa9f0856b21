# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Whether what is attached to a device and what is pinned for it belong together.
# shellcheck shell=bash

# Says what does not belong together: one program attached, it and no other pinned, its map pinned,
# and nothing left of a transaction. With nothing attached, nothing may be there at all.
inconsistency() { # DEVICE
	local ids pin pins maps pinned dir=$BPFFS/$1
	ids=$(attached_ids "$1")
	if [[ -z $ids ]]; then
		if [[ -e $dir ]]; then find "$dir"; fi
		return
	fi
	pins=$(for pin in "$dir"/programs/*; do pinned_program "$pin"; done) || pins=none
	[[ $pins == "$ids" ]] || echo "program $ids is attached, pinned is: $pins"
	maps=$(for pin in $(maps_of id "$ids"); do echo "$pin"; done | sort)
	pinned=$(for pin in "$dir"/*; do if [[ -f $pin ]]; then pinned_map "$pin" || echo none; fi; done | sort)
	[[ $maps == "$pinned" ]] || echo "program $ids uses map $maps, pinned is: $pinned"
	find "$dir" -name staged-pins -o -name unload-begun
}
