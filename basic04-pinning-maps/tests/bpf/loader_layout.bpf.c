// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#define LAYOUT_OF_BEFORE
#include "loader_other_layout.bpf.c"
