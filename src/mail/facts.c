/* What the parser child found out, as one bounded variant. The parent believes nothing that comes back: form,
 * enums and lengths are looked at again. */
#include <string.h>

#include "mail/read.h"

#define MAX_TYPED (64 * 1024)
#define MAX_TEXT 1024		/* subject, reasons, names */
#define MAX_ATTACHMENTS 200

/* S cut to at most MAX bytes, between characters. Caller frees. */
static char *
capped(const char *s, gsize max)
{
	const char *end;

	if (s == NULL)
		return g_strdup("");
	if (strlen(s) <= max)
		return g_utf8_make_valid(s, -1);
	end = g_utf8_find_prev_char(s, s + max);
	return g_utf8_make_valid(s, end != NULL ? end - s : 0);
}

static void
put(GVariantBuilder *b, const char *s, gsize max)
{
	g_autofree char *text = capped(s, max);

	g_variant_builder_add(b, "s", text);
}

static void
put_attachments(GVariantBuilder *b, const GPtrArray *all)
{
	g_variant_builder_open(b, G_VARIANT_TYPE("a(sssstbu)"));
	for (guint i = 0; all != NULL && i < MIN(all->len, MAX_ATTACHMENTS); i++) {
		const RnAttachment *a = g_ptr_array_index(all, i);

		g_variant_builder_open(b, G_VARIANT_TYPE("(sssstbu)"));
		put(b, a->name, MAX_TEXT);
		put(b, a->declared, MAX_TEXT);
		put(b, a->kind, MAX_TEXT);
		put(b, a->sha256, MAX_TEXT);
		g_variant_builder_add(b, "t", a->size);
		g_variant_builder_add(b, "b", a->is_inline);
		g_variant_builder_add(b, "u", a->index);
		g_variant_builder_close(b);
	}
	g_variant_builder_close(b);
}

GVariant *
rn_facts_to_variant(const RnFacts *f)
{
	g_autofree char *token = f->body_token != NULL ? capped(f->body_token, MAX_TEXT) : NULL;
	GVariantBuilder b;

	g_variant_builder_init(&b, G_VARIANT_TYPE(RN_FACTS_TYPE));
	g_variant_builder_add(&b, "u", (guint32)f->class_);
	put(&b, f->class_why, MAX_TEXT);
	put(&b, f->subject, MAX_TEXT);
	g_variant_builder_add(&b, "u", (guint32)f->intent);
	put(&b, f->typed_text, MAX_TYPED);
	put(&b, f->matched, MAX_TEXT);
	put(&b, f->intent_rule, MAX_TEXT);
	put(&b, f->accepts, MAX_TEXT);
	g_variant_builder_add(&b, "ms", token);
	g_variant_builder_add(&b, "ms", f->numbers);
	g_variant_builder_add(&b, "b", f->charset_odd);
	put_attachments(&b, f->attachments);
	put(&b, f->report.ids, MAX_TEXT * 2);
	put(&b, f->report.action, MAX_TEXT);
	put(&b, f->report.status, MAX_TEXT);
	put(&b, f->report.rcpt, MAX_TEXT);
	put(&b, f->report.text, MAX_TEXT);
	put(&b, f->report.back_on, MAX_TEXT);
	g_variant_builder_add(&b, "ms", f->charset_missing);
	return g_variant_ref_sink(g_variant_builder_end(&b));
}

/* The string child N of V; NULL if it is longer than MAX. Caller frees. */
static char *
take(GVariant *v, gsize n, gsize max)
{
	g_autoptr(GVariant) child = g_variant_get_child_value(v, n);
	gsize len;
	const char *s = g_variant_get_string(child, &len);

	return len <= max ? g_strdup(s) : NULL;
}

static char *
or_null(char *s)
{
	if (s != NULL && *s == '\0')
		g_clear_pointer(&s, g_free);
	return s;
}

/* What an attachment is called by its bytes, and their digest, stand in the store and in names of files. */
static gboolean
is_attachment(const RnAttachment *a)
{
	static const char *const kinds[] = { "pdf", "jpeg", "png", "heic", "other", NULL };

	return a->name != NULL && a->declared != NULL && a->kind != NULL && g_strv_contains(kinds, a->kind) &&
	    a->sha256 != NULL && strlen(a->sha256) == 64 && strspn(a->sha256, "0123456789abcdef") == 64;
}

static gboolean
is_numbers(const char *s)
{
	return strcmp(s, "all") == 0 || (strlen(s) <= MAX_TEXT && s[strspn(s, "0123456789,")] == '\0');
}

static gboolean
take_attachments(GVariant *v, RnFacts *f)
{
	g_autoptr(GVariant) list = g_variant_get_child_value(v, 11);
	gsize n = g_variant_n_children(list);

	if (n > MAX_ATTACHMENTS)
		return FALSE;
	for (gsize i = 0; i < n; i++) {
		g_autoptr(GVariant) one = g_variant_get_child_value(list, i);
		RnAttachment *a = g_new0(RnAttachment, 1);

		g_ptr_array_add(f->attachments, a);
		a->name = take(one, 0, MAX_TEXT);
		a->declared = take(one, 1, MAX_TEXT);
		a->kind = take(one, 2, MAX_TEXT);
		a->sha256 = take(one, 3, MAX_TEXT);
		if (!is_attachment(a))
			return FALSE;
		a->name = or_null(a->name);
		g_variant_get_child(one, 4, "t", &a->size);
		g_variant_get_child(one, 5, "b", &a->is_inline);
		g_variant_get_child(one, 6, "u", &a->index);
	}
	return TRUE;
}

static gboolean
take_texts(GVariant *v, RnFacts *f)
{
	g_autofree char *matched = take(v, 5, MAX_TEXT);

	f->class_why = take(v, 1, MAX_TEXT);
	f->subject = take(v, 2, MAX_TEXT);
	f->typed_text = take(v, 4, MAX_TYPED);
	f->intent_rule = take(v, 6, MAX_TEXT);
	f->accepts = take(v, 7, MAX_TEXT);
	g_variant_get_child(v, 8, "ms", &f->body_token);
	g_variant_get_child(v, 9, "ms", &f->numbers);
	g_variant_get_child(v, 18, "ms", &f->charset_missing);
	if (f->class_why == NULL || f->subject == NULL || f->typed_text == NULL || matched == NULL ||
	    f->intent_rule == NULL || f->accepts == NULL ||
	    (f->body_token != NULL && strlen(f->body_token) != RN_TOKEN_CHARS) ||
	    (f->numbers != NULL && !is_numbers(f->numbers)) ||
	    (f->charset_missing != NULL && strlen(f->charset_missing) > MAX_TEXT))
		return FALSE;
	f->matched = or_null(g_steal_pointer(&matched));
	return TRUE;
}

static gboolean
take_report(GVariant *v, RnReport *r)
{
	char **members[] = { &r->ids, &r->action, &r->status, &r->rcpt, &r->text, &r->back_on };

	for (guint i = 0; i < G_N_ELEMENTS(members); i++) {
		char *text = take(v, 12 + i, MAX_TEXT * 2);

		if (text == NULL)
			return FALSE;
		*members[i] = or_null(text);
	}
	return TRUE;
}

RnFacts *
rn_facts_from_variant(GVariant *v, GError **error)
{
	g_autoptr(RnFacts) f = rn_facts_new();
	guint32 class_, intent;

	if (!g_variant_is_of_type(v, G_VARIANT_TYPE(RN_FACTS_TYPE)) || !g_variant_is_normal_form(v)) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_INPUT, "the parser child sent an answer that is not well formed");
		return NULL;
	}
	g_variant_get_child(v, 0, "u", &class_);
	g_variant_get_child(v, 3, "u", &intent);
	g_variant_get_child(v, 10, "b", &f->charset_odd);
	if (f->attachments == NULL)
		f->attachments = g_ptr_array_new_with_free_func((GDestroyNotify)rn_attachment_free);
	g_clear_pointer(&f->subject, g_free);
	if (class_ >= RN_CLASS_N || intent >= RN_INTENT_N || !take_texts(v, f) || !take_attachments(v, f) ||
	    !take_report(v, &f->report)) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_INPUT, "the parser child sent an answer that is out of bounds");
		return NULL;
	}
	f->class_ = (RnClass)class_;
	f->intent = (RnIntent)intent;
	return g_steal_pointer(&f);
}
