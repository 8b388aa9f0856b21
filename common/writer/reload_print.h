/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Prints on stdout what a load or a removal has done. */
#ifndef RELOAD_PRINT_H
#define RELOAD_PRINT_H

#include "reload.h"

void reload_print_load(const struct reload *reload, const struct reload_report *report);
void reload_print_pinned(const struct reload *reload, const struct reload_report *report);
void reload_print_removal(const struct reload *reload, const struct reload_report *report);

#endif /* RELOAD_PRINT_H */
