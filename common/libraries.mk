# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# How each folder of common/ becomes a library, build/libbase.a and so on; after rules.mk.

objects_of = $(patsubst $(TOP)/%.c,$(BUILD)/%.o,$(wildcard $(TOP)/common/$(1)/*.c))

# Made from nothing: "ar r" would keep the object of a source that went away. The list of the objects
# changes when a source does.
.SECONDEXPANSION:
$(LIBRARIES): $(BUILD)/lib%.a: $$(call objects_of,$$*) $(BUILD)/common/%/objects
	$(call say,AR,$@)
	$(Q)rm -f $@
	$(Q)$(AR) rcsD $@ $(filter %.o,$^)

$(BUILD)/common/%/objects: FORCE
	@mkdir -p $(@D)
	@echo '$(notdir $(call objects_of,$*))' | cmp -s - $@ || \
		echo '$(notdir $(call objects_of,$*))' >$@

# base <- pins <- writer, and base <- pins <- reader: nothing else can be included.
$(BUILD)/common/base/%.o: INCLUDED := base
$(BUILD)/common/pins/%.o: INCLUDED := base pins
$(BUILD)/common/writer/%.o: INCLUDED := base pins writer
$(BUILD)/common/reader/%.o: INCLUDED := base pins reader
$(BUILD)/common/%.o: $(TOP)/common/%.c $(TOP)/config.mk
	$(call compile_c,$<)

-include $(wildcard $(BUILD)/common/*/*.d)
