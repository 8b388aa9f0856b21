// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Names as the reports print them: whatever a device, a namespace or a path is called, a line stays
 * a line, a label a label, and JSON gives the name back.
 */
#ifdef HAVE_JSON
#include <json-c/json.h>
#endif

#include "fuzz.h"
#include "json_line.h"
#include "report.h"

static char *printed;
static size_t printed_size;

/* Whether @text is UTF-8, and nothing that JSON or a terminal would take for something else. */
static bool is_plain(const char *text)
{
	const unsigned char *c = (const unsigned char *)text;

	for (; *c; c++)
		if (*c < ' ' || *c > '~')
			return false;
	return true;
}

/* The end of {name="value",...}, or NULL. */
static const char *skip_labels(const char *c)
{
	if (*c != '{')
		return NULL;
	do {
		c += strcspn(c + 1, "=\n") + 1;
		if (c[0] != '=' || c[1] != '"')
			return NULL;
		for (c += 2; *c && *c != '"' && *c != '\n'; c++)
			if (*c == '\\' && !strchr("\\\"n", *++c))
				return NULL;
		if (*c++ != '"')
			return NULL;
	} while (*c == ',');
	return *c == '}' ? c + 1 : NULL;
}

static bool is_metric(const char *line)
{
	const char *value = skip_labels(line + strcspn(line, "{\n"));

	return value && *value == ' ' && value[1 + strspn(value + 1, "0123456789.")] == '\n';
}

static void check_metrics(const struct stats_set *set, bool openmetrics)
{
	FILE *file = open_memstream(&printed, &printed_size);
	const char *line;

	report_metrics(set, &(struct report_view){ 0 }, file, openmetrics);
	fclose(file);
	for (line = printed; *line; line = strchr(line, '\n') + 1)
		must(*line == '#' || is_metric(line), "each line is a comment or a metric");
	must(line == printed + printed_size, "and no 0 byte is in it");
	free(printed);
}

#ifdef HAVE_JSON
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return json_line_check();
}

static void check_json(const struct stats_device *device)
{
	struct json_object *object = json_tokener_parse(printed), *name;

	must(strchr(printed, '\n') == printed + printed_size - 1, "an object is one line");
	if (!is_plain(device->device))
		goto out;
	must(json_object_object_get_ex(object, "device", &name) &&
		     !strcmp(json_object_get_string(name), device->device),
	     "a name comes back as it was");
out:
	json_object_put(object);
}
#endif

static void check_line_report(const struct report *report, const struct stats_device *device)
{
	const struct report_view view = { .once = true };
	const struct stats_buffer none = { 0 };
	FILE *saved = stdout;

	if (!report->device)
		return;
	stdout = open_memstream(&printed, &printed_size);
	report->device(device, &none, &view);
	fclose(stdout);
	stdout = saved;
#ifdef HAVE_JSON
	if (report == &report_json)
		check_json(device);
#endif
	free(printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stats_device device = { .found = true }, *devices[] = { &device };
	const struct stats_set set = { .devices = devices, .count = 1 };
	struct fuzz_words words;

	fuzz_split(&words, data, size);
	device.device = words.words[0];
	device.netns = words.count > 1 ? words.words[1] : NULL;
	device.watch.path = words.count > 2 ? words.words[2] : words.words[0];
	device.watch.generation = 1;
	device.watch.pinned = true;
	check_metrics(&set, true);
	check_metrics(&set, false);
	check_line_report(&report_text, &device);
	check_line_report(&report_csv, &device);
	check_line_report(&report_json, &device);
	free(words.text);
	return 0;
}
