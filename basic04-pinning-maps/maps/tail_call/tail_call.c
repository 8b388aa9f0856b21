// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program array: tail calls into programs that user space puts there, replaces and removes. */
#include "handlers.h"

#define PIN "/sys/fs/bpf/tail_call"
#define FRAMES 10

static const char arp[64] = "\2\0\0\0\0\2\2\0\0\0\0\1\x08\x06";

static void show(const char *what, const char *frame)
{
	send_frames(frame, FRAMES);
	printf("  %-34s %6llu %6llu %10llu\n", what, counted(COUNT_FIRST), counted(COUNT_SECOND),
	       counted(COUNT_NO_HANDLER));
}

static void dispatch(struct tail_call *skel)
{
	__u32 slot = SLOT_IPV4;

	attach(skel->progs.dispatch);
	show("IPv4, the map is empty", ipv4);
	put(skel, SLOT_IPV4, skel->progs.first);
	show("IPv4, first is put there", ipv4);
	show("ARP", arp);
	put(skel, SLOT_ARP, skel->progs.second);
	show("ARP, second is put there", arp);
	put(skel, SLOT_IPV4, skel->progs.second);
	show("IPv4, replaced by second", ipv4);
	bpf_map__delete_elem(skel->maps.handlers, &slot, sizeof(slot), 0);
	show("IPv4, deleted", ipv4);
}

static void call_itself(struct tail_call *skel)
{
	attach(skel->progs.itself);
	put(skel, SLOT_SELF, skel->progs.itself);
	send_frames(ipv4, 1);
	printf("a program that calls itself, one frame\n  %-34s %llu\n", "it ran",
	       counted(COUNT_FIRST));
}

/* The pin is let go of after an RCU grace period. */
static void unpin(void)
{
	unlink(PIN);
	for (int wait = 1000; wait && !counted(COUNT_NO_HANDLER); wait--) {
		usleep(10 * 1000);
		send_frames(ipv4, 1);
	}
}

static void end_loader(struct tail_call *skel)
{
	put(skel, SLOT_IPV4, skel->progs.first);
	attach(skel->progs.dispatch);
	unlink(PIN); /* of a run that was killed */
	example_must("pin the map at " PIN, bpf_map__pin(skel->maps.handlers, PIN));
	printf("%-36s %6s %6s %10s\n", "the dispatcher is attached", "first", "second",
	       "no handler");
	show("map pinned", ipv4);
	tail_call__destroy(skel);
	show("map pinned, all descriptors closed", ipv4);
	unpin();
	show("map unpinned", ipv4);
}

int main(void)
{
	struct tail_call *skel;

	network_make("a0", "a1");
	skel = load();
	printf("%-36s %6s %6s %10s\n", "10 frames each", "first", "second", "no handler");
	dispatch(skel);
	call_itself(skel);
	end_loader(skel);
	return 0;
}
