// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "features_print.h"

#include <stdio.h>
#include <string.h>

#include "device.h"
#include "json_line.h"
#include "log.h"
#include "output.h"

static const struct {
	const char *name;  /* in the text */
	const char *key;   /* in JSON */
	const char *since; /* the first Linux that reports it */
} names[FEATURE_COUNT] = {
	[FEATURE_NATIVE] = { "native mode", "native", "6.3" },
	[FEATURE_FRAGS] = { "multi-buffer frames (frags)", "frags", "6.3" },
	[FEATURE_REDIRECT] = { "redirect from it", "redirect", "6.3" },
	[FEATURE_TARGET] = { "redirect to it", "redirect_target", "6.3" },
	[FEATURE_TARGET_FRAGS] = { "redirect to it, multi-buffer", "redirect_target_frags", "6.3" },
	[FEATURE_ZERO_COPY] = { "AF_XDP zero copy", "zero_copy", "6.3" },
	[FEATURE_OFFLOAD] = { "hardware offload", "offload", "6.3" },
	[FEATURE_TIMESTAMP] = { "hint: receive timestamp", "hint_timestamp", "6.7" },
	[FEATURE_HASH] = { "hint: receive hash", "hint_hash", "6.7" },
	[FEATURE_VLAN_TAG] = { "hint: VLAN tag", "hint_vlan_tag", "6.7" },
};

const char *features_text(const struct device_features *features, enum device_feature feature,
			  char *text)
{
	__u32 buffers = features->zero_copy_buffers;

	switch (features->states[feature]) {
	case FEATURE_YES:
		if (feature == FEATURE_ZERO_COPY && buffers)
			snprintf(text, FEATURES_TEXT_SIZE, "yes, up to %u buffer%s a frame",
				 buffers, buffers == 1 ? "" : "s");
		else
			strcpy(text, "yes");
		break;
	case FEATURE_NO:
		strcpy(text, feature == FEATURE_NATIVE ? "no: use --skb-mode" : "no");
		break;
	default:
		snprintf(text, FEATURES_TEXT_SIZE, "unknown: Linux %s or newer reports it",
			 names[feature].since);
	}
	return text;
}

static void print_text(const char *netns, const char *device,
		       const struct device_features *features)
{
	char text[FEATURES_TEXT_SIZE];
	int feature;

	output_device(netns, device);
	puts("what its driver can do with XDP");
	for (feature = 0; feature < FEATURE_COUNT; feature++)
		printf("  %-28s  %s\n", names[feature].name,
		       features_text(features, feature, text));
}

#ifdef HAVE_JSON
static struct json_object *state(enum feature_state state)
{
	return state == FEATURE_UNKNOWN ? NULL : json_line_bool(state == FEATURE_YES);
}

static void print_json(const char *netns, const char *device, int ifindex,
		       const struct device_features *features)
{
	struct json_object *object = json_line_object();
	__u32 buffers = features->zero_copy_buffers;
	int feature;

	json_line_set(object, "schema", json_line_number(1));
	json_line_set(object, "device", json_line_text(device));
	json_line_set(object, "netns", json_line_text(netns));
	json_line_set(object, "ifindex", json_line_number(ifindex));
	for (feature = 0; feature < FEATURE_COUNT; feature++)
		json_line_set(object, names[feature].key, state(features->states[feature]));
	json_line_set(object, "zero_copy_buffers", buffers ? json_line_number(buffers) : NULL);
	json_line_print(object);
}
#else
static void print_json(const char *netns, const char *device, int ifindex,
		       const struct device_features *features)
{
	(void)netns, (void)device, (void)ifindex, (void)features; /* the tool has refused it */
}
#endif

int features_print(const char *netns, const char *device, bool json)
{
	struct device_features features;
	char name[IF_NAMESIZE];
	int ifindex = device_find(device, name), err;

	if (!ifindex)
		ifindex = device_index(device, netns);
	if (ifindex < 0)
		return ifindex;
	err = device_features_query(ifindex, &features);
	if (err) {
		log_error("could not ask the kernel for the XDP features of %s: %s", name,
			  strerror(-err));
		return err;
	}
	if (json)
		print_json(netns, name, ifindex, &features);
	else
		print_text(netns, name, &features);
	return 0;
}
