// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The measuring of run.sh: programs by BPF_PROG_TEST_RUN, commands by fork, exec and wait4. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define MAX_RUNS 1000
#define ROUNDS 15
#define REPEAT 2000000

static int by_value(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;

	return one < other ? -1 : one > other;
}

static double median(double *values, int count)
{
	qsort(values, count, sizeof(*values), by_value);
	return values[count / 2];
}

/* Nanoseconds a run of the program, on a frame of 64 bytes; 0: it did not run. */
static double run_program(int fd)
{
	unsigned char frame[64] = { 0 };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .data_in = frame, .data_size_in = sizeof(frame),
		    .repeat = REPEAT);

	if (bpf_prog_test_run_opts(fd, &opts))
		return 0;
	return opts.duration;
}

/* The same while the kernel keeps run-time statistics, as for xdp_stats --cost; 0: it could not. */
static double run_measured_program(int fd)
{
	int stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	double time = stats < 0 ? 0 : run_program(fd);

	if (stats >= 0)
		close(stats);
	return time;
}

/* Each program of the object in turn, round after round, so that a machine that slows down slows
 * all of them. Prints "name median min min-with-statistics".
 */
static int measure_programs(const char *path)
{
	static double times[8][ROUNDS], measured[8][ROUNDS];
	struct bpf_object *object = bpf_object__open_file(path, NULL);
	struct bpf_program *program;
	int round, n;

	if (!object || bpf_object__load(object))
		return 1;
	for (round = 0; round < ROUNDS; round++) {
		n = 0;
		bpf_object__for_each_program(program, object) {
			times[n][round] = run_program(bpf_program__fd(program));
			measured[n++][round] = run_measured_program(bpf_program__fd(program));
		}
	}
	n = 0;
	bpf_object__for_each_program(program, object) {
		double middle = median(times[n], ROUNDS);

		median(measured[n], ROUNDS);
		printf("%s %.0f %.0f %.0f\n", bpf_program__name(program), middle, times[n][0],
		       measured[n][0]);
		n++;
	}
	bpf_object__close(object);
	return 0;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static double ms(struct timeval time)
{
	return time.tv_sec * 1e3 + time.tv_usec / 1e3;
}

/* What netlink_time.c has added to the file since it was last looked at. */
static double take_netlink_ms(const char *path)
{
	FILE *file = fopen(path, "r+");
	double sum = 0, one;

	if (!file)
		return 0;
	while (fscanf(file, "%lf", &one) == 1)
		sum += one;
	if (ftruncate(fileno(file), 0))
		sum = 0;
	fclose(file);
	return sum;
}

static void start(char **argv)
{
	int null = open("/dev/null", O_RDWR);

	if (getenv("NETLINK_TIME_FILE"))
		setenv("LD_PRELOAD", getenv("NETLINK_TIME_LIBRARY"), 1);
	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	execvp(argv[0], argv);
	_exit(127);
}

/* Prints "wall-ms own-ms cpu-ms rss-KiB failed": medians of the first three, own being wall less
 * what the kernel's netlink requests took; the largest of the fourth.
 */
static int measure_command(int runs, char **argv)
{
	static double wall[MAX_RUNS], own[MAX_RUNS], cpu[MAX_RUNS];
	const char *netlink_file = getenv("NETLINK_TIME_FILE");
	int i, status, failed = 0;
	long rss = 0;

	for (i = 0; i < runs; i++) {
		struct rusage usage;
		double begin = now();
		pid_t pid = fork();

		if (!pid)
			start(argv);
		if (pid < 0 || wait4(pid, &status, 0, &usage) < 0)
			return 1;
		wall[i] = now() - begin;
		own[i] = wall[i] - (netlink_file ? take_netlink_ms(netlink_file) : 0);
		cpu[i] = ms(usage.ru_utime) + ms(usage.ru_stime);
		rss = usage.ru_maxrss > rss ? usage.ru_maxrss : rss;
		failed += !!status;
	}
	printf("%.2f %.2f %.2f %ld %d\n", median(wall, runs), median(own, runs), median(cpu, runs),
	       rss, failed);
	return 0;
}

int main(int argc, char **argv)
{
	int runs;

	if (argc == 3 && !strcmp(argv[1], "programs"))
		return measure_programs(argv[2]);
	runs = argc > 3 && !strcmp(argv[1], "command") ? atoi(argv[2]) : 0;
	if (runs > 0 && runs <= MAX_RUNS)
		return measure_command(runs, argv + 3);
	fprintf(stderr, "usage: bench programs OBJECT | bench command RUNS COMMAND...\n");
	return 2;
}
