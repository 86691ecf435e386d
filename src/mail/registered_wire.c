/* registered_wire.c: what the parser child found out about registered mail, as one bounded variant. The
 * parent believes nothing that comes back: form, enums and lengths are looked at again. */
#include "mail/registered.h"

#include <stddef.h>
#include <string.h>

#define MAX_TEXT 1024
#define MAX_LIST 2000

static const gsize texts[] = {
	offsetof(RnRegistered, detail), offsetof(RnRegistered, certificate), offsetof(RnRegistered, provider),
	offsetof(RnRegistered, mittente), offsetof(RnRegistered, identificativo), offsetof(RnRegistered, msgid),
	offsetof(RnRegistered, consegna), offsetof(RnRegistered, errore), offsetof(RnRegistered, code),
	offsetof(RnRegistered, receipt),
};

static char **
text_at(const RnRegistered *reg, gsize i)
{
	return (char **)((char *)reg + texts[i]);
}

/* A text that is too long is none: cut, it would be another one. */
static void
put(GVariantBuilder *b, const char *s)
{
	g_variant_builder_add(
	    b, "s", s != NULL && strlen(s) <= MAX_TEXT && g_utf8_validate(s, -1, NULL) ? s : "");
}

GVariant *
rn_registered_to_variant(const RnRegistered *reg)
{
	GVariantBuilder all, list;

	g_variant_builder_init(&all, G_VARIANT_TYPE(RN_REGISTERED_TYPE));
	g_variant_builder_add(&all, "u", (guint32)reg->kind);
	g_variant_builder_add(&all, "u", (guint32)reg->signature);
	g_variant_builder_add(&all, "u", (guint32)reg->fault);
	g_variant_builder_add(&all, "b", reg->weak);
	g_variant_builder_add(&all, "x", reg->signed_at);
	g_variant_builder_add(&all, "x", reg->time);
	g_variant_builder_init(&list, G_VARIANT_TYPE("as"));
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++)
		put(&list, *text_at(reg, i));
	g_variant_builder_add_value(&all, g_variant_builder_end(&list));
	g_variant_builder_init(&list, G_VARIANT_TYPE("as"));
	for (guint i = 0; i < MIN(reg->signers->len, MAX_LIST); i++)
		put(&list, g_ptr_array_index(reg->signers, i));
	g_variant_builder_add_value(&all, g_variant_builder_end(&list));
	g_variant_builder_init(&list, G_VARIANT_TYPE("a(sb)"));
	for (guint i = 0; i < MIN(reg->recipients->len, MAX_LIST); i++) {
		const RnRegRecipient *r = g_ptr_array_index(reg->recipients, i);

		g_variant_builder_open(&list, G_VARIANT_TYPE("(sb)"));
		put(&list, r->address);
		g_variant_builder_add(&list, "b", r->certified);
		g_variant_builder_close(&list);
	}
	g_variant_builder_add_value(&all, g_variant_builder_end(&list));
	return g_variant_ref_sink(g_variant_builder_end(&all));
}

/* The strings of child N of V, at most MAX of them; NULL if they are more or too long. Caller frees. */
static GPtrArray *
take_list(GVariant *v, gsize n, gsize max)
{
	g_autoptr(GVariant) list = g_variant_get_child_value(v, n);
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func(g_free);

	if (g_variant_n_children(list) > max)
		return NULL;
	for (gsize i = 0; i < g_variant_n_children(list); i++) {
		char *s = NULL;

		g_variant_get_child(list, i, "s", &s);
		g_ptr_array_add(all, s);
		if (strlen(s) > MAX_TEXT)
			return NULL;
	}
	return g_steal_pointer(&all);
}

static gboolean
take_recipients(GVariant *v, RnRegistered *reg)
{
	g_autoptr(GVariant) list = g_variant_get_child_value(v, 8);

	if (g_variant_n_children(list) > MAX_LIST)
		return FALSE;
	for (gsize i = 0; i < g_variant_n_children(list); i++) {
		const char *address;
		gboolean certified;

		g_variant_get_child(list, i, "(&sb)", &address, &certified);
		if (strlen(address) > MAX_TEXT)
			return FALSE;
		rn_registered_add_recipient(reg, address, certified);
	}
	return TRUE;
}

static gboolean
take_all(GVariant *v, RnRegistered *reg)
{
	g_autoptr(GPtrArray) text = take_list(v, 6, G_N_ELEMENTS(texts));
	g_autoptr(GPtrArray) signers = take_list(v, 7, MAX_LIST);
	guint32 kind, signature, fault;

	g_variant_get_child(v, 0, "u", &kind);
	g_variant_get_child(v, 1, "u", &signature);
	g_variant_get_child(v, 2, "u", &fault);
	g_variant_get_child(v, 3, "b", &reg->weak);
	g_variant_get_child(v, 4, "x", &reg->signed_at);
	g_variant_get_child(v, 5, "x", &reg->time);
	if (kind >= RN_REG_N || signature >= RN_SIGNATURE_N || fault >= RN_FAULT_N || text == NULL ||
	    text->len != G_N_ELEMENTS(texts) || signers == NULL || !take_recipients(v, reg))
		return FALSE;
	reg->kind = (RnRegKind)kind;
	reg->signature = (RnSignature)signature;
	reg->fault = (RnFault)fault;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		const char *s = g_ptr_array_index(text, i);

		*text_at(reg, i) = *s != '\0' ? g_strdup(s) : NULL;
	}
	g_ptr_array_unref(reg->signers);
	reg->signers = g_steal_pointer(&signers);
	return TRUE;
}

RnRegistered *
rn_registered_from_variant(GVariant *v, GError **error)
{
	g_autoptr(RnRegistered) reg = rn_registered_new(RN_REG_UNKNOWN);

	if (g_variant_is_of_type(v, G_VARIANT_TYPE(RN_REGISTERED_TYPE)) && g_variant_is_normal_form(v) &&
	    take_all(v, reg))
		return g_steal_pointer(&reg);
	g_set_error(error, RN_ERROR, RN_ERR_INPUT, "the parser child sent an answer that is out of bounds");
	return NULL;
}
