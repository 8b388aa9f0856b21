/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the fuzz targets share. A target aborts where something untrue was found. */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

#define FUZZ_WORDS 16

/* The input as words, which a 0 byte ends. The last one of FUZZ_WORDS has the rest, to its first 0.
 */
struct fuzz_words {
	char *words[FUZZ_WORDS + 1]; /* NULL after the last one */
	int count;
	char *text;
};

static inline void fuzz_split(struct fuzz_words *words, const uint8_t *data, size_t size)
{
	char *word;

	words->count = 0;
	words->text = malloc(size + 1);
	memcpy(words->text, data, size);
	words->text[size] = '\0';
	for (word = words->text; word <= words->text + size && words->count < FUZZ_WORDS;
	     word += strlen(word) + 1)
		words->words[words->count++] = word;
	words->words[words->count] = NULL;
}

static inline void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "fuzz: not true: %s\n", what);
	abort();
}

#endif /* FUZZ_H */
