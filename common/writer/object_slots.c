// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "object_slots.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <gelf.h>
#include <libelf.h>

#include "btf_resolve.h"

/* A file, and its table of symbols. */
struct file {
	Elf *elf;
	Elf_Data *symbols;
	size_t names; /* the section of the symbols' names */
	size_t maps;  /* section .maps */
};

static const char *section_name(Elf *elf, size_t index)
{
	Elf_Scn *section = elf_getscn(elf, index);
	GElf_Shdr header;
	size_t names;

	if (!section || !gelf_getshdr(section, &header) || elf_getshdrstrndx(elf, &names))
		return "";
	return elf_strptr(elf, names, header.sh_name) ?: "";
}

static bool is_in(const GElf_Sym *map, size_t section, size_t offset)
{
	return GELF_ST_TYPE(map->st_info) == STT_OBJECT && map->st_shndx == section &&
	       map->st_value <= offset && offset - map->st_value < map->st_size;
}

/* Sets the slot's map: the variable that has what is at @offset of section .maps. */
static bool find_map(const struct file *file, size_t offset, struct object_slot *slot)
{
	GElf_Sym symbol;
	int i;

	for (i = 0; gelf_getsym(file->symbols, i, &symbol); i++) {
		if (!is_in(&symbol, file->maps, offset))
			continue;
		slot->map = elf_strptr(file->elf, file->names, symbol.st_name);
		slot->offset = offset - symbol.st_value;
		return slot->map;
	}
	return false;
}

static bool read_slot(const struct file *file, const GElf_Rel *entry, struct object_slot *slot)
{
	GElf_Sym symbol;

	*slot = (struct object_slot){ 0 };
	if (!gelf_getsym(file->symbols, (int)GELF_R_SYM(entry->r_info), &symbol))
		return false;
	slot->target = elf_strptr(file->elf, file->names, symbol.st_name);
	if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC)
		slot->section = section_name(file->elf, symbol.st_shndx);
	return slot->target && find_map(file, entry->r_offset, slot);
}

/* Changes a section's size in the bytes of the file. libelf has read only a copy of the header. */
static void set_size(Elf *elf, Elf_Scn *section, Elf64_Xword size, char *bytes)
{
	GElf_Ehdr whole;

	if (gelf_getehdr(elf, &whole))
		memcpy(bytes + whole.e_shoff + elf_ndxscn(section) * sizeof(Elf64_Shdr) +
			       offsetof(Elf64_Shdr, sh_size),
		       &size, sizeof(size));
}

static int add_slot(struct object_slots *slots, const struct object_slot *slot)
{
	struct object_slot *list = realloc(slots->list, (slots->count + 1) * sizeof(*list));

	if (!list)
		return -ENOMEM;
	slots->list = list;
	list[slots->count++] = *slot;
	return 0;
}

/* Reads one section of relocations, and takes out of @bytes what is not kept. */
static int read_entries(struct object_slots *slots, const struct file *file, Elf_Scn *section,
			char *bytes, bool (*keep)(const struct object_slot *slot))
{
	Elf_Data *data = elf_getdata(section, NULL);
	struct object_slot slot;
	GElf_Shdr header;
	GElf_Rel entry;
	size_t kept = 0;
	int i, err = 0;

	if (!data || !gelf_getshdr(section, &header))
		return 0;
	for (i = 0; !err && gelf_getrel(data, i, &entry); i++) {
		bool known = read_slot(file, &entry, &slot);

		if (known && !keep(&slot))
			continue;
		if (known)
			err = add_slot(slots, &slot);
		memmove(bytes + header.sh_offset + kept * sizeof(Elf64_Rel),
			bytes + header.sh_offset + i * sizeof(Elf64_Rel), sizeof(Elf64_Rel));
		kept++;
	}
	set_size(file->elf, section, kept * sizeof(Elf64_Rel), bytes);
	return err;
}

/* True if @section has the relocations of section .maps. Sets what is needed to read it. */
static bool open_relocations(struct file *file, Elf_Scn *section)
{
	Elf_Scn *symbols;
	GElf_Shdr header;

	if (!gelf_getshdr(section, &header) || header.sh_type != SHT_REL ||
	    strcmp(section_name(file->elf, header.sh_info), ".maps"))
		return false;
	file->maps = header.sh_info;
	symbols = elf_getscn(file->elf, header.sh_link);
	if (!symbols || !gelf_getshdr(symbols, &header))
		return false;
	file->symbols = elf_getdata(symbols, NULL);
	file->names = header.sh_link;
	return file->symbols;
}

/* Of another machine's file libbpf says what is wrong with it. */
static bool is_native(Elf *elf)
{
	const char *ident = elf_getident(elf, NULL);
	bool is_big = __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;

	return ident && gelf_getclass(elf) == ELFCLASS64 &&
	       ident[EI_DATA] == (is_big ? ELFDATA2MSB : ELFDATA2LSB);
}

int object_slots_read(struct object_slots *slots, void *bytes, size_t size,
		      bool (*keep)(const struct object_slot *slot))
{
	struct file file = { 0 };
	Elf_Scn *section = NULL;
	int err = 0;

	*slots = (struct object_slots){ 0 };
	if (elf_version(EV_CURRENT) == EV_NONE)
		return 0;
	slots->elf = file.elf = elf_memory(bytes, size);
	if (!file.elf || !is_native(file.elf))
		return 0;
	while (!err && (section = elf_nextscn(file.elf, section)))
		if (open_relocations(&file, section))
			err = read_entries(slots, &file, section, bytes, keep);
	return err;
}

void object_slots_free(struct object_slots *slots)
{
	elf_end(slots->elf);
	free(slots->list);
	*slots = (struct object_slots){ 0 };
}

const struct btf_member *object_map_member(const struct btf *btf, const char *map, const char *name)
{
	__s32 id = btf ? btf__find_by_name_kind(btf, map, BTF_KIND_VAR) : -ENOENT;
	const struct btf_type *variable = id > 0 ? btf__type_by_id(btf, id) : NULL;
	const struct btf_type *type = variable ? btf_resolve(btf, variable->type) : NULL;
	int i;

	for (i = 0; type && btf_is_struct(type) && i < btf_vlen(type); i++) {
		const char *own = btf__name_by_offset(btf, btf_members(type)[i].name_off);

		if (own && !strcmp(own, name))
			return &btf_members(type)[i];
	}
	return NULL;
}
