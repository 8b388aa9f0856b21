// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A program in a map is replaced again and again, while frames come in. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "../tail_call/handlers.h"

#define SWAPS 100

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
	printf("%d swaps while frames come in\n", SWAPS);
	printf("  %-40s %s\n", "frames without a handler",
	       counted(COUNT_NO_HANDLER) ? "some" : "none");
}

int main(void)
{
	struct tail_call *skel;

	network_make("a0", "a1");
	skel = load();
	attach(skel->progs.dispatch);
	swap(skel);
	tail_call__destroy(skel);
	return 0;
}
