#!/usr/bin/perl
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# A terminal's screen, as `tmux capture-pane -e -p -N` prints it, becomes an SVG: cell by cell, so that
# any monospaced font fits. Reads UTF-8 from stdin: lines of text and SGR sequences.
use strict;
use warnings;
use utf8;

binmode STDIN, ':utf8';
binmode STDOUT, ':utf8';

my ($WIDTH, $HEIGHT, $SIZE, $MARGIN) = (8.43, 18, 14, 12);
my ($FOREGROUND, $BACKGROUND) = ('#d8d8d8', '#1c1e22');
my @COLOURS = map { "#$_" } qw(1c1e22 e06c60 7fbf6a d9b45b 6aa5e0 c58bd8 5fc0c4 d8d8d8);

my (%is, $out);
my $columns = 0;

# What is not among these (italics, 256 colours) nobody in the pictures uses.
sub attributes {
	for my $code (map { $_ || 0 } split /;/, length $_[0] ? $_[0] : '0') {
		if    ($code == 0)                 { %is = () }
		elsif ($code == 1)                 { $is{bold} = 1 }
		elsif ($code == 4)                 { $is{underline} = 1 }
		elsif ($code == 7)                 { $is{reverse} = 1 }
		elsif ($code == 22)                { $is{bold} = 0 }
		elsif ($code == 24)                { $is{underline} = 0 }
		elsif ($code == 27)                { $is{reverse} = 0 }
		elsif ($code >= 30 && $code <= 37) { $is{fg} = $COLOURS[$code - 30] }
		elsif ($code == 39)                { delete $is{fg} }
		elsif ($code >= 40 && $code <= 47) { $is{bg} = $COLOURS[$code - 40] }
		elsif ($code == 49)                { delete $is{bg} }
	}
}

# Bars are drawn, not written: fonts differ in them. One rectangle for neighbours of one height.
sub bars {
	my ($bars, $x, $y, $colour) = @_;
	while ($bars =~ /((.)\2*)/g) {
		my ($count, $height) = (length $1, (ord($2) - 0x2580) * $HEIGHT / 8);
		$out .= sprintf qq(<rect x="%.2f" y="%.2f" width="%.2f" height="%.2f" fill="%s"/>\n),
			$x, $y + $HEIGHT - $height, $count * $WIDTH, $height, $colour;
		$x += $count * $WIDTH;
	}
}

# One piece of text of one look. White space is never written: viewers differ in what they keep of it.
sub run {
	my ($text, $row, $column) = @_;
	my ($x, $y) = ($MARGIN + $column * $WIDTH, $MARGIN + $row * $HEIGHT);
	my ($fg, $bg) = ($is{fg} // $FOREGROUND, $is{bg} // $BACKGROUND);
	($fg, $bg) = ($bg, $fg) if $is{reverse};
	$out .= sprintf qq(<rect x="%.2f" y="%d" width="%.2f" height="%d" fill="%s"/>\n), $x, $y, length($text) * $WIDTH,
		$HEIGHT, $bg
		if length $text && $bg ne $BACKGROUND;
	while ($text =~ /([▁-█]+)|((?:[^ ▁-█]| (?=[^ ▁-█]))+)/g) {
		my ($bars, $words) = ($1, $2);
		my $at = $x + $-[0] * $WIDTH;
		if (defined $bars) { bars($bars, $at, $y, $fg); next }
		if ($words =~ /^( +)/) { $at += length($1) * $WIDTH; $words =~ s/^ +// }
		my $width = length($words) * $WIDTH;
		$words =~ s/&/&amp;/g;
		$words =~ s/</&lt;/g;
		$out .= sprintf qq(<text x="%.2f" y="%d" textLength="%.2f" fill="%s"%s>%s</text>\n),
			$at, $y + $HEIGHT - 5, $width, $fg,
			($is{bold} ? ' font-weight="bold"' : '') . ($is{underline} ? ' text-decoration="underline"' : ''), $words;
	}
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
 font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" font-size="$SIZE">
<rect width="$width" height="$height" rx="6" fill="$BACKGROUND"/>
$out</svg>
END
