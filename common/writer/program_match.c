// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "program_match.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "bpf_info.h"
#include "log.h"

static int get_two_programs(int fd, struct bpf_prog_info *info, int other_fd,
			    struct bpf_prog_info *other)
{
	int err = bpf_info_program(fd, info);

	if (!err)
		err = bpf_info_program(other_fd, other);
	if (err)
		log_error("could not compare two programs: %s", strerror(-err));
	return err;
}

int program_match_code(int fd, int other_fd)
{
	struct bpf_prog_info info, other;
	int err = get_two_programs(fd, &info, other_fd, &other);

	return err ? err : !memcmp(info.tag, other.tag, sizeof(info.tag));
}

/* Whether @fd can be what libxdp has loaded of the program @loaded: it was loaded later, by the
 * same user. 1, 0 or -errno, with a message.
 */
static int is_loaded_of(int fd, int loaded)
{
	struct bpf_prog_info info, first;
	int err = get_two_programs(fd, &info, loaded, &first);

	return err ? err :
		     !memcmp(info.tag, first.tag, sizeof(info.tag)) &&
			       info.created_by_uid == first.created_by_uid &&
			       info.load_time >= first.load_time;
}

int program_match_copy(int fd, __u32 id, const struct pin *staged)
{
	struct bpf_maps maps;
	int err = bpf_info_maps(fd, &maps), same;
	size_t i;

	same = err ? attach_fail_to_look_at(id, err) : is_loaded_of(fd, staged->fd);
	for (i = 0; same > 0 && i < maps.count; i++)
		same = bpf_maps_have(&staged->maps, maps.ids[i]);
	if (same > 0 && staged->maps.count)
		same = maps.count > 0;
	bpf_maps_free(&maps);
	return same;
}

int program_match_staged(const struct xdp_state *hook, __u32 id, const struct pin *staged)
{
	int fd, same;

	if (id == staged->id)
		return 1;
	/* libxdp may have attached its copy alone. Without a map it could be anybody's. */
	if (!hook->dispatcher && !staged->maps.count)
		return 0;
	fd = attach_open_program(hook, id);
	if (fd < 0)
		return fd == -ENOENT ? 0 : attach_fail_to_look_at(id, fd); /* gone in between */
	same = program_match_copy(fd, id, staged);
	close(fd);
	return same;
}
