// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "device_queues.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/sockios.h>

#include <bpf/libbpf.h>

/* Returns 0 if the kernel has filled *@command. */
static int ask(int socket, const char *device, void *command)
{
	struct ifreq request = { .ifr_data = command };

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", device);
	return ioctl(socket, SIOCETHTOOL, &request);
}

void device_queues_query(const char *device, struct device_queues *queues)
{
	struct ethtool_drvinfo driver = { .cmd = ETHTOOL_GDRVINFO };
	struct ethtool_channels channels = { .cmd = ETHTOOL_GCHANNELS };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), cpus;
	bool is_virtio;

	*queues = (struct device_queues){ 0 };
	if (fd < 0)
		return;
	is_virtio = !ask(fd, device, &driver) && !strcmp(driver.driver, "virtio_net") &&
		    !ask(fd, device, &channels);
	cpus = is_virtio ? libbpf_num_possible_cpus() : 0; /* that reads a file */
	if (cpus > 0)
		*queues = (struct device_queues){ .is_virtio = true,
						  .combined = channels.combined_count,
						  .max = channels.max_combined,
						  .cpus = cpus };
	close(fd);
}

bool device_queues_would_be_shared(const struct device_queues *queues, bool is_native)
{
	if (!queues->is_virtio)
		return false;
	return is_native ? queues->combined <= queues->cpus :
			   queues->combined + queues->cpus > queues->max;
}

void device_queues_advise(const struct device_queues *queues, const char *device, char *text)
{
	if (queues->max > queues->cpus)
		snprintf(text, DEVICE_QUEUES_ADVICE_SIZE,
			 "'ethtool -L %s combined %u', while no program is attached", device,
			 queues->max - queues->cpus);
	else
		snprintf(text, DEVICE_QUEUES_ADVICE_SIZE,
			 "%u queues from the hypervisor (in QEMU 'queues=%u' for the tap, and "
			 "'mq=on' for the device)",
			 2 * queues->cpus, 2 * queues->cpus);
}
