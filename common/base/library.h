/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Libraries that few options need. They are loaded when such an option is given, and not linked: a
 * library that is linked makes every start of a tool slower (make bench).
 */
#ifndef LIBRARY_H
#define LIBRARY_H

/* For a list of a library's functions, EACH_(one) EACH_(another). They make of it a struct's
 * members, which are pointers to the functions, and an array of names in the same order.
 */
#define LIBRARY_POINTER(name_) __typeof__(name_) *name_;
#define LIBRARY_NAME(name_) #name_,

/* Loads library @file, for good, and sets the pointers in the struct @pointers to the functions
 * @names. NULL ends @names. Returns 0; or -ENOENT, with a message.
 */
int library_load(const char *file, const char *const *names, void *pointers);

#endif /* LIBRARY_H */
