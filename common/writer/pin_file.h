/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One pin in a folder that is open. All return 0 or -errno, without a message. */
#ifndef PIN_FILE_H
#define PIN_FILE_H

#include <sys/types.h>

/* Pins the BPF object @fd at @name. */
int pin_file_make(int folder, const char *name, int fd);

/* Sets owner, group (-1: as they are) and mode of the pin @name. */
int pin_file_set_access(int folder, const char *name, uid_t uid, gid_t gid, mode_t mode);

/* Unlinks a pin, and nothing else that may stand there: -EMEDIUMTYPE. 0 also if it is gone. */
int pin_file_unlink(int folder, const char *name);

#endif /* PIN_FILE_H */
