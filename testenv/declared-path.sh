#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Makes a folder to be a PATH: links to the programs that the packages of a set of ./configure
# --install-deps bring, with what these depend on, and to those that every Debian has. A script that
# runs with it cannot call a program that only this machine happens to have.
set -euo pipefail

TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

fail() { # STATUS MESSAGE
	printf 'declared-path.sh: %s\n' "$2" >&2
	exit "$1"
}

# The installed packages: of "gcc | clang" the first that is, of a virtual one who provides it.
packages() { # NAME...
	# shellcheck disable=SC2016 # dpkg-query's
	dpkg-query -W -f '${db:Status-Status}\t${Package}\t${Essential}\t${Pre-Depends}, ${Depends}\t${Provides}\n' |
		awk -F '\t' -v names="$*" '
			function names_only(list) { gsub(/\([^)]*\)|:[a-z0-9]+| /, "", list); return list }
			$1 == "installed" {
				needs[$2] = names_only($4)
				if ($3 == "yes") names = names " " $2
				n = split(names_only($5), provided, ",")
				for (i = 1; i <= n; i++) if (!(provided[i] in provider)) provider[provided[i]] = $2
			}
			END {
				count = split(names, queue, " ")
				for (i = 1; i <= count; i++) {
					if (!(queue[i] in needs) && queue[i] in provider) queue[i] = provider[queue[i]]
					if (!(queue[i] in needs) || queue[i] in seen) continue
					seen[queue[i]]
					print queue[i]
					n = split(needs[queue[i]], wanted, ",")
					for (j = 1; j <= n; j++) {
						m = split(wanted[j], choice, "|")
						for (k = 1; k <= m; k++)
							if (choice[k] in needs || choice[k] in provider) break
						if (k <= m) queue[++count] = choice[k]
					}
				}
			}'
}

# Of a name that packages share (awk, cc), "PROGRAM NAME": what the machine has chosen, if that is in
# the folder, else the first that is.
alternatives() { # FOLDER
	find "$1" /etc/alternatives -type l -printf '%h %l %f\n' | awk '
		function base(path) { sub(/.*\//, "", path); return path }
		FILENAME == "-" && $1 == "/etc/alternatives" { chosen[$3] = $2; next }
		FILENAME == "-" { programs[$3]; next }
		FNR == 1 { name = base(FILENAME) }
		name in chosen && base(chosen[name]) in programs { print chosen[name], name; delete chosen[name] }
		/^\// && name in chosen && base($0) in programs { print $0, name; delete chosen[name] }
		' - /var/lib/dpkg/alternatives/*
}

(($# == 2)) || fail 2 "Usage: testenv/declared-path.sh SET FOLDER"
command -v dpkg-query >/dev/null || fail 1 "cannot tell which package brings a program: there is no dpkg-query"
mapfile -t declared < <("$TOP/configure" --packages="$1")
((${#declared[@]})) || exit 2
rm -rf -- "$2"
mkdir -p -- "$2"
mapfile -t all < <(packages apt "${declared[@]}")
dpkg-query -L "${all[@]}" | grep -E '^(/usr)?/s?bin/[^/]+$' | while read -r program; do
	[[ ! -x $program ]] || echo "$program"
done | xargs ln -sft "$2"
alternatives "$2" | while read -r program name; do
	ln -sf "$program" "$2/$name"
done
