# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# What the Makefiles share. TOP is set before this is included.

BUILD := $(TOP)/build
# The libraries of common/, in the order of linking, and what the two sides and the tests link.
ROOMS := writer reader pins base
LIBRARIES := $(ROOMS:%=$(BUILD)/lib%.a)
WRITER_LIBRARIES := $(filter-out %/libreader.a,$(LIBRARIES))
READER_LIBRARIES := $(filter-out %/libwriter.a,$(LIBRARIES))

# What runs without config.mk; everything else configures first.
UNCONFIGURED := clean distclean help dist demo test check test-all test-failures test-kernels test-distros test-packages sanitize assignment-% hint-% reset-% solution-%
ifneq ($(filter-out $(UNCONFIGURED),$(or $(MAKECMDGOALS),all)),)
include $(TOP)/config.mk
endif

CONFIGURE_AGAIN ?= ./configure
$(TOP)/config.mk: $(TOP)/configure $(TOP)/VERSION $(TOP)/libbpf/probe.sh $(wildcard $(TOP)/configure.d/*.sh)
	@cd $(TOP) && $(CONFIGURE_AGAIN)

# Commands are printed with V=1; else one short line each: $(call say,CC,name)
Q := $(if $(filter 1,$(V)),,@)
say = $(if $(Q),@printf '  %-8s %s\n' '$(1)' '$(patsubst $(TOP)/%,%,$(2))')

# A header that changed, or went away, is noticed.
DEPFLAGS = -MMD -MP -MT $@ -MF $(basename $@).d

# The folders of common/ whose headers a source may include; the tools say which.
INCLUDED := $(ROOMS)

# What a row of a table leaves out is zero on purpose; only clang warns of it.
WARNINGS := -Wall -Wextra -Wno-missing-field-initializers
# What is built has no folder of this machine in it: it is the same in every folder. Compilers take the
# folder from PWD, which make -C leaves as it was. The name that stands for it leads there from PWD, as
# clang reads the source's lines by it for BTF, and the verifier quotes them.
export PWD := $(CURDIR)
SAME_ANYWHERE := '-ffile-prefix-map=$(shell cd $(TOP) && pwd -P)=$(TOP)'
# _GNU_SOURCE is empty, as in a source that defines it itself.
C_FLAGS = -std=gnu11 $(WARNINGS) $(WERROR) -D_GNU_SOURCE= -DVERSION=\"$(VERSION)\" \
	-I$(TOP)/headers $(INCLUDED:%=-I$(TOP)/common/%) -I$(BUILD) $(LIBXDP_CFLAGS) $(LIBMNL_CFLAGS) $(OPTIONAL_CFLAGS) \
	$(SAME_ANYWHERE) $(HARDENING_CFLAGS) $(CPPFLAGS) $(CFLAGS)
BPF_FLAGS = -target $(BPF_TARGET) -O2 -g $(SAME_ANYWHERE) $(WARNINGS) $(WERROR) -I$(TOP)/headers $(BPF_CPPFLAGS) \
	$(CPPFLAGS)

LINK = $(CC) $(HARDENING_CFLAGS) $(CFLAGS) $(HARDENING_LDFLAGS) $(LDFLAGS)
# As needed: a tool that uses no libxdp does not load it.
LIBS_BPF = -Wl,--as-needed $(LIBBPF_LIBS) $(LIBELF_LIBS) $(ZLIB_LIBS) $(LIBMNL_LIBS) -ldl
LIBS_ALL = -Wl,--as-needed $(LIBXDP_LIBS) $(LIBS_BPF)

# $(call compile_c,SOURCE), for an object file as target
define compile_c
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(C_FLAGS) $(DEPFLAGS) -c -o $@ $(1)
endef

# $(call analyze_c,SOURCE): what three analyzers say of it. gcc loses track of memory that an element of
# an array holds: leaks are looked for at run time (tests/soak.bats). cppcheck reads no header of libbpf's or libxdp's.
define analyze_c
	$(call say,ANALYZE,$(1))
	$(Q)$(CC) $(C_FLAGS) -fanalyzer -Wno-analyzer-malloc-leak -fdiagnostics-path-format=none -Werror \
		-c -o /dev/null $(1)
	$(Q)$(CLANG) $(C_FLAGS) --analyze --analyzer-output text -Xclang -analyzer-werror -o /dev/null $(1)
	$(Q)cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --inline-suppr \
		'-Dbpf_object__for_each_map(MAP,OBJECT)=while ((MAP = next(OBJECT)))' \
		$(foreach macro,LIBBPF_OPTS DECLARE_LIBXDP_OPTS,'-D$(macro)(TYPE,NAME,...)=struct TYPE NAME = { __VA_ARGS__ }') \
		$(filter -DHAVE_%,$(OPTIONAL_CFLAGS)) -I$(TOP)/headers $(INCLUDED:%=-I$(TOP)/common/%) $(1)
endef

# $(call compile_bpf,SOURCE,FLAGS): compiles by way of $(BUILD)/bpf. "gen object" keeps BTF and
# drops DWARF, which is most of the file; the target appears whole or not at all.
bpf_tmp = $(BUILD)/bpf/$(basename $(notdir $@))
define compile_bpf
	$(call say,BPF,$@)
	@mkdir -p $(@D) $(BUILD)/bpf
	$(Q)$(CLANG) $(BPF_FLAGS) $(2) -MMD -MP -MT $@ -MF $(bpf_tmp).d -c -o $(bpf_tmp).o $(1)
	$(Q)$(BPFTOOL) gen object $(bpf_tmp).linked.o $(bpf_tmp).o
	$(Q)mv $(bpf_tmp).linked.o $@
endef

.DELETE_ON_ERROR:
.SUFFIXES:
FORCE:
.PHONY: FORCE
