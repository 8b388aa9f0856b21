// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* A map of AF_XDP sockets: frames go from the XDP program to a process, past the stack. */
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_xdp.h>
#include <poll.h>
#include <sys/mman.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <xdp/xsk.h>

#include "../network.h"
#include "maps/xsk/xsk.skel.h"

#define FRAMES 3
#define CHUNK XSK_UMEM__DEFAULT_FRAME_SIZE
#define SKIPPED 77

/* A socket, its memory, and the two rings that a receiver uses: it fills in chunks of the memory,
 * and the kernel gives them back with frames in them.
 */
struct receiver {
	void *memory;
	struct xsk_umem *umem;
	struct xsk_socket *socket;
	struct xsk_ring_prod fill;
	struct xsk_ring_cons completion, rx;
};

static void need_af_xdp(void)
{
	int fd = socket(AF_XDP, SOCK_RAW, 0);

	if (fd < 0 && errno == EAFNOSUPPORT) {
		printf("this kernel is built without AF_XDP sockets\n");
		exit(SKIPPED);
	}
	close(example_must("open an AF_XDP socket", fd < 0 ? -errno : fd));
}

static struct xsk *load(const char *device)
{
	struct xsk *skel = xsk__open_and_load();

	example_must("load the program", skel ? 0 : -errno);
	example_must("attach", bpf_xdp_attach((int)if_nametoindex(device),
					      bpf_program__fd(skel->progs.to_socket),
					      XDP_FLAGS_DRV_MODE, NULL));
	return skel;
}

static void receiver_open(struct receiver *r, const char *device)
{
	const struct xsk_socket_config config = {
		.rx_size = XSK_RING_CONS__DEFAULT_NUM_DESCS,
		.libxdp_flags = XSK_LIBXDP_FLAGS__INHIBIT_PROG_LOAD,
		.bind_flags = XDP_COPY,
	};
	size_t size = FRAMES * CHUNK;
	__u32 first = 0;

	r->memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	example_must("get memory", r->memory == MAP_FAILED ? -errno : 0);
	example_must("register the memory",
		     xsk_umem__create(&r->umem, r->memory, size, &r->fill, &r->completion, NULL));
	example_must("bind the socket",
		     xsk_socket__create(&r->socket, device, 0, r->umem, &r->rx, NULL, &config));
	xsk_ring_prod__reserve(&r->fill, FRAMES, &first);
	for (__u32 i = 0; i < FRAMES; i++)
		*xsk_ring_prod__fill_addr(&r->fill, first + i) = i * CHUNK;
	xsk_ring_prod__submit(&r->fill, FRAMES);
}

static void receiver_close(struct receiver *r)
{
	xsk_socket__delete(r->socket);
	xsk_umem__delete(r->umem);
	munmap(r->memory, FRAMES * CHUNK);
}

/* Prints the frames that come, up to FRAMES, or for a second none. */
static void receive(struct receiver *r)
{
	struct pollfd readable = { .fd = xsk_socket__fd(r->socket), .events = POLLIN };
	unsigned int received = 0;

	while (received < FRAMES && poll(&readable, 1, 1000) > 0) {
		__u32 first = 0, got = xsk_ring_cons__peek(&r->rx, FRAMES, &first);

		for (__u32 i = 0; i < got; i++) {
			const struct xdp_desc *desc = xsk_ring_cons__rx_desc(&r->rx, first + i);
			const char *frame = xsk_umem__get_data(r->memory, desc->addr);

			printf("  received %u bytes: %s\n", desc->len, frame + ETH_HLEN);
		}
		xsk_ring_cons__release(&r->rx, got);
		received += got;
	}
}

static void send_frames(struct xsk *skel, const char *when)
{
	char frame[64] = "\2\0\0\0\0\2\2\0\0\0\0\1";

	skel->bss->redirected = skel->bss->passed = 0;
	for (int i = 1; i <= FRAMES; i++) {
		snprintf(frame + ETH_HLEN, sizeof(frame) - ETH_HLEN, "frame %d", i);
		network_send("a0", 1, frame, sizeof(frame));
	}
	for (int wait = 1000; wait && skel->bss->redirected + skel->bss->passed < FRAMES; wait--)
		usleep(10 * 1000);
	printf("%s: redirected %llu, passed %llu\n", when, skel->bss->redirected,
	       skel->bss->passed);
}

static int put(struct xsk *skel, int fd)
{
	__u32 queue = 0;

	return bpf_map__update_elem(skel->maps.sockets, &queue, sizeof(queue), &fd, sizeof(fd),
				    BPF_ANY);
}

int main(void)
{
	struct receiver receiver = {};
	struct xsk *skel;
	__u32 queue = 0, value;
	int udp;

	need_af_xdp();
	network_make("a0", "a1");
	skel = load("a1");
	receiver_open(&receiver, "a1");

	send_frames(skel, "map empty");
	udp = socket(AF_INET, SOCK_DGRAM, 0);
	example_tell("put a UDP socket there", put(skel, udp));
	example_tell("put an AF_XDP socket there", put(skel, xsk_socket__fd(receiver.socket)));
	example_tell("lookup", bpf_map__lookup_elem(skel->maps.sockets, &queue, sizeof(queue),
						    &value, sizeof(value), 0));
	send_frames(skel, "socket in the map");
	receive(&receiver);
	receiver_close(&receiver);
	send_frames(skel, "socket closed");
	xsk__destroy(skel);
	return 0;
}
