// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What xdp_loader --features makes of the answers of kernels that are not the running one, and of
 * devices that are not here.
 */
#include <string.h>

#include <linux/genetlink.h>

#include "features_print.h"
#include "tap.h"

#define XDP 3
#define BUFFERS 4
#define HINTS 5
#define ANSWER_SIZE 256

/* An answer as Linux @minor of 6 gives it. */
static struct nlmsghdr *answer(char *buffer, int minor, __u64 xdp, __u32 buffers, __u64 hints)
{
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);

	mnl_nlmsg_put_extra_header(message, sizeof(struct genlmsghdr));
	mnl_attr_put_u32(message, 1, 7); /* the ifindex */
	mnl_attr_put_u64(message, XDP, xdp);
	if (minor >= 6 && buffers)
		mnl_attr_put_u32(message, BUFFERS, buffers);
	if (minor >= 7)
		mnl_attr_put_u64(message, HINTS, hints);
	mnl_attr_put_u64(message, 99, ~0ULL); /* of a kernel to come */
	return message;
}

static struct device_features parsed(int minor, __u64 xdp, __u32 buffers, __u64 hints)
{
	char buffer[ANSWER_SIZE] __attribute__((aligned(NLMSG_ALIGNTO)));
	struct device_features features = { 0 };

	device_features_parse(answer(buffer, minor, xdp, buffers, hints), &features);
	return features;
}

static void check(const char *what, const struct device_features *features,
		  enum device_feature feature, const char *expected)
{
	char text[FEATURES_TEXT_SIZE];

	features_text(features, feature, text);
	ok(!strcmp(text, expected), "%s: %s (%s)", what, expected, text);
}

/* Each bit sets one feature, and no other. */
static void test_bits(void)
{
	static const enum device_feature xdp[] = { FEATURE_NATIVE,	FEATURE_REDIRECT,
						   FEATURE_TARGET,	FEATURE_ZERO_COPY,
						   FEATURE_OFFLOAD,	FEATURE_FRAGS,
						   FEATURE_TARGET_FRAGS };
	static const enum device_feature hints[] = { FEATURE_TIMESTAMP, FEATURE_HASH,
						     FEATURE_VLAN_TAG };
	int bit, feature;

	for (bit = 0; bit < 10; bit++) {
		struct device_features features = bit < 7 ? parsed(8, 1 << bit, 0, 0) :
							    parsed(8, 0, 0, 1 << (bit - 7));
		int others = 0;

		for (feature = 0; feature < FEATURE_COUNT; feature++)
			others += features.states[feature] == FEATURE_NO;
		feature = bit < 7 ? xdp[bit] : hints[bit - 7];
		ok(features.states[feature] == FEATURE_YES && others == FEATURE_COUNT - 1,
		   "bit %d is feature %d alone", bit, feature);
	}
}

int main(void)
{
	struct device_features none = { 0 }, features;
	int feature;

	test_bits();
	for (feature = 0; feature < FEATURE_TIMESTAMP; feature++)
		check("no family", &none, feature, "unknown: Linux 6.3 or newer reports it");
	for (; feature < FEATURE_COUNT; feature++)
		check("no family", &none, feature, "unknown: Linux 6.7 or newer reports it");
	features = parsed(3, 1 << 3, 17, 7);
	check("6.3", &features, FEATURE_ZERO_COPY, "yes");
	check("6.3", &features, FEATURE_NATIVE, "no: use --skb-mode");
	check("6.3", &features, FEATURE_OFFLOAD, "no");
	check("6.3", &features, FEATURE_HASH, "unknown: Linux 6.7 or newer reports it");
	features = parsed(6, 1 << 3, 17, 7);
	check("6.6", &features, FEATURE_ZERO_COPY, "yes, up to 17 buffers a frame");
	check("6.6", &features, FEATURE_TIMESTAMP, "unknown: Linux 6.7 or newer reports it");
	features = parsed(7, 1 << 3, 1, 3);
	check("6.7", &features, FEATURE_ZERO_COPY, "yes, up to 1 buffer a frame");
	check("6.7", &features, FEATURE_TIMESTAMP, "yes");
	check("6.7", &features, FEATURE_VLAN_TAG, "no");
	return tap_end();
}
