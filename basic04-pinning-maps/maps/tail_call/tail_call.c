// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program array: tail calls into programs that user space puts there, replaces and removes. */
#include <linux/if_link.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../network.h"
#include "maps/tail_call/tail_call.skel.h"
#include "tail_call.h"

#define PIN "/sys/fs/bpf/tail_call"
#define FRAMES 10
#define SWAPS 100

static const char ipv4[64] = "\2\0\0\0\0\2\2\0\0\0\0\1\x08\x00";
static const char arp[64] = "\2\0\0\0\0\2\2\0\0\0\0\1\x08\x06";

static int counts; /* outlives the skeleton */

static struct tail_call *load(void)
{
	struct tail_call *skel = tail_call__open_and_load();

	example_must("load the programs", skel ? 0 : -errno);
	counts = example_must("keep the counts open", dup(bpf_map__fd(skel->maps.counts)));
	return skel;
}

static void attach(struct bpf_program *program)
{
	example_must("attach", bpf_xdp_attach((int)if_nametoindex("a1"), bpf_program__fd(program),
					      XDP_FLAGS_DRV_MODE, NULL));
}

static void put(struct tail_call *skel, __u32 slot, struct bpf_program *program)
{
	int fd = bpf_program__fd(program);

	example_must("put a program into the map",
		     bpf_map__update_elem(skel->maps.handlers, &slot, sizeof(slot), &fd, sizeof(fd),
					  BPF_ANY));
}

static __u64 counted(__u32 what)
{
	__u64 value = 0;

	example_must("read a count", bpf_map_lookup_elem(counts, &what, &value));
	return value;
}

static bool all_counted(unsigned int frames)
{
	return counted(COUNT_FIRST) + counted(COUNT_SECOND) + counted(COUNT_NO_HANDLER) >= frames;
}

/* Sends the frame so often, from counts of 0, and waits until each frame is counted. */
static void send_frames(const char *frame, unsigned int frames)
{
	__u64 zero = 0;

	for (__u32 what = 0; what < COUNTS; what++)
		example_must("reset a count", bpf_map_update_elem(counts, &what, &zero, BPF_ANY));
	network_send("a0", frames, frame, sizeof(ipv4));
	for (int wait = 1000; wait && !all_counted(frames); wait--)
		usleep(10 * 1000);
}

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

static void wait_for_more(__u32 what)
{
	__u64 before = counted(what);

	for (int wait = 10000; wait && counted(what) == before; wait--)
		usleep(1000);
	example_must("see a frame counted", counted(what) == before ? -ETIMEDOUT : 0);
}

/* Waits until the frames that were on their way have come in. */
static void drain(void)
{
	__u64 before;

	do {
		before = counted(COUNT_SECOND);
		usleep(50 * 1000);
	} while (counted(COUNT_SECOND) != before);
}

/* Another process sends frames all the time; each program must have had one before the next swap.
 */
static void swap(struct tail_call *skel)
{
	pid_t sender;

	put(skel, SLOT_IPV4, skel->progs.second);
	send_frames(ipv4, 1);
	fflush(stdout);
	sender = example_must("fork", fork());
	if (sender == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		network_send("a0", -1U, ipv4, sizeof(ipv4));
		_exit(EXIT_SUCCESS);
	}
	for (int i = 0; i < SWAPS; i++) {
		put(skel, SLOT_IPV4, i % 2 ? skel->progs.second : skel->progs.first);
		wait_for_more(i % 2 ? COUNT_SECOND : COUNT_FIRST);
	}
	kill(sender, SIGKILL);
	waitpid(sender, NULL, 0);
	drain();
	printf("%d swaps while frames come in\n  %-34s %llu\n", SWAPS, "frames without a handler",
	       counted(COUNT_NO_HANDLER));
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
	swap(skel);
	call_itself(skel);
	end_loader(skel);
	return 0;
}
