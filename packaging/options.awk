# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Puts what a tool's --help says into its man page: awk -f options.awk HELP PAGE
# In the page, the line @SYNOPSIS@ becomes the usage, and @OPTIONS@ the options. If HELP is empty, as
# of a tool that does not run here, both refer to --help.

# Text as mdoc: options are bold; with italic, what a reader replaces is in italics.
function text(s, italic,    n, words, i, w) {
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	n = split(s, words, " ")
	s = ""
	for (i = 1; i <= n; i++) {
		w = words[i]
		if (match(w, /\\-(\\-)?[a-zA-Z][a-z\\-]*/) && RSTART <= 2)
			w = substr(w, 1, RSTART - 1) "\\fB" substr(w, RSTART, RLENGTH) "\\fP" substr(w, RSTART + RLENGTH)
		else if (italic)
			gsub(/[A-Z][A-Z0-9]*/, "\\fI&\\fP", w)
		s = s (i > 1 ? " " : "") w
	}
	return s
}

function end_list() {
	if (listed) options = options ".El\n"
	listed = 0
}

FILENAME == ARGV[1] {
	if (/^Usage: / || (/^       [a-z]/ && !about)) {
		sub(/^(Usage:)? +[a-z_]+ ?/, "")
		usage = usage ".Nm\n" text($0, 1) "\n"
	} else if (/^[^ ].*:$/) {
		about = 1
		group = substr($0, 1, length($0) - 1)
	} else if (/^  (-[A-Za-z],|   ) --/) {
		if (substr($0, 29, 1) != " ") { print "options.awk: too wide: " $0 >"/dev/stderr"; exit failed = 1 }
		if (group) {
			end_list()
			options = options ".Ss " group "\n.Bl -tag -width Ds\n"
			listed = 1
			group = ""
		}
		left = substr($0, 3, 26)
		sub(/ +$/, "", left)
		sub(/^ +/, "", left)
		options = options ".It " text(left, 1) "\n" text(substr($0, 30)) "\n"
	} else if (/^                             /) {
		sub(/^ +/, "")
		options = options text($0) "\n"
	} else if (/^$/) {
		about = 1
	}
	next
}

/^@SYNOPSIS@$/ { printf "%s", usage ? usage : ".Nm\n.Op Ar option ...\n"; next }
/^@OPTIONS@$/ { end_list(); printf "%s", options ? options : ".Ql --help\nlists them.\n"; next }
{ print }

END { exit failed }
