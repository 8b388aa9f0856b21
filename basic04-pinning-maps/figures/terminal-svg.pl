#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A terminal's screen, as `tmux capture-pane -e -p -N` prints it, becomes an SVG: cell by cell, so that
# any monospaced font fits. Reads UTF-8 from stdin: lines of text and SGR sequences.
use strict;
use warnings;

binmode STDIN, ':utf8';
binmode STDOUT, ':utf8';

my ($WIDTH, $HEIGHT, $SIZE, $MARGIN) = (8.43, 18, 14, 12);
my ($FOREGROUND, $BACKGROUND) = ('#d8d8d8', '#1c1e22');
my @COLOURS = map { "#$_" } qw(1c1e22 e06c60 7fbf6a d9b45b 6aa5e0 c58bd8 5fc0c4 d8d8d8);

my (%is, $out);
my $columns = 0;

# What is not among these (underline, 256 colours) nobody in the picture uses.
sub attributes {
	for my $code (map { $_ || 0 } split /;/, length $_[0] ? $_[0] : '0') {
		if    ($code == 0)                 { %is = () }
		elsif ($code == 1)                 { $is{bold} = 1 }
		elsif ($code == 7)                 { $is{reverse} = 1 }
		elsif ($code == 22)                { $is{bold} = 0 }
		elsif ($code == 27)                { $is{reverse} = 0 }
		elsif ($code >= 30 && $code <= 37) { $is{fg} = $COLOURS[$code - 30] }
		elsif ($code == 39)                { delete $is{fg} }
		elsif ($code >= 40 && $code <= 47) { $is{bg} = $COLOURS[$code - 40] }
		elsif ($code == 49)                { delete $is{bg} }
	}
}

# One piece of text of one look.
sub run {
	my ($text, $row, $column) = @_;
	my ($x, $y, $width) = ($MARGIN + $column * $WIDTH, $MARGIN + $row * $HEIGHT, length($text) * $WIDTH);
	my ($fg, $bg) = ($is{fg} // $FOREGROUND, $is{bg} // $BACKGROUND);
	($fg, $bg) = ($bg, $fg) if $is{reverse};
	$out .= sprintf qq(<rect x="%.1f" y="%d" width="%.1f" height="%d" fill="%s"/>\n), $x, $y, $width, $HEIGHT, $bg
		if $bg ne $BACKGROUND;
	return if $text =~ /^ *$/;
	$text =~ s/&/&amp;/g;
	$text =~ s/</&lt;/g;
	$out .= sprintf qq(<text x="%.1f" y="%d" textLength="%.1f" fill="%s"%s>%s</text>\n),
		$x, $y + $HEIGHT - 5, $width, $fg, $is{bold} ? ' font-weight="bold"' : '', $text;
}

my $row = 0;
while (my $line = <STDIN>) {
	my $column = 0;
	chomp $line;
	for my $piece (split /(\e\[[0-9;]*m)/, $line) {
		if ($piece =~ /^\e\[([0-9;]*)m$/) { attributes($1); next }
		run($piece, $row, $column);
		$column += length $piece;
	}
	$columns = $column if $column > $columns;
	$row++;
}

my ($width, $height) = (int($columns * $WIDTH + 2 * $MARGIN), $row * $HEIGHT + 2 * $MARGIN);
print <<"END";
<?xml version="1.0" encoding="UTF-8"?>
<!-- SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause -->
<svg xmlns="http://www.w3.org/2000/svg" width="$width" height="$height" viewBox="0 0 $width $height"
 font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="$SIZE" xml:space="preserve">
<rect width="$width" height="$height" rx="6" fill="$BACKGROUND"/>
$out</svg>
END
