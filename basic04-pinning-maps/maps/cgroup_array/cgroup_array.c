// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A map of cgroups: a program asks whether the process that runs it is in one. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "../cgroup.h"
#include "maps/cgroup_array/cgroup_array.skel.h"

#define GROUP CGROUP_ROOT "/example"
#define INNER GROUP "/inner"
#define OTHER CGROUP_ROOT "/example_other"

static struct cgroup_array *skel;

/* This process runs the program. */
static void ask(const char *where)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts);
	int answer;

	example_must("run the program",
		     bpf_prog_test_run_opts(bpf_program__fd(skel->progs.is_inside), &opts));
	answer = (int)opts.retval;
	printf("  %-40s %s\n", where,
	       answer < 0 ? example_answer(answer) :
	       answer	  ? "inside" :
			    "outside");
}

static int put(int cgroup)
{
	__u32 key = 0;

	return bpf_map__update_elem(skel->maps.cgroups, &key, sizeof(key), &cgroup, sizeof(cgroup),
				    BPF_ANY);
}

static int look_up(void)
{
	__u32 key = 0, value;

	return bpf_map__lookup_elem(skel->maps.cgroups, &key, sizeof(key), &value, sizeof(value),
				    0);
}

static int delete (void)
{
	__u32 key = 0;

	return bpf_map__delete_elem(skel->maps.cgroups, &key, sizeof(key), 0);
}

static void show_processes(void)
{
	int group = cgroup_make(GROUP);

	cgroup_make(INNER);
	cgroup_make(OTHER);
	printf("a process runs the program\n");
	cgroup_join(GROUP);
	ask("in the cgroup, the map is empty");
	example_must("put the cgroup into the map", put(group));
	ask("in the cgroup, which is in the map");
	cgroup_join(INNER);
	ask("in a cgroup below");
	cgroup_join(OTHER);
	ask("in another one");
	cgroup_join(CGROUP_ROOT);
	ask("in the one above");
	cgroup_remove(INNER);
	cgroup_remove(OTHER);
	close(group);
}

static void show_removed(void)
{
	printf("the cgroup is removed, and made again by the same name\n");
	cgroup_remove(GROUP);
	close(cgroup_make(GROUP));
	cgroup_join(GROUP);
	ask("in the new one");
	cgroup_join(CGROUP_ROOT);
	cgroup_remove(GROUP);
}

int main(void)
{
	cgroup_begin();
	rmdir(INNER); /* of a run that was killed */
	skel = cgroup_array__open_and_load();
	example_must("load the program", skel ? 0 : -errno);
	show_processes();
	show_removed();
	printf("what the map is asked\n");
	example_tell("update with a folder, not a cgroup", put(open("/", O_RDONLY)));
	example_tell("lookup", look_up());
	example_tell("delete", delete ());
	ask("the program");
	cgroup_array__destroy(skel);
	return 0;
}
