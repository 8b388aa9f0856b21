#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""Random commands, neighbours and failures against xdp_loader, xdp_stats and maps_ctl.

A run is a list of steps that its seed alone decides. It happens in namespaces of its own. After each
step the promises of the README are checked from outside: by ip, by bpf() on the pins, and by the
files. A run that breaks one is made shorter, step by step, as long as it still breaks the same one.
"""
import argparse
import copy
import ctypes
import glob
import json
import os
import platform
import random
import shlex
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time

TOP = os.path.abspath(__file__ + "/../../../..")
BASE = "/sys/fs/bpf"
CODES = (0, 1, 2, 30, 40)  # of the contract

# --- steps: what may happen, and how often

# Device by device: the network namespace, and the end that frames come from. The kind of step that a
# device needs, if any: its name is a trap.
SLOTS = [("", "a0", "p0", ""), ("", "b0", "p1", ""), ("", "a.b.c", "p2", "dots"),
	 ("", "a_b.c", "p3", "dots"), ("", "a.b_c", "p4", "dots"), ("", "e\x1b[1m", "p5", "names"),
	 ("", "u\udcff", "p6", "names"), ("blue", "a0", "p7", "netns")]
KINDS = {
	"load": 12, "unload": 4, "unload-all": 3, "unpin": 3, "list": 3, "ctl": 4, "stats": 4, "traffic": 12,
	"foreign": 4, "pins": 4, "device": 2, "rename": 2, "altname": 1, "reader": 4, "stop": 2, "pair": 3,
	"race": 2, "blind": 0, "dots": 0, "names": 0, "netns": 0, "inject": 0, "kill": 0, "force": 0, "modes": 0}
CALLS = {  # that may fail, each with its kin, and about how many of them a command makes
	"sendto": 4, "recvmsg": 16, "socket": 6, "openat": 25, "getdents64": 20, "newfstatat": 25, "unlink,unlinkat": 3,
	"rename,renameat,renameat2": 2, "mkdir,mkdirat": 20, "rmdir": 8, "symlink,symlinkat": 2, "flock": 2, "mount": 1,
	"chown,fchown,fchownat": 2, "chmod,fchmod,fchmodat": 2, "readlink,readlinkat": 4, "statfs,fstatfs": 2, "bpf": 48}
ERRORS = ("ENOMEM", "EPERM", "EIO", "ENOSPC", "EINTR", "ENOSYS", "EMFILE", "ENOBUFS")


class Choice:
	"""Draws the steps of one run."""

	def __init__(self, seed, kinds):
		self.random, self.kinds = random.Random(seed), kinds
		self.slots = [n for n, slot in enumerate(SLOTS) if not slot[3] or slot[3] in kinds]

	def maybe(self, percent, *kinds):
		drawn = self.random.random() * 100 < percent  # drawn in any case: the rest stays the same
		return drawn and all(kind in self.kinds for kind in kinds)

	def steps(self):
		weights = {kind: KINDS[kind] for kind in self.kinds if KINDS[kind]}
		drawn = self.random.choices(list(weights), list(weights.values()), k=self.random.randint(10, 50))
		# Most runs are about few devices: only who meets again can quarrel.
		self.slots = self.random.sample(self.slots, min(len(self.slots), self.random.choice((1, 2, 3, 8))))
		return [{"kind": "reader", "how": "start"}] * self.maybe(50, "reader") + [self.step(k) for k in drawn]

	def step(self, kind):
		step = {"kind": kind, "slot": self.random.choice(self.slots)}
		if kind in ("load", "unload", "unload-all", "unpin", "list", "ctl", "stats"):
			step.update(self.command(kind, step["slot"]))
		elif kind in ("pair", "race"):
			own = [kind for kind in ("load", "unload", "unload-all", "unpin", "ctl") if kind in self.kinds]
			step["first"] = self.plain(self.random.choice(own), step["slot"])
			other = own if kind == "pair" else [k for k in ("foreign", "pins", "device", "rename") if k in self.kinds]
			step["second"] = self.step(self.random.choice(other or own)) if kind == "race" else \
				self.plain(self.random.choice(other), step["slot"])
			step["second"].update(slot=step["slot"])
			step["late"] = [self.random.choice(("sendto", "bpf", "flock", "openat")), self.random.randint(1, 12)]
		elif kind == "traffic":
			step["frames"] = self.random.randint(1, 40)
		else:
			step["how"] = how = self.random.choice({
				"foreign": ("off", "attach", "attach", "replace"),
				"pins": ("rm-program", "rm-map", "rm-all", "mkdir", "stranger", "folder", "other-shape"),
				"device": ("delete", "create", "again", "again", "down-up"), "rename": ("new", "back"),
				"altname": ("add",), "reader": ("start", "start", "end"), "stop": ("stop", "go", "go")}[kind])
			if kind == "reader" and how == "start" and self.maybe(50, "blind"):
				step["fault"] = self.failure()
		return step

	def failure(self):
		"""A call that fails once, or from then on."""
		call, error = self.random.choice(list(CALLS)), self.random.choice(ERRORS)
		number, ever = self.random.randint(1, CALLS[call]), self.random.choice(("", "", "", "+"))
		return [call, "error=" + error, f"{number}{ever if error != 'EINTR' else ''}"]  # that is tried again

	def plain(self, kind, slot):
		step = {"kind": kind, "slot": slot}
		step.update(self.command(kind, slot))
		step.pop("fault", None)
		return step

	def command(self, kind, slot):
		args = getattr(self, "args_" + kind.replace("-", "_"))()
		step = {"args": args, "via": "name"}
		if SLOTS[slot][0]:
			step["via"] = self.random.choice(("netns", "enter"))
		elif self.maybe(40, "altname"):
			step["via"] = "alt"  # if it has one
		failure, which = self.failure(), self.random.random()
		if which < 0.2 and "inject" in self.kinds:
			step["fault"] = failure
		elif which > 0.85 and "kill" in self.kinds and kind not in ("list", "stats"):
			step["fault"] = [failure[0], "signal=KILL", failure[2].rstrip("+")]
		return step

	def args_load(self):
		args = [word for word in ("-M",) if self.maybe(40)]
		args += self.random.choice(([], ["--progname", "xdp_pass_func"], ["--progname", "xdp_drop_func"]))
		args += ["--force"] * self.maybe(15, "force") + ["--direct"] * self.maybe(25)
		args += self.random.choice((["-S"], ["-A"], ["-N"])) if self.maybe(15, "modes") else []
		return args + (["--pin-mode", "0640"] if self.maybe(8) else [])

	def args_unload(self):
		return ["--unload"]

	def args_unload_all(self):
		return ["--unload-all"] + ["--force"] * self.maybe(40, "force")

	def args_unpin(self):
		return ["--unpin"] + self.random.choice(([], ["--maps-only"], ["--programs-only"]))

	def args_list(self):
		return ["--list"]

	def args_stats(self):
		return ["--once"] + self.random.choice(([], ["--json"], ["--format", "csv"], ["--format", "openmetrics"]))

	def args_ctl(self):
		pair = [str(self.random.randint(0, 99)), str(self.random.randint(0, 99))]
		return self.random.choice(([], ["-u", *pair], ["-u", *pair], ["-g"], ["-r"]))


# --- what the kernel and the file system show

class Bpf:
	"""bpf(), for what is pinned: neither our tools nor libbpf are asked."""
	NUMBER = {"x86_64": 321, "aarch64": 280}.get(platform.machine())
	libc = ctypes.CDLL(None, use_errno=True)

	@classmethod
	def call(cls, command, *words):
		numbers = [value if isinstance(value, int) else ctypes.addressof(value) for _, value in words]
		attr = struct.pack("=" + "".join(form for form, _ in words), *numbers).ljust(128, b"\0")
		got = cls.libc.syscall(cls.NUMBER, command, attr, len(attr))
		if got < 0:
			raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), f"bpf({command}), {words}")
		return got

	@classmethod
	def pinned(cls, path):
		"""The kind and ID of what is pinned there, and the maps that a program uses."""
		fd = cls.call(7, ("Q", ctypes.create_string_buffer(os.fsencode(path))), ("Q", 0))
		try:
			with open(f"/proc/self/fdinfo/{fd}", encoding="ascii") as lines:
				fields = dict(line.split(":", 1) for line in lines)
			for kind in ("map", "prog"):
				if kind + "_id" in fields:
					return kind, int(fields[kind + "_id"]), cls.maps(fd) if kind == "prog" else ()
			return "other", 0, ()
		finally:
			os.close(fd)

	@classmethod
	def maps(cls, fd):
		ids, info = (ctypes.c_uint32 * 64)(), ctypes.create_string_buffer(256)
		struct.pack_into("=IQ", info, 52, 64, ctypes.addressof(ids))
		cls.call(15, ("I", fd), ("I", len(info)), ("Q", info))
		return tuple(ids[:struct.unpack_from("=I", info, 52)[0]])

	@classmethod
	def program_maps(cls, number):
		fd = cls.call(13, ("I", number), ("Q", 0))
		try:
			return cls.maps(fd)
		finally:
			os.close(fd)

	@classmethod
	def read(cls, number, key):
		"""The value of a map: all CPUs' bytes."""
		fd = cls.call(14, ("I", number), ("Q", 0))
		key, value = ctypes.c_uint32(key), ctypes.create_string_buffer(1 << 17)
		try:
			cls.call(1, ("Q", fd), ("Q", key), ("Q", value), ("Q", 0))
			return value.raw
		finally:
			os.close(fd)

	@classmethod
	def packets(cls, number):
		with open("/sys/devices/system/cpu/possible", encoding="ascii") as file:
			cpus = int(file.read().replace("-", ",").split(",")[-1]) + 1
		return sum(struct.unpack_from("=Q", values, cpu * 16)[0]
			   for values in (cls.read(number, action) for action in range(5)) for cpu in range(cpus))


def ip(*words, netns="", check=False):
	command = ["ip", *(("-n", netns) if netns else ()), *words]
	return subprocess.run([os.fsencode(word) for word in command], capture_output=True, check=check).stdout


def enter(netns):
	return ["nsenter", f"--net=/run/netns/{netns}"] if netns else []


def strace(call, how, when):
	# -D: the command is our child; ?: what a machine does not have is left out
	calls = ",".join("?" + name for name in call.split(","))
	return ["strace", "-D", "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={calls}:{how}:when={when}", "--"]


def text_of(data):
	return data.decode("utf-8", "surrogateescape")


class View:
	"""All links and pins at one moment."""

	def __init__(self):
		self.links, self.pins, self.marks = {}, {}, set()
		for netns in ["", *(os.listdir("/run/netns"))]:
			for link in json.loads(text_of(ip("-j", "-d", "link", netns=netns)) or "[]", strict=False):
				xdp = link.get("xdp", {})
				self.links[netns, link["ifname"]] = {
					"ifindex": link["ifindex"], "mode": xdp.get("mode"),
					"programs": self.programs(link["ifindex"], xdp.get("prog"))}
		for folder, folders, files in os.walk(BASE):
			if folder == BASE:
				folders[:] = [name for name in folders if name != "xdp"]
			self.marks |= {f"{folder}/{name}" for name in folders if name in ("staged-pins", "unload-begun")}
			for name in files:
				if "." in name:
					continue  # the kernel's own: nobody else may use a dot
				path, stat = f"{folder}/{name}", os.lstat(f"{folder}/{name}")
				kind, number, maps = Bpf.pinned(path) if not os.path.islink(path) else ("link", os.readlink(path), ())
				self.pins[path] = kind, number, maps, (oct(stat.st_mode), stat.st_uid, stat.st_gid)

	@staticmethod
	def programs(index, program):
		"""What runs for packets: behind libxdp's dispatcher, its programs in their order."""
		if not program:
			return ()
		if program.get("name") != "xdp_dispatcher":
			return (program["id"],)
		return tuple(Bpf.pinned(pin)[1] for pin in
			     sorted(glob.glob(f"{BASE}/xdp/dispatch-{index}-{program['id']}/prog?-prog")))

	def on(self, slot):
		return self.links.get((slot.netns, slot.name), {"programs": ()})["programs"]

	def below(self, folder, kind):
		"""The live pins of a device: ID by name."""
		where = folder + "/programs" if kind == "prog" else folder
		return {os.path.basename(path): pin[1] for path, pin in self.pins.items()
			if os.path.dirname(path) == where and pin[0] == kind}

	def folders(self, above):
		return {os.path.dirname(path) for path in self.pins if os.path.dirname(os.path.dirname(path)) == above}

	def moved(self, folder, to):
		"""The same, as if a folder had another name."""
		view = copy.copy(self)
		name = lambda path: to + path[len(folder):] if path.startswith(folder + "/") else path
		view.pins, view.marks = {name(path): pin for path, pin in self.pins.items()}, {name(mark) for mark in self.marks}
		return view

	def used(self, folder):
		"""The maps that a program pinned there uses."""
		return {number for path, pin in self.pins.items() if path.startswith(folder + "/") for number in pin[2]}

	def unsettled(self, folder):
		return any(mark.startswith(folder + "/") for mark in self.marks)

	def pinned_anywhere(self, program):
		return [path for path, pin in self.pins.items() if pin[:2] == ("prog", program) and "/programs/" in path]

	def but(self, folder):
		return {path: pin[:2] for path, pin in self.pins.items() if not path.startswith(folder + "/")}

	def differs(self, other):
		"""In words; empty: it does not."""
		words = []
		for name, mine, theirs in (("links", self.links, other.links), ("pins", self.pins, other.pins)):
			for key in sorted(mine.keys() | theirs.keys()):
				if mine.get(key) != theirs.get(key):
					words.append(f"{key}: {mine.get(key)} -> {theirs.get(key)}")
		return "; ".join(words + [f"mark {mark}" for mark in sorted(self.marks ^ other.marks)])


class Broken(Exception):
	def __init__(self, promise, text):
		super().__init__(f"{promise}: {text}")
		self.promise, self.text = promise, text


class Slot:
	ids = {}

	def __init__(self, netns, name, peer, _):
		self.netns, self.name, self.first, self.peer, self.alt = netns, name, name, peer, ""

	def create(self):
		where = ("netns", self.netns) if self.netns else ()
		ip("link", "add", self.name, *where, "type", "veth", "peer", "name", self.peer, *where)
		for end in (self.name, self.peer):
			ip("link", "set", end, "up", netns=self.netns)

	def folder(self, via):
		name = self.name.replace(".", "_")
		return f"{BASE}/netns-{self.netns}/{name}" if via == "netns" else f"{BASE}/{name}"

	def owned(self, via, view):
		"""Where its pins are in that view: a writer gives them the name that the device has now."""
		own = f" ifindex {view.links.get((self.netns, self.name), {}).get('ifindex')} netns {self.netns_id()}"
		above = os.path.dirname(self.folder(via))
		return next((folder for folder in (self.folder(via), *sorted(view.folders(above)))
			     if (view.pins.get(folder + "/owner", ("", ""))[1] + " ").partition(own + " ")[1]), self.folder(via))

	def netns_id(self):
		if self.netns not in Slot.ids:
			Slot.ids[self.netns] = text_of(subprocess.run([*enter(self.netns), sys.executable, "-Sc", NETNS_ID],
								      stdout=subprocess.PIPE, check=True).stdout)
		return Slot.ids[self.netns]

	def send(self, count):
		subprocess.run([*enter(self.netns), sys.executable, "-Sc", SENDER, self.peer, str(count)], check=True)


NETNS_ID = """import os, socket, struct
try:
	cookie = socket.socket(socket.AF_UNIX).getsockopt(socket.SOL_SOCKET, 71, 8)
	print("cookie", struct.unpack("=Q", cookie)[0], end="")
except OSError:
	print("inode", os.stat("/proc/self/ns/net").st_ino, end="")"""
SENDER = """import socket, sys
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((sys.argv[1], 0))
for _ in range(int(sys.argv[2])):
	wire.send(b"\\2\\0\\0\\0\\0\\1\\2\\0\\0\\0\\0\\2\\x88\\xb5" + bytes(50))"""


class Reader:
	"""xdp_stats --all in the background: what it prints is followed line by line."""

	def __init__(self, tools, fault):
		self.fault, self.totals, self.rounds, self.broken, self.stopped, self.said = \
			fault, {}, {}, None, False, tempfile.TemporaryFile()
		self.process = subprocess.Popen([*(strace(*fault) if fault else []), tools + "/xdp_stats", "--all", "--json",
						 "-i", "0.03"], stdout=subprocess.PIPE, stderr=self.said, stdin=subprocess.DEVNULL)
		threading.Thread(target=self.follow, daemon=True).start()
		while self.process.poll() is None and not self.catches(signal.SIGINT):
			time.sleep(0.005)

	def catches(self, number):
		with open(f"/proc/{self.process.pid}/status", encoding="ascii", errors="replace") as lines:
			caught = [line.split()[1] for line in lines if line.startswith("SigCgt:")]
		return caught and int(caught[0], 16) >> number - 1 & 1

	def follow(self):
		for line in self.process.stdout:
			try:
				row = json.loads(line)
			except ValueError as error:
				self.broken = Broken("reader-format", f"{line!r}: {error}")
				return
			total = sum(action["since_start"]["packets"] for action in row["actions"].values())
			before = self.totals.get(row["pin"], 0)
			if total < before:
				self.broken = Broken("reader-falls", f"{row['pin']}: since_start was {before}, is {total}")
			self.totals[row["pin"]] = total
			self.rounds[row["pin"]] = self.rounds.get(row["pin"], 0) + 1

	def fresh(self, pin, more=2):
		"""What it shows for a pin in a round that begins now; None if it shows none for 4 s."""
		pin = os.fsencode(pin).decode("utf-8", "replace")  # JSON is UTF-8, whatever a name is
		seen, until = self.rounds.get(pin, 0), time.monotonic() + 4
		while self.rounds.get(pin, 0) < seen + more:
			if time.monotonic() > until:
				return None
			time.sleep(0.01)
		return self.totals[pin]

	def messages(self):
		return text_of(os.pread(self.said.fileno(), 1 << 20, 0))

	def check(self):
		if self.broken:
			raise self.broken
		if self.process.poll() is not None:
			if not self.fault or self.process.returncode not in (*CODES, 127) or not self.messages().strip():
				raise Broken("reader-ended", f"exit {self.process.returncode}: {self.messages()}")
			return False
		return True

	def end(self):
		self.process.send_signal(signal.SIGCONT)
		self.process.send_signal(signal.SIGINT)
		try:
			code = self.process.wait(5)
		except subprocess.TimeoutExpired:
			raise Broken("hangs", "xdp_stats did not end within 5 s of SIGINT") from None
		if code and not self.fault:
			raise Broken("reader-ended", f"exit {code}: {self.messages()}")


# --- a run

class World:
	def __init__(self, tools, trace, used):
		self.tools, self.trace, self.reader = tools, trace, None
		for kind, where, *more in (("sysfs", "/sys"), ("bpf", BASE, "-o", "mode=0755"), ("tmpfs", "/run")):
			subprocess.run(["mount", "-t", kind, *more, kind, where], check=True)
		os.mkdir("/run/netns")
		self.slots = [Slot(*slot) for slot in SLOTS]
		for netns in sorted({self.slots[number].netns for number in used}):
			if netns:
				ip("netns", "add", netns, check=True)
			subprocess.run([*enter(netns), "sh", "-c", "echo 1 >/proc/sys/net/ipv6/conf/default/disable_ipv6"],
				       stderr=subprocess.DEVNULL, check=False)
		for number in used:
			self.slots[number].create()

	def say(self, *words):
		if self.trace:
			print(f"{time.monotonic() % 1000:8.3f}", *(str(word).encode("ascii", "backslashreplace").decode().replace("\x1b", "\\x1b")
				for word in words), file=sys.stderr)

	# One of our commands

	def words(self, step):
		slot = self.slots[step["slot"]]
		tool = {"ctl": "maps_ctl", "stats": "xdp_stats"}.get(step["kind"], "xdp_loader")
		name = slot.alt if step["via"] == "alt" and slot.alt else slot.name
		words = [f"{self.tools}/{tool}", "-d", name, *step["args"]]
		if tool != "xdp_stats" and not {"--list", "-g"} & set(step["args"]):
			words += ["--lock-timeout", "5"]
		if step["via"] == "netns":
			words += ["--netns", slot.netns]
		if step["via"] == "enter":
			words = enter(slot.netns) + words
		if "fault" in step:
			words = strace(*step["fault"]) + words
		return words

	def start(self, words):
		self.say("#", shlex.join(word.replace(self.tools + "/", "") for word in words))
		files = tempfile.TemporaryFile(), tempfile.TemporaryFile()
		return subprocess.Popen([os.fsencode(word) for word in words], stdin=subprocess.DEVNULL,
					stdout=files[0], stderr=files[1]), files

	def finish(self, job, words, killed=False):
		process, files = job
		try:
			code = process.wait(40)
		except subprocess.TimeoutExpired:
			process.kill()
			raise Broken("hangs", f"{shlex.join(words)}: not done after 40 s") from None
		out, err = (text_of(os.pread(file.fileno(), 1 << 20, 0)) for file in files)
		self.say(f"{out}{err}" + f"(exit code {code})" * bool(code))
		what = f"{shlex.join(words)}: exit code {code}: {out}{err}"
		if code == 127 and "shared librar" in err:
			code = 1  # the dynamic linker's own failure
		elif code == -signal.SIGKILL and killed:
			return code, out, err
		elif code < 0:
			raise Broken("crash", what)
		elif code not in CODES:
			raise Broken("exit-code", what)
		elif code and not err.strip():
			raise Broken("silent", what)
		data = {"csv", "openmetrics"} & set(words)  # not for terminals
		if any(ord(char) < 32 and char not in "\n\t" for char in (err if data else out + err)):
			raise Broken("escape", repr(what))
		return code, out, err

	def run(self, step):
		words = self.words(step)
		return self.finish(self.start(words), words, "signal=KILL" in step.get("fault", ()))

	# The promises

	def own_command(self, step):
		slot, before = self.slots[step["slot"]], View()
		code, out, err = self.run(step)
		after = View()
		old, folder = slot.owned(step["via"], before), slot.owned(step["via"], after)
		if folder + "/owner" not in after.pins:
			folder = old  # removed, with the name that it had
		elif old != folder and old + "/owner" not in after.pins:
			before = before.moved(old, folder)
		self.check_others(step, slot, folder, before, after)
		if code == -signal.SIGKILL:
			return
		if step["kind"] in ("list", "stats") or "-g" in step["args"]:
			if before.differs(after):
				raise Broken("looks-only", before.differs(after))
			if not code:
				self.check_shown(step, slot, folder, after, out)
		elif not code:
			getattr(self, "whole_" + step["kind"].replace("-", "_"))(step, slot, folder, before, after)
		else:
			self.check_refusal(step, slot, folder, before, after, code, err)

	def check_others(self, step, slot, folder, before, after):
		"""Nothing of anybody else's has changed, and nothing foreign is gone."""
		for other in self.slots:
			if other is slot:
				continue
			if before.on(other) != after.on(other):
				raise Broken("other-device", f"{other.name!r}: {before.on(other)} -> {after.on(other)}")
			# One pin name for two devices, and the other one's pins are taken over.
			taken = "--force" in step["args"] or folder + "/staged-pins/owner" in before.pins
			for program in before.on(other):
				pins = [path for path in before.pinned_anywhere(program) if not (taken and path.startswith(folder + "/"))]
				if pins and not after.pinned_anywhere(program):
					raise Broken("other-device", f"{pins} of {other.name!r} are gone")
		if before.but(folder) != after.but(folder):
			raise Broken("other-pins", f"beside {folder}: {before.differs(after)}")
		gone = set(before.on(slot)) - set(after.on(slot))
		foreign = {program for program in gone if not any(path.startswith(folder + "/") for path in
								  before.pinned_anywhere(program))}
		if foreign and "--force" not in step["args"]:
			raise Broken("foreign-gone", f"{foreign} was not pinned in {folder}")

	def check_refusal(self, step, slot, folder, before, after, code, err):
		"""Nothing has changed; or the next command settles it."""
		if before.differs(after):
			self.settle(step, slot, folder, before)
		pins = [path for program in before.on(slot) for path in before.pinned_anywhere(program)]
		if pins and step["kind"] == "load" and step["via"] == "name" and "not ours" in err and "fault" not in step:
			raise Broken("own-refused", f"what runs on {slot.name!r} is pinned at {pins}: {err}")

	def settle(self, step, slot, folder, before):
		"""The next command, which does nothing else, leaves what belongs together."""
		if (slot.netns, slot.name) not in before.links:
			return
		repair = {"kind": "load", "slot": step["slot"], "via": step["via"], "args": ["--unload", "4294967295"]}
		code, _, err = self.run(repair)
		after = View()
		undone = code == 40 and "its pins belong to" in err  # a load with --force that was to take them over
		if code not in (0, 30) and not undone:
			raise Broken("repair", err)
		now = slot.owned(step["via"], after)
		self.check_settled("unload" if "-r" in step["args"] else step["kind"], slot, now, before.moved(folder, now), after)

	@staticmethod
	def check_settled(kind, slot, folder, before, after):
		on, programs, maps = after.on(slot), after.below(folder, "prog"), after.below(folder, "map")
		if after.unsettled(folder):
			raise Broken("half-done", f"{after.marks} are left")
		if before.unsettled(folder):
			return  # what was promised is an earlier step's
		if on == before.on(slot):
			lost = before.pins.keys() - after.pins.keys()
			if not any(path.startswith(folder + "/") for path in before.pins.keys() - {folder + "/owner"}):
				lost -= {folder + "/owner"}  # somebody else has removed all its pins: it goes, too
			if kind in ("load", "ctl") and lost or after.pins.keys() - before.pins.keys():
				raise Broken("half-done", before.differs(after))
		elif not on and kind in ("load", "ctl"):
			raise Broken("half-done", f"nothing is attached any more: {before.differs(after)}")
		elif on and not (set(programs.values()) & set(on) and
				 after.used(folder) <= set(maps.values()) | {0}):
			raise Broken("half-done", f"attached {on}, pinned {programs} and {maps}: {before.differs(after)}")

	def whole_load(self, step, slot, folder, before, after):
		on, programs, maps = after.on(slot), after.below(folder, "prog"), after.below(folder, "map")
		wrong = lambda text: Broken("whole-work", f"{text}; attached {on}, pinned {programs}, {maps}; {before.differs(after)}")
		if after.unsettled(folder):
			raise wrong("something is left")
		if len(programs) != 1 or not set(programs.values()) <= set(on):
			raise wrong("the attached program is not the pinned one")
		used = set(Bpf.program_maps(*programs.values()))
		lacking = used - set(maps.values())
		if step["kind"] == "ctl" and on == before.on(slot):  # it was there: somebody else may have removed a pin
			lacking &= set(before.below(folder, "map").values())
		if lacking:
			raise wrong(f"it uses {used}")
		stale = {number for number in before.used(folder) if number in maps.values()} - used
		if stale:
			raise wrong(f"stale pins of {stale} are left")
		if step["kind"] != "load":
			return
		name = step["args"][step["args"].index("--progname") + 1] if "--progname" in step["args"] else "xdp_pass_func"
		mode = after.links[slot.netns, slot.name]["mode"]
		if name not in programs or {"-S": 2, "-A": mode}.get((set(step["args"]) & {"-S", "-A"} or {""}).pop(), 1) != mode:
			raise wrong(f"asked for {step['args']}, mode is {mode}")
		old, new = before.below(folder, "map").get("xdp_stats_map"), maps["xdp_stats_map"]
		if old and not before.unsettled(folder) and (old == new) != ("-M" in step["args"]) and "--force" not in step["args"]:
			raise wrong("counted on in another map, or not from zero")

	def whole_ctl(self, step, slot, folder, before, after):
		if "-r" in step["args"]:
			if "maps_control" in before.below(folder, "map"):  # else the pins are another program's
				self.whole_unload(step, slot, folder, before, after)
			return
		self.whole_load(step, slot, folder, before, after)
		if "-u" in step["args"]:
			values = struct.unpack_from("=II", Bpf.read(after.below(folder, "map")["maps_control"], 0), 4)
			if values != tuple(int(word) for word in step["args"][-2:]):
				raise Broken("whole-work", f"{step['args']}, but the map has {values}")

	def whole_unload(self, step, slot, folder, before, after):
		ours = set(before.below(folder, "prog").values())
		maps = before.used(folder) & set(after.below(folder, "map").values())
		if ours & set(after.on(slot)) or after.below(folder, "prog") or maps or after.unsettled(folder):
			raise Broken("whole-work", f"left: {after.on(slot)}, {after.below(folder, 'prog')}, maps {maps}, {after.marks}")

	def whole_unload_all(self, step, slot, folder, before, after):
		self.whole_unpin(step, slot, folder, None, after)
		if after.on(slot):
			raise Broken("whole-work", f"{after.on(slot)} is attached still")

	def whole_unpin(self, step, slot, folder, before, after):
		left = {**({} if "--programs-only" in step["args"] else after.below(folder, "map")),
			**({} if "--maps-only" in step["args"] else after.below(folder, "prog"))}
		if left or after.unsettled(folder):
			raise Broken("whole-work", f"left: {left}, {after.marks}")
		if before and before.links != after.links:
			raise Broken("whole-work", f"unpin has changed what is attached: {before.differs(after)}")

	def check_shown(self, step, slot, folder, after, out):
		if step["kind"] == "stats" and "--json" in step["args"]:
			shown = sum(action["packets"] for action in json.loads(out)["actions"].values())
			counted = Bpf.packets(after.below(folder, "map")["xdp_stats_map"])
			if shown != counted:
				raise Broken("shown", f"{shown}, but the map has {counted}")
		if step["kind"] != "list" or "fault" in step:
			return
		on = {number for other in self.slots for number in after.on(other)}
		live = {"program": on, "map": {number for program in on for number in Bpf.program_maps(program)}}
		for line in out.splitlines():
			words = line.split()
			if words[:1] in (["program"], ["map"]) and words[-1] in ("live", "stale"):
				number = int(words[words.index("id") + 1])
				if (number in live[words[0]]) != (words[-1] == "live"):
					raise Broken("shown", f"--list says {line!r}; attached is {on}")

	# What others do

	def do_traffic(self, step):
		"""Every frame sent is counted, in the pinned map, and the live reader has it."""
		slot, view = self.slots[step["slot"]], View()
		if (slot.netns, slot.name) not in view.links:
			return
		pins = [path for program in view.on(slot) for path in view.pinned_anywhere(program)]
		folder = os.path.dirname(os.path.dirname(pins[0])) if len(pins) == 1 else ""
		pin = folder + "/xdp_stats_map"
		uses = [number for path in pins for number in view.pins[path][2]]
		number = view.pins.get(pin, ("", 0))[1]
		counts = folder and "staged" not in folder and number in uses and not view.unsettled(folder)
		reader = self.reader if counts and self.reader and not self.reader.stopped else None
		shown, before = reader and reader.fresh(pin), counts and Bpf.packets(number)
		if reader and shown is None and reader.fault and reader.messages().strip():
			reader = None  # it says what it cannot do
		if reader and shown is None:
			raise Broken("reader-blind", f"nothing is shown of {pin} within 4 s: {reader.messages()}")
		self.say(f"# {step['frames']} frames to", slot.name)
		slot.send(step["frames"])
		if not counts:
			return
		until = time.monotonic() + 2
		while Bpf.packets(number) - before < step["frames"] and time.monotonic() < until:
			time.sleep(0.01)
		if Bpf.packets(number) - before != step["frames"]:
			raise Broken("frames", f"{step['frames']} sent, {Bpf.packets(number) - before} counted in {pin}")
		while reader and reader.fresh(pin) != shown + step["frames"]:
			if "missing from the totals" in reader.messages():
				return
			if time.monotonic() > until + 4:
				raise Broken("reader-missed", f"{pin}: {step['frames']} sent, {shown} -> {reader.totals[pin]}")

	def do_foreign(self, step):
		slot, theirs = self.slots[step["slot"]], BASE + "/theirs"
		if step["how"] == "off":
			for mode in ("xdpdrv", "xdpgeneric"):
				ip("link", "set", slot.name, mode, "off", netns=slot.netns)
			return
		if not os.path.exists(theirs):
			self.neighbour("bpftool", "prog", "load", self.tools + "/xdp_prog_kern.o", theirs, "type", "xdp")
		self.neighbour(*enter(slot.netns), "bpftool", "net", "attach", "xdpdrv", "pinned", theirs, "dev", slot.name,
			       *["overwrite"] * (step["how"] == "replace"))

	def neighbour(self, *words):
		self.say("#", shlex.join(words))
		subprocess.run([os.fsencode(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
			       check=False)

	def do_pins(self, step):
		slot = self.slots[step["slot"]]
		folder = slot.folder("netns" if slot.netns else "name")
		create = ("bpftool", "map", "create")
		small = ("type", "array", "key", "4", "value", "4", "entries", "1", "name", "stranger")
		for words in {
			"rm-program": [("rm", "-rf", folder + "/programs")], "rm-map": [("rm", "-f", folder + "/xdp_stats_map")],
			"rm-all": [("rm", "-rf", folder)], "mkdir": [("mkdir", "-p", folder)],
			"stranger": [("mkdir", "-p", folder), (*create, folder + "/stranger", *small)],
			"folder": [("mkdir", "-p", folder + "/theirs"), (*create, folder + "/theirs/stranger", *small)],
			"other-shape": [("mkdir", "-p", folder), ("rm", "-f", folder + "/xdp_stats_map"),
					(*create, folder + "/xdp_stats_map", *small)]}[step["how"]]:
			self.neighbour(*words)

	def do_device(self, step):
		slot = self.slots[step["slot"]]
		self.say("# device", slot.name, step["how"])
		if step["how"] in ("delete", "again"):
			ip("link", "del", slot.name, netns=slot.netns)
			slot.alt = ""
		if step["how"] in ("create", "again"):
			slot.create()
		if step["how"] == "down-up":
			for state in ("down", "up"):
				ip("link", "set", slot.name, state, netns=slot.netns)

	def do_rename(self, step):
		slot = self.slots[step["slot"]]
		name = f"r{step['slot']}" if step["how"] == "new" else slot.first
		self.say("# ip link set", slot.name, "name", name)
		ip("link", "set", slot.name, "down", netns=slot.netns)
		ip("link", "set", slot.name, "name", name, netns=slot.netns)
		if (slot.netns, name) in View().links:
			slot.name = name
		ip("link", "set", slot.name, "up", netns=slot.netns)

	def do_altname(self, step):
		slot = self.slots[step["slot"]]
		if slot.alt or (slot.netns, slot.name) not in View().links:
			return
		slot.alt = f"alternative{step['slot']}"
		self.say("# ip link property add dev", slot.name, "altname", slot.alt)
		ip("link", "property", "add", "dev", slot.name, "altname", slot.alt, netns=slot.netns)

	def do_reader(self, step):
		if self.reader:
			reader, self.reader = self.reader, None
			reader.end()
		if step["how"] == "start":
			self.reader = Reader(self.tools, step.get("fault"))

	def do_stop(self, step):
		if self.reader:
			self.reader.stopped = step["how"] == "stop"
			self.reader.process.send_signal(signal.SIGSTOP if self.reader.stopped else signal.SIGCONT)

	def do_pair(self, step):
		"""Two commands at once: the end is what one of them leaves, whole."""
		slot, folder, before = self.slots[step["slot"]], self.slots[step["slot"]].folder(step["first"]["via"]), View()
		both = [self.words(step["first"]), self.words(step["second"])]
		for job, words in [(self.start(words), words) for words in both]:
			self.finish(job, words)
		after = View()
		if step["first"]["via"] == step["second"]["via"] and not before.unsettled(folder):
			on, programs = after.on(slot), after.below(folder, "prog")
			if after.unsettled(folder) or on != before.on(slot) and on and "unpin" not in (
					step["first"]["kind"], step["second"]["kind"]) and not set(programs.values()) & set(on):
				raise Broken("half-done", f"attached {on}, pinned {programs}, {after.marks}; {before.differs(after)}")

	def do_race(self, step):
		"""One command, late at one of its calls, while somebody else does something."""
		call, number = step["late"]
		words = strace(call, "delay_enter=150000", number) + self.words(step["first"])
		job = self.start(words)
		time.sleep(0.12)
		second = step["second"]
		if second["kind"] in ("load", "unload", "unload-all", "unpin", "ctl"):
			self.run(second)
		else:
			getattr(self, "do_" + second["kind"])(second)
		self.finish(job, words)

	# From the first step to the last

	def play(self, step):
		kind = step["kind"]
		if kind in ("load", "unload", "unload-all", "unpin", "list", "ctl", "stats"):
			self.own_command(step)
		else:
			getattr(self, "do_" + kind)(step)
		if self.reader and not self.reader.check():
			self.reader = None

	def heal(self, slots):
		"""Whatever has happened: a load with --force works, and --unload-all leaves nothing."""
		self.say("# the end: each device can be emptied, and loaded on")
		view = View()
		here = [number for number in slots if (self.slots[number].netns, self.slots[number].name) in view.links]
		ways = {number: {"slot": number, "via": "netns" if self.slots[number].netns else "name"} for number in here}
		empty, load = {"kind": "unload-all", "args": ["--unload-all", "--force"]}, {"kind": "load", "args": ["--force"]}
		for number in here:
			self.run({**ways[number], **empty})  # of two with one pin name, one is refused
		for number in here:
			slot = self.slots[number]
			for step in ({**ways[number], **load}, {**ways[number], **empty}):
				folder = slot.owned(step["via"], View())
				code, out, err = self.run(step)
				if code:
					raise Broken("no-way-back", f"{shlex.join(self.words(step))}: {out}{err}")
				after = View()
				if step["kind"] == "load":
					folder = slot.owned(step["via"], after)
				getattr(self, "whole_" + step["kind"].replace("-", "_"))(step, slot, folder, view, after)


def child(tools, trace):
	"""In the namespaces: plays the steps on stdin, prints what was broken and when."""
	steps, verdict, number = json.load(sys.stdin), {}, 0
	used = sorted({step["slot"] for step in steps if "slot" in step})
	world = World(tools, trace, used)
	try:
		for number, step in enumerate(steps):
			world.play(step)
		number = len(steps)
		world.heal(used)
	except Broken as broken:
		verdict = {"step": number, "promise": broken.promise, "text": broken.text}
	if world.reader:
		world.reader.process.kill()
	print(json.dumps(verdict))


# --- from outside

def attempt(options, steps, trace=False):
	command = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc", "--propagation", "private",
		   sys.executable, __file__, "--product", options.product, "--child"] + ["--trace"] * trace
	done = subprocess.run(command, input=json.dumps(steps).encode(), stdout=subprocess.PIPE, check=False)
	try:
		return json.loads(done.stdout)
	except ValueError:
		sys.exit(f"chaos: the run itself failed: exit code {done.returncode}, {done.stdout!r}; steps: {json.dumps(steps)}")


def shrink(options, steps, verdict, deadline):
	"""Drops steps, in ever smaller groups, as long as the same promise is broken."""
	steps = steps[:verdict["step"] + 1]
	size = max(1, len(steps) // 2)
	while size:
		at = 0
		while at < len(steps) and time.monotonic() < deadline:
			fewer = steps[:at] + steps[at + size:]
			if attempt(options, fewer).get("promise") == verdict["promise"]:
				steps = fewer
			else:
				at += size
		size //= 2
	return steps


def parse():
	parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
	parser.add_argument("--seed", type=int, help="of the first run, the next one has the next number (default: the time)")
	parser.add_argument("--seconds", type=float, default=60, help="how long to go on (default: 60)")
	parser.add_argument("--runs", type=int, default=1 << 30, help="at most so many runs; 1 plays one seed again")
	parser.add_argument("--without", default="", help="kinds of steps to leave out: " + ",".join(KINDS))
	parser.add_argument("--product", default=TOP, help="the built tree to test (default: this one)")
	parser.add_argument("--steps", help="plays these steps, as an earlier run printed them, and says all")
	parser.add_argument("--keep-going", action="store_true", help="do not stop at the first promise that is broken")
	parser.add_argument("--shrink-seconds", type=float, default=60, help="to make a run shorter (default: 60)")
	parser.add_argument("--trace", action="store_true", help=argparse.SUPPRESS)
	parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
	options = parser.parse_args()
	unknown = set(filter(None, options.without.split(","))) - KINDS.keys()
	if unknown:
		parser.error(f"no such kinds: {', '.join(sorted(unknown))}")
	return options


def report(options, seed, steps, verdict, without):
	print(f"seed {seed}: {verdict['promise']}, at step {verdict['step'] + 1} of {len(steps)}: {verdict['text']!r}", flush=True)
	fewer = shrink(options, steps, verdict, time.monotonic() + options.shrink_seconds)
	print(f"  again: {sys.argv[0]} --seed {seed} --runs 1{without}")
	print(f"  {len(fewer)} steps do: {sys.argv[0]} --steps {shlex.quote(json.dumps(fewer))}", flush=True)
	attempt(options, fewer, trace=True)


def main():
	options = parse()
	if options.child:
		return child(options.product + "/basic04-pinning-maps", options.trace)
	if options.steps:
		verdict = attempt(options, json.loads(options.steps), trace=True)
		print(verdict or "no promise was broken")
		return bool(verdict)
	left_out = set(filter(None, options.without.split(",")))
	without = f" --without {options.without}" if left_out else ""
	first = options.seed if options.seed is not None else int(time.time())
	print(f"chaos: seed {first}{without}", flush=True)
	until, runs, played, broken = time.monotonic() + options.seconds, 0, 0, 0
	while runs < options.runs and time.monotonic() < until and (options.keep_going or not broken):
		steps = Choice(first + runs, [kind for kind in KINDS if kind not in left_out]).steps()
		verdict = attempt(options, steps)
		if verdict:
			report(options, first + runs, steps, verdict, without)
		runs, played, broken = runs + 1, played + len(steps), broken + bool(verdict)
	print(f"chaos: {runs} runs from seed {first}, {played} steps, {broken} broke a promise")
	return bool(broken)


if __name__ == "__main__":
	sys.exit(main())
