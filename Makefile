# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# Configures when that is needed, and delegates; common/rules.mk has the rules.
.DEFAULT_GOAL := all
TOP := .
include common/rules.mk

LESSON := $(MAKE) --no-print-directory -C basic04-pinning-maps
COMMON := $(MAKE) --no-print-directory -C common
PACKAGING := $(MAKE) --no-print-directory -C packaging

all:
	+@$(LESSON)
	+@$(PACKAGING)
test-programs:
	+@$(LESSON) $@
install uninstall: all
	+@$(PACKAGING) $@
dist:
	@packaging/dist
check-headers:
	+@$(COMMON) $@

# These build for themselves, so they start a make of their own.
demo:
	@MAKEFLAGS= testenv/demo.sh
test check:
	@MAKEFLAGS= testenv/test.sh $(TESTS)
lint: all
	@bats basic04-pinning-maps/tests/source.bats
test-all:
	@MAKEFLAGS= testenv/test.sh --all $(TESTS)
test-failures:
	@MAKEFLAGS= TEST_INJECTIONS=all TEST_FILE_LIMIT=14400 testenv/test.sh --all basic04-pinning-maps/tests/inject.bats
test-kernels:
	@MAKEFLAGS= testenv/kernels/run $(KERNELS)
test-distros:
	@MAKEFLAGS= testenv/distros/run $(SUITES)
test-packages:
	@MAKEFLAGS= testenv/distros/packages $(SUITES)
test-boot:
	@MAKEFLAGS= testenv/kernels/boot $(SUITES)
test-everything:
	@MAKEFLAGS= testenv/everything.sh $(PARTS)
sanitize:
	@MAKEFLAGS= testenv/sanitize.sh $(TESTS)
chaos: all
	@basic04-pinning-maps/tests/chaos/chaos.py --seconds $$((60 * $(or $(MINUTES),1))) $(SEED:%=--seed %)
fuzz: all
	+@$(LESSON) $@
fuzz-objects: all
	@MAKEFLAGS= testenv/sanitize.sh --build
	@basic04-pinning-maps/tests/fuzz/objects.py --count $(or $(COUNT),2000) $(SEED:%=--seed %) \
		--loader build/sanitize/basic04-pinning-maps/xdp_loader
analyze: all
	+@$(COMMON) $@
	+@$(LESSON) $@
figures: all
	@basic04-pinning-maps/figures/draw.sh
	@basic04-pinning-maps/figures/picture.sh
book:
	@basic04-pinning-maps/figures/book.sh build/book
bench: all test-programs
	@MAKEFLAGS= JSON='$(JSON)' SCALE='$(SCALE)' testenv/bench/run.sh
corpus: all
	@MAKEFLAGS= testenv/corpus/run $(CORPUS)

# The learner's: N from 1 to 7. A check builds what it needs. "check" itself is another name for "test", so
# the checks of all seven are "progress" here, and "check" in the folder of the assignments.
ASSIGNMENT := basic04-pinning-maps/assignments/assignment.sh
assignment-%:
	@$(ASSIGNMENT) start $*
build-%: all
	@$(ASSIGNMENT) build $*
check-%: all
	@$(ASSIGNMENT) check $*
progress: all
	@$(ASSIGNMENT) progress
hint-%:
	@$(ASSIGNMENT) hint $* $(HINT)
reset-%:
	@$(ASSIGNMENT) reset $*
solution-%:
	@$(ASSIGNMENT) solution $* $(if $(SHOW),show)

clean:
	+@$(LESSON) $@
	$(Q)rm -rf build
distclean: clean
	$(Q)rm -rf config.mk config.log

help:
	@echo 'make [TARGET] [V=1]     V=1 prints the commands'
	@echo '  all            the tools, their BPF programs and the examples (default)'
	@echo '  demo           packets being counted, in a network of its own (as root)'
	@echo '  test, check    the tests (as root); TESTS="FILE..." runs only those'
	@echo '  lint           what can be said of the sources without running anything'
	@echo '  test-all       the same, at each place where a call may fail or be killed (longer)'
	@echo '  test-failures  every system call of every command fails, one after the other (an hour, as root)'
	@echo '  test-kernels   the same on Debian kernels in virtual machines (as root); KERNELS="6.1..."'
	@echo '  test-distros   demo and tests in fresh Debians (as root); SUITES="trixie..."'
	@echo '  test-packages  Debian packages: built, installed, upgraded, purged there (as root); SUITES="sid..."'
	@echo '  test-boot      a Debian with these packages boots, and its systemd runs the units (as root); SUITES="sid..."'
	@echo '  test-everything  all tests of this list in one night, with one table (as root); PARTS="lint..."'
	@echo '  chaos          random commands, neighbours and failures (as root); MINUTES=1 SEED=N'
	@echo '  fuzz           strange input to the library; SECONDS=60 for each target'
	@echo '  fuzz-objects   broken BPF objects to xdp_loader (as root); COUNT=2000 SEED=1'
	@echo '  sanitize       the tests of the tools, built with sanitizers (as root); TESTS="FILE..."'
	@echo '  analyze        what gcc, clang and cppcheck find in the sources'
	@echo '  bench          the measurements (as root); JSON=FILE, SCALE=1: see testenv/bench/run.sh'
	@echo '  corpus         BPF objects of Debian packages, with xdp_loader and others (as root); CORPUS="DIR..."'
	@echo '  figures        the pictures in the pages, some from real runs (as root)'
	@echo '  book           the lesson and the reference: one HTML file and one PDF, in build/book'
	@echo '  assignment-N   begins assignment N of the lesson, in work/'
	@echo '  build-N        builds what you have made of it'
	@echo '  check-N        builds and judges it (as root)'
	@echo '  hint-N         prints the next hint, or with HINT=2 the second'
	@echo '  progress       builds and judges all that you have begun (as root)'
	@echo '  reset-N        begins assignment N again, and keeps your work under another name'
	@echo '  solution-N     prints a worked solution; SHOW=1 also if you have not tried'
	@echo '  install        tools, headers, man pages, completion, documents; DESTDIR=FOLDER goes before them'
	@echo '  uninstall      removes what install has put there'
	@echo '  dist           a tarball of the sources, in build/'
	@echo '  check-headers  compiles each header alone'
	@echo '  test-programs  what the tests run and load'
	@echo '  clean          removes what was built'
	@echo '  distclean      and what configure wrote'

# One at a time: both would start the same sub-make.
.NOTPARALLEL:
.PHONY: all test-programs install uninstall dist check-headers demo test check lint test-all test-failures test-kernels test-distros test-packages \
	test-boot test-everything sanitize chaos fuzz fuzz-objects analyze figures book bench corpus progress clean distclean help
