// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A value for each cgroup that a program is attached to. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../cgroup.h"
#include "../sockets.h"
#include "maps/cgroup_storage/cgroup_storage.skel.h"

#define BLUE CGROUP_ROOT "/example_blue"
#define INNER BLUE "/inner"
#define GREEN CGROUP_ROOT "/example_green"

static struct cgroup_storage *skel;
static int blue, green, receiver;

/* The key of a cgroup's element: the number of its folder, and where the program is attached. */
static struct bpf_cgroup_storage_key key_of(int cgroup)
{
	struct stat folder;

	example_must("look at a cgroup", fstat(cgroup, &folder) ? -errno : 0);
	return (struct bpf_cgroup_storage_key){
		.cgroup_inode_id = folder.st_ino,
		.attach_type = BPF_CGROUP_INET_EGRESS,
	};
}

static int look_up(int cgroup, __u64 *packets)
{
	struct bpf_cgroup_storage_key key = key_of(cgroup);

	return bpf_map_lookup_elem(bpf_map__fd(skel->maps.packets), &key, packets);
}

/* The other map has a value for each CPU: their sum. */
static __u64 look_up_sum(int cgroup)
{
	struct bpf_cgroup_storage_key key = key_of(cgroup);
	int cpus = example_must("count the CPUs", libbpf_num_possible_cpus());
	__u64 packets[cpus], sum = 0;

	example_must("look up the values of all CPUs",
		     bpf_map_lookup_elem(bpf_map__fd(skel->maps.packets_here), &key, packets));
	for (int cpu = 0; cpu < cpus; cpu++)
		sum += packets[cpu];
	return sum;
}

static int socket_to_receiver(void)
{
	int fd = socket_open(SOCK_DGRAM, 0);

	socket_connect(fd, socket_port(receiver));
	return fd;
}

static void send_packets(const char *what, int fd, int count)
{
	__u64 in_blue = 0, in_green = 0;

	while (count--)
		example_must("send", socket_write(fd, "hello"));
	example_must("look up", look_up(blue, &in_blue));
	example_must("look up", look_up(green, &in_green));
	printf("  %-40s %4llu %5llu %5llu %5llu\n", what, in_blue, in_green, look_up_sum(blue),
	       look_up_sum(green));
}

static void attach(int cgroup)
{
	example_must("attach", bpf_prog_attach(bpf_program__fd(skel->progs.count), cgroup,
					       BPF_CGROUP_INET_EGRESS, BPF_F_ALLOW_MULTI));
}

static void show_packets(void)
{
	int in_blue, in_green, in_inner;

	cgroup_join(BLUE);
	in_blue = socket_to_receiver();
	cgroup_join(GREEN);
	in_green = socket_to_receiver();
	cgroup_join(INNER);
	in_inner = socket_to_receiver();
	cgroup_join(CGROUP_ROOT);
	printf("%-42s %4s %5s   and per CPU\n", "packets by a socket that was opened in", "blue",
	       "green");
	send_packets("blue, 3", in_blue, 3);
	send_packets("green, 2", in_green, 2);
	send_packets("a cgroup below blue, 4", in_inner, 4);
	send_packets("none of them, 1", socket_to_receiver(), 1);
	close(in_blue); /* a socket keeps its cgroup */
	close(in_green);
	close(in_inner);
}

/* With a cgroup goes its element, a moment later. */
static void show_removed(void)
{
	__u64 packets;

	cgroup_remove(INNER);
	cgroup_remove(BLUE);
	for (int wait = 1000; wait && !look_up(blue, &packets); wait--)
		usleep(10 * 1000);
	example_tell("lookup, blue is removed", look_up(blue, &packets));
	cgroup_remove(GREEN);
}

int main(void)
{
	__u64 packets;

	cgroup_begin();
	rmdir(INNER); /* of a run that was killed */
	sockets_begin();
	receiver = socket_open(SOCK_DGRAM, 0);
	blue = cgroup_make(BLUE);
	close(cgroup_make(INNER));
	green = cgroup_make(GREEN);
	skel = cgroup_storage__open_and_load();
	example_must("load the program", skel ? 0 : -errno);
	printf("the element of blue\n");
	example_tell("lookup", look_up(blue, &packets));
	attach(blue);
	attach(green);
	example_tell("lookup, the program is attached", look_up(blue, &packets));
	show_packets();
	printf("the element of blue\n");
	example_tell("detach", bpf_prog_detach2(bpf_program__fd(skel->progs.count), blue,
						BPF_CGROUP_INET_EGRESS));
	example_tell("lookup, the program is detached", look_up(blue, &packets));
	show_removed();
	cgroup_storage__destroy(skel);
	return 0;
}
