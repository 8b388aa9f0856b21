# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What kernels/run and distros/run both need of Debian's archive.
# shellcheck shell=bash

# shellcheck disable=SC2034 # for those that source this
KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg

# The machine's own mirror.
mirror() {
	local site
	# shellcheck disable=SC2016 # apt expands them
	site=$(apt-get indextargets --format '$(SITE) $(ORIGIN) $(SUITE)' 'Created-By: Packages' |
		awk '$2 == "Debian" && $3 !~ /security|updates|backports/ { print $1; exit }')
	[[ -n $site ]] || fail 1 "cannot find a Debian mirror in apt's sources"
	echo "$site"
}
