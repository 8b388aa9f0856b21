# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A build in a folder of its own: it gets a link to each file of the sources, and so is a tree in
# which everything works as in the sources, which stay untouched. Sourced by configure.

# sources_dirs SOURCE: their folders, one a line, without those that a build or git has made.
sources_dirs() (
	cd -- "$1" && find . -type d \( -name .git -o -path ./build -o -path ./work -o \
		! -path . -exec test -e {}/config.log \; \) -prune -o -type d -print
)

# sources_link SOURCE: in the folder that is to be built in. Changes nothing if a file is in the way.
# Of a file that the sources no longer have, removes the link.
sources_link() {
	[ ! -e "$1/config.mk" ] || fail 1 "cannot build here: the sources were built in their own folder; \
run 'make distclean' in $1 first"
	for file in "$1"/*; do
		name=${file##*/}
		[ ! -f "$file" ] || [ -L "$name" ] || [ ! -e "$name" ] ||
			fail 1 "cannot build here: this folder has a file $name; run configure in an empty folder"
	done
	: >config.log # marks this folder for the next line, if it is in the sources
	sources_dirs "$1" | while read -r dir; do
		mkdir -p "$dir"
		find -L "$dir" -maxdepth 1 -type l -exec rm {} +
		find "$1/${dir#./}" -maxdepth 1 -type f ! -name .git -exec sh -c 'ln -sf "$@" "$0"' "$dir" {} +
	done
}
