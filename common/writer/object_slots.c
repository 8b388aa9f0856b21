// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
#include "object_slots.h"

#include <string.h>

#include <gelf.h>
#include <libelf.h>

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

/* Goes through one section of relocations. @bytes: where they can be changed, or NULL. */
static void each_entry(const struct file *file, Elf_Scn *section, char *bytes,
		       object_slot_keep keep, void *context)
{
	Elf_Data *data = elf_getdata(section, NULL);
	struct object_slot slot;
	GElf_Shdr header;
	GElf_Rel entry;
	size_t kept = 0;
	int i;

	if (!data || !gelf_getshdr(section, &header))
		return;
	for (i = 0; gelf_getrel(data, i, &entry); i++) {
		if (read_slot(file, &entry, &slot) && !keep(&slot, context))
			continue;
		if (bytes)
			memmove(bytes + header.sh_offset + kept * header.sh_entsize,
				bytes + header.sh_offset + i * header.sh_entsize,
				header.sh_entsize);
		kept++;
	}
	if (bytes) {
		Elf64_Ehdr *whole = (Elf64_Ehdr *)bytes;
		Elf64_Shdr *headers = (Elf64_Shdr *)(bytes + whole->e_shoff);

		headers[elf_ndxscn(section)].sh_size = kept * header.sh_entsize;
	}
}

/* Where @section is one of relocations of section .maps: sets what is needed to read it. */
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

static void each(const void *bytes, size_t size, char *changed, object_slot_keep keep,
		 void *context)
{
	struct file file = { 0 };
	Elf_Scn *section = NULL;

	if (elf_version(EV_CURRENT) == EV_NONE)
		return;
	file.elf = elf_memory((char *)bytes, size);
	if (file.elf && gelf_getclass(file.elf) == ELFCLASS64)
		while ((section = elf_nextscn(file.elf, section)))
			if (open_relocations(&file, section))
				each_entry(&file, section, changed, keep, context);
	elf_end(file.elf);
}

void object_slots_each(const void *bytes, size_t size, object_slot_keep keep, void *context)
{
	each(bytes, size, NULL, keep, context);
}

void object_slots_filter(void *bytes, size_t size, object_slot_keep keep, void *context)
{
	each(bytes, size, bytes, keep, context);
}

const struct btf_member *object_map_member(const struct btf *btf, const char *map, const char *name)
{
	const struct btf_type *type =
		btf__type_by_id(btf, btf__find_by_name_kind(btf, map, BTF_KIND_VAR));
	int i;

	do
		type = type ? btf__type_by_id(btf, type->type) : NULL;
	while (type && (btf_is_mod(type) || btf_is_typedef(type)));
	for (i = 0; type && btf_is_struct(type) && i < btf_vlen(type); i++) {
		const char *own = btf__name_by_offset(btf, btf_members(type)[i].name_off);

		if (own && !strcmp(own, name))
			return &btf_members(type)[i];
	}
	return NULL;
}
