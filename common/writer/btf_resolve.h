/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What a type is behind its typedefs and qualifiers. */
#ifndef BTF_RESOLVE_H
#define BTF_RESOLVE_H

#include <bpf/btf.h>

/* Returns NULL if there is no such type, or if its typedefs form a loop. */
const struct btf_type *btf_resolve(const struct btf *btf, __u32 id);

#endif /* BTF_RESOLVE_H */
