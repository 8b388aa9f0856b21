// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* One object a line, device and round. basic04-pinning-maps/README.org explains each field, and
 * basic04-pinning-maps/xdp_stats.schema.json is what the tests hold it against.
 */
#include "report.h"

#ifdef HAVE_JSON

#include <stdio.h>

#include <json-c/json.h>

#include "escape.h"

#define SCHEMA 1 /* one more with each change that a reader might stumble over */

typedef struct json_object json;

static void add(json *object, const char *key, json *value)
{
	json_object_object_add_ex(object, key, value,
				  JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY);
}

static void add_number(json *object, const char *key, __u64 number)
{
	add(object, key, json_object_new_uint64(number));
}

static void add_text(json *object, const char *key, const char *text)
{
	char utf8[ESCAPE_SIZE];

	add(object, key,
	    text ? json_object_new_string(escape_utf8(utf8, sizeof(utf8), text)) : NULL);
}

static void add_time(json *object, const char *key, const struct timespec *time)
{
	char text[REPORT_TIME_SIZE];

	add_text(object, key, report_time(text, time));
}

static void add_seconds(json *object, const char *key, double seconds)
{
	char text[32];

	snprintf(text, sizeof(text), "%.6f", seconds);
	add(object, key, json_object_new_double_s(seconds, text));
}

static void add_counters(json *object, const struct datarec *counters)
{
	add_number(object, "packets", counters->rx_packets);
	add_number(object, "bytes", counters->rx_bytes);
}

static json *cpus_of(const struct stats_buffer *buffer, __u32 action)
{
	json *cpus = json_object_new_array(), *cpu;
	int i;

	for (i = 0; i < buffer->cpus; i++) {
		const struct datarec *counters = &buffer->values[action * buffer->cpus + i];

		if (!report_has_counted(counters))
			continue;
		cpu = json_object_new_object();
		add_number(cpu, "cpu", i);
		add_counters(cpu, counters);
		json_object_array_add(cpus, cpu);
	}
	return cpus;
}

static json *action_of(const struct stats_watch *watch, __u32 action)
{
	json *object = json_object_new_object(), *since_start = json_object_new_object();

	add_counters(object, &watch->current.totals[action]);
	if (watch->period > 0) {
		const struct stats_rate rate = stats_watch_rate(&watch->counted[action],
								watch->period);

		add_number(object, "pps", rate.pps + 0.5);
		add_number(object, "bps", rate.bps + 0.5);
	}
	add_counters(since_start, &watch->totals[action]);
	add(object, "since_start", since_start);
	return object;
}

static void print_device(const struct stats_device *device, const struct stats_buffer *buffer,
			 const struct report_view *view)
{
	const struct stats_watch *watch = &device->watch;
	json *object = json_object_new_object(), *actions = json_object_new_object();
	struct timespec time;
	__u32 action;

	clock_gettime(CLOCK_REALTIME, &time);
	add_number(object, "schema", SCHEMA);
	add_time(object, "time", &time);
	add_seconds(object, "monotonic", watch->read_at);
	add_text(object, "device", device->device);
	add_text(object, "netns", device->netns);
	add_text(object, "pin", watch->path);
	add(object, "pinned", json_object_new_boolean(watch->pinned));
	add_number(object, "map_id", watch->current.map.id);
	add_number(object, "generation", watch->generation);
	add_time(object, "generation_since", &watch->since);
	add_text(object, "generation_reason", report_reason(watch));
	if (watch->period > 0)
		add_seconds(object, "period", watch->period);
	for (action = 0; action < XDP_ACTION_MAX; action++) {
		json *counters = action_of(watch, action);

		if (view->per_cpu)
			add(counters, "cpus", cpus_of(buffer, action));
		add(actions, stats_map_action_name(action), counters);
	}
	add(object, "actions", actions);
	puts(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN |
							    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}

const struct report report_json = { .name = "json", .device = print_device };

#else
const struct report report_json = { .name = "json" };
#endif
