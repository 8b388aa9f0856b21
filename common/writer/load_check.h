/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Whether a program that is loaded may be attached beside, or in place of, what is on the hook. All
 * return 0, or print a message and return the exit code for it.
 */
#ifndef LOAD_CHECK_H
#define LOAD_CHECK_H

#include "object.h"
#include "reload.h"
#include "transaction.h"

/* The dispatcher takes anything in beside what is there: also a second copy of our program of which
 * the pins are lost, for which each packet would count twice.
 */
int load_check_copy(const struct transaction *transaction, const struct object *object);

/* Our program @own, which has @map, is to be replaced, but it may be a different program. */
int load_check_same(const struct transaction *transaction, const struct reload_load *load,
		    const char *map, const struct object *object, const struct pin *own);

/* Another program of the dispatcher than @old may count in the map of counters that is reused: then
 * each packet would count twice. With load->force a warning says so.
 */
int load_check_counters(const struct transaction *transaction, const struct reload_load *load,
			const struct object *object, const struct pin *old);

#endif /* LOAD_CHECK_H */
