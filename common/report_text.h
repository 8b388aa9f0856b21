/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Counters as lines for people. All go to stdout; the caller flushes. */
#ifndef REPORT_TEXT_H
#define REPORT_TEXT_H

#include "stats_watch.h"

#define REPORT_NUMBER_SIZE 32

/* @value with ',' between thousands, in any locale. @text holds REPORT_NUMBER_SIZE bytes. */
char *report_text_number(char *text, unsigned long long value);

/* A line an action: what its map has counted, and the rates of the last period if there was one. */
void report_text_round(const struct stats_watch *watch);

/* A line an action that has counted since the watch began, and one for all. */
void report_text_totals(const struct stats_watch *watch);

#endif /* REPORT_TEXT_H */
