/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* --features: prints, on stdout, what a device's driver can do with XDP, and what is unknown. */
#ifndef FEATURES_PRINT_H
#define FEATURES_PRINT_H

#include <stdbool.h>

#include "device_features.h"

/* Prints a line a feature; with @json one object, see xdp_loader-features.schema.json. The device
 * is in the network namespace that the process is in; @netns is its name, or NULL. Returns 0 or
 * -errno, with a message.
 */
int features_print(const char *netns, const char *device, bool json);

/* Writes to @text what is printed for this feature: yes, no or unknown, and more. Returns @text. */
#define FEATURES_TEXT_SIZE 64
const char *features_text(const struct device_features *features, enum device_feature feature,
			  char *text);

#endif /* FEATURES_PRINT_H */
