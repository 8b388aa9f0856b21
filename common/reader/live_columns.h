/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The columns of the live view: which of them a terminal has room for, and what each of them shows.
 * If there is no room for a column, it is left out: a number that is cut looks like another number.
 */
#ifndef LIVE_COLUMNS_H
#define LIVE_COLUMNS_H

#include <time.h>

#include "live_rows.h"

enum live_column {
	COLUMN_END,
	COLUMN_NAME,
	COLUMN_ACTION,	       /* XDP_DROP */
	COLUMN_ACTION_SHORT,   /* DROP */
	COLUMN_ACTION_LETTERS, /* four at most */
	COLUMN_PACKETS,	       /* 1,489,123 */
	COLUMN_PACKETS_SHORT,  /* 1.49M */
	COLUMN_RATE,	       /* 1.49 Mpps */
	COLUMN_RATE_SHORT,     /* 1.49M */
	COLUMN_BITS,
	COLUMN_COST, /* only with --cost, as is the next one */
	COLUMN_SHARE,
	COLUMN_SINCE,
	COLUMN_PAST, /* a sparkline */
	COLUMN_COUNT
};

extern const struct live_column_def {
	const char *title;   /* "": that of the sparklines changes */
	int width;	     /* in columns of the terminal, at the least */
	bool is_left;	     /* aligned to the left */
	enum live_sort sort; /* the rows are sorted by it; LIVE_SORTS: never */
} live_column_defs[COLUMN_COUNT];

#define LIVE_COLUMNS_MAX 9

struct live_columns {
	struct {
		enum live_column column;
		int at, width;
	} shown[LIVE_COLUMNS_MAX];
	int count;
};

#define LIVE_CELL_SIZE 64

/* Chooses columns for @rows on @width columns of a terminal. */
void live_columns_choose(struct live_columns *columns, const struct live_rows *rows, int width);

static inline bool live_column_is_action(enum live_column column)
{
	return column >= COLUMN_ACTION && column <= COLUMN_ACTION_LETTERS;
}

/* Returns what @column shows of @row, "" for the name and the sparkline: in @text, which has
 * LIVE_CELL_SIZE bytes, or as a constant.
 */
const char *live_column_text(char *text, enum live_column column, const struct live_row *row,
			     time_t now);

#endif /* LIVE_COLUMNS_H */
