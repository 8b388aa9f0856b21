// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* reader PIN [SECONDS]: prints, each SECONDS (0.1), how many packets the map of counters at PIN has
 * counted since the line before, and since the reader's start. SIGTERM and SIGINT end it.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "exit_codes.h"
#include "log.h"
#include "options.h"
#include "stats_map.h"

struct reader {
	const char *pin;
	struct stats_buffer buffer;
	struct stats_map map;
	__u64 before;	/* packets in the map when it was read last */
	__u64 new, all; /* since the line before; since the start */
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	(void)signal;
	stopped = 1;
}

static void stop_on_signals(void)
{
	struct sigaction action = { .sa_handler = stop };

	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
}

static void sleep_for(double seconds)
{
	struct timespec time = { .tv_sec = seconds };

	time.tv_nsec = (seconds - time.tv_sec) * 1e9;
	nanosleep(&time, NULL);
}

/* Adds what the map has counted since it was read last. */
static int add_new(struct reader *reader)
{
	struct datarec actions[XDP_ACTION_MAX];
	int err = stats_map_read(&reader->map, &reader->buffer, actions), action;
	__u64 packets = 0;

	if (err)
		return err;
	for (action = 0; action < XDP_ACTION_MAX; action++)
		packets += actions[action].rx_packets;
	reader->new += packets - reader->before;
	reader->before = packets;
	return 0;
}

/* What was counted before is not of this reader's time. */
static int begin(struct reader *reader)
{
	int err = stats_buffer_open(&reader->buffer);

	if (!err)
		err = stats_map_open(&reader->map, reader->pin);
	if (err == -ENOENT)
		log_error("could not open %s: %s", reader->pin, strerror(-err));
	if (!err)
		err = add_new(reader);
	reader->new = 0;
	return err;
}

static int print_round(struct reader *reader)
{
	int err = add_new(reader);

	if (err)
		return err;
	reader->all += reader->new;
	printf("map %u: %llu new, %llu in all\n", reader->map.id, reader->new, reader->all);
	reader->new = 0;
	return 0;
}

int main(int argc, char **argv)
{
	struct reader reader = { .map.fd = -1 };
	double seconds = 0.1;
	int err;

	log_init("reader", LOG_NORMAL);
	if (argc < 2 || argc > 3 || (argc == 3 && options_parse_seconds(argv[2], &seconds))) {
		log_error("which pin, how often? Usage: reader PIN [SECONDS]");
		return EXIT_USAGE;
	}
	reader.pin = argv[1];
	setvbuf(stdout, NULL, _IOLBF, 0);
	stop_on_signals();
	err = begin(&reader);
	while (!err && !stopped) {
		err = print_round(&reader);
		sleep_for(seconds);
	}
	if (err == -EMFILE)
		log_error("could not open %s: %s", reader.pin, strerror(-err));
	stats_map_close(&reader.map);
	stats_buffer_close(&reader.buffer);
	return err ? EXIT_BPF : EXIT_OK;
}
