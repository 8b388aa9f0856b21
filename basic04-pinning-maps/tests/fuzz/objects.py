#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Broken BPF objects through xdp_loader --filename: each is loaded, or refused with a message.

Mutants of an object of ours: bytes, lengths, section headers, BTF. Each mutant follows from the seed and
its number alone. It happens in namespaces of its own. A loader with sanitizers says more
(testenv/sanitize.sh builds one). A crash inside libbpf is counted apart, as that is not built here.
"""
import argparse
import os
import random
import struct
import subprocess
import sys
import time

TOP = os.path.abspath(__file__ + "/../../../..")
CODES = (0, 1, 2, 30, 40)  # of the contract
ODD = (0, 1, 2, 7, 8, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def sections(image):
	"""Of each section: where its header is, its name, and where its bytes are."""
	table, = struct.unpack_from("<Q", image, 0x28)
	size, count, names = struct.unpack_from("<HHH", image, 0x3A)
	headers = [struct.unpack_from("<IIQQQQ", image, table + number * size) for number in range(count)]
	start = headers[names][4]
	for number, (name, _, _, _, offset, length) in enumerate(headers):
		text = image[start + name:image.index(b"\0", start + name)].decode()
		yield table + number * size, text, offset, length


def flip(chance, image, low, high):
	"""Some bytes between the two places: bits, values that are often limits, or a run of one byte."""
	for _ in range(chance.choice((1, 1, 1, 2, 4, 16))):
		at, how = chance.randrange(low, high), chance.random()
		if how < 0.4:
			image[at] ^= 1 << chance.randrange(8)
		elif how < 0.8:
			word = struct.pack("<I", chance.choice(ODD))[:chance.choice((1, 2, 4))]
			image[at:min(at + len(word), high)] = word[:high - at]
		else:
			end = min(high, at + chance.randrange(1, 64))
			image[at:end] = bytes([chance.randrange(256)]) * (end - at)


def mutant(original, places, seed, number):
	chance, image = random.Random(f"{seed} {number}"), bytearray(original)
	how = chance.choice(("bytes", "length", "header", "section", "section", "BTF", "BTF", "BTF"))
	if how == "length":
		del image[chance.randrange(len(image)):]
		return bytes(image), how
	if how == "bytes":
		flip(chance, image, 0, len(image))
	elif how == "header":
		flip(chance, image, 0, 64)
	elif how == "section":
		header = chance.choice(places)[0]
		flip(chance, image, header, header + 64)
	else:
		_, how, offset, length = chance.choice([place for place in places if place[1] in (".BTF", ".BTF.ext")])
		flip(chance, image, offset, offset + length)
	return bytes(image), how


def verdict(code, said):
	"""What is wrong, or nothing; and whether libbpf is where it is."""
	top = next((line for line in said.splitlines() if line.lstrip().startswith("#")
		    and "libasan" not in line and "libubsan" not in line), "")
	inside = "libbpf.so" in top or "libelf" in top
	if "Sanitizer" in said or "runtime error" in said:
		return "a sanitizer's report", inside
	if code < 0:
		return f"signal {-code}", False
	if code not in CODES:
		return f"exit code {code}", False
	if code and not said.strip():
		return f"exit code {code} without a message", False
	return "", False


def run(loader, *args):
	"""The exit code, and what was said."""
	environment = {**os.environ, "ASAN_OPTIONS": "exitcode=99:detect_leaks=1",
		       "UBSAN_OPTIONS": "print_stacktrace=1:exitcode=99"}
	try:
		done = subprocess.run([loader, "-q", "-d", "v0", *args], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
				      stderr=subprocess.PIPE, env=environment, timeout=60, check=False)
	except subprocess.TimeoutExpired:
		return -9, "it was not done after 60 s"
	return done.returncode, done.stderr.decode("utf-8", "replace")


def isolate():
	"""Starts again in namespaces of its own, and makes a device there."""
	if "XDP_FUZZ_ISOLATED" not in os.environ:
		os.environ["XDP_FUZZ_ISOLATED"] = "1"
		os.execvp("unshare", ["unshare", "--mount", "--net", "--propagation", "private", sys.executable, *sys.argv])
	for command in ("mount -t sysfs sysfs /sys", "mount -t bpf -o mode=0755 bpf /sys/fs/bpf", "mount -t tmpfs tmpfs /run",
			"ip link add v0 type veth peer name v1", "ip link set v0 up", "ip link set v1 up"):
		subprocess.run(command.split(), check=True)


def main():
	parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
	parser.add_argument("--count", type=int, default=2000, help="how many mutants (default: 2000)")
	parser.add_argument("--first", type=int, default=0, help="number of the first one (default: 0)")
	parser.add_argument("--seed", type=int, default=1, help="another one makes other mutants (default: 1)")
	parser.add_argument("--loader", default=TOP + "/basic04-pinning-maps/xdp_loader", help="the loader to test")
	parser.add_argument("--object", default=TOP + "/basic04-pinning-maps/xdp_prog_kern.o", help="what to make mutants of")
	parser.add_argument("--keep", metavar="DIR", help="writes the mutants with a finding here")
	options = parser.parse_args()
	isolate()
	with open(options.object, "rb") as file:
		original = file.read()
	places, tally, libbpf, wrong, began = list(sections(original)), {}, 0, 0, time.monotonic()
	for number in range(options.first, options.first + options.count):
		image, how = mutant(original, places, options.seed, number)
		with open("/run/mutant.o", "wb") as file:
			file.write(image)
		code, said = run(options.loader, "--filename", "/run/mutant.o")
		tally[code] = tally.get(code, 0) + 1
		finding, inside = verdict(code, said)
		if finding:
			libbpf, wrong = libbpf + inside, wrong + (not inside)
			print(f"seed {options.seed} mutant {number} ({how}){' inside libbpf or libelf' * inside}: {finding}\n{said[:3000]}")
			if options.keep:
				with open(f"{options.keep}/mutant-{options.seed}-{number}.o", "wb") as file:
					file.write(image)
	print(f"fuzz-objects: seed {options.seed}, {options.count} mutants in {time.monotonic() - began:.0f} s; exit codes "
	      + ", ".join(f"{code}: {tally[code]}" for code in sorted(tally))
	      + f"; {wrong} findings, {libbpf} more inside libbpf or libelf")
	return bool(wrong)


if __name__ == "__main__":
	sys.exit(main())
