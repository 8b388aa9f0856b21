// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "btf_resolve.h"

#include <stddef.h>

#define STEPS_MAX 64 /* libbpf allows 32 */

const struct btf_type *btf_resolve(const struct btf *btf, __u32 id)
{
	const struct btf_type *type = btf__type_by_id(btf, id);
	int steps;

	for (steps = 0; type && (btf_is_mod(type) || btf_is_typedef(type)); steps++)
		type = steps < STEPS_MAX ? btf__type_by_id(btf, type->type) : NULL;
	return type;
}
