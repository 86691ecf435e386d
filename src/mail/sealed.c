/* sealed.c: RFC 1847 and RFC 6109 as far as structure goes. A signature counts only if it is the root of the
 * message and has exactly the two parts that it should: "signature wrapping" puts a genuine one beside other
 * text and lets the reader believe that it covers both. */
#include "mail/sealed.h"

#include <string.h>

#define MAX_PARTS 200

/* The value of the one field NAME, trimmed and without parameters; NULL if there is none. */
static char *
claim_of(const RnHead *head, const char *name)
{
	g_autofree char *text = rn_head_text(head, name);

	return text != NULL ? g_strstrip(g_steal_pointer(&text)) : NULL;
}

static void
read_claim(RnSealed *s, const RnHead *head)
{
	g_autofree char *transport = claim_of(head, "X-Trasporto");
	g_autofree char *receipt = claim_of(head, "X-Ricevuta");

	s->claim = RN_REG_SMIME;
	if (transport == NULL && receipt == NULL)
		return;
	s->registered = TRUE;
	if (transport != NULL && receipt != NULL)
		s->claim = RN_REG_UNKNOWN;
	else if (transport != NULL)
		s->claim = g_ascii_strcasecmp(transport, "errore") == 0 ? RN_REG_ANOMALY :
		    rn_reg_kind_read(transport) == RN_REG_TRANSPORT     ? RN_REG_TRANSPORT :
		                                                          RN_REG_UNKNOWN;
	else {
		s->claim = rn_reg_kind_read(receipt);
		if (s->claim == RN_REG_TRANSPORT)
			s->claim = RN_REG_UNKNOWN;
	}
}

static gboolean
is_cms(const char *type)
{
	return g_strcmp0(type, "application/pkcs7-signature") == 0 ||
	    g_strcmp0(type, "application/x-pkcs7-signature") == 0;
}

/* What the signed part holds: one level deep, as providers build it. */
static void
look_inside(RnSealed *s)
{
	g_autoptr(RnMimePart) inside = rn_mime_open(s->covered);
	gboolean closed;
	g_autoptr(GPtrArray) parts = rn_mime_children(inside, MAX_PARTS, &closed);

	for (guint i = 0; i < parts->len; i++) {
		g_autoptr(RnMimePart) part = rn_mime_open(g_ptr_array_index(parts, i));

		if (rn_mime_is_named(part, "daticert.xml")) {
			s->n_daticert++;
			g_clear_pointer(&s->daticert, g_bytes_unref);
			s->daticert = rn_mime_decode(part);
		} else if (g_strcmp0(part->type, "message/rfc822") == 0 ||
		    rn_mime_is_named(part, "postacert.eml")) {
			s->n_messages++;
			g_clear_pointer(&s->postacert, g_bytes_unref);
			s->postacert = rn_mime_decode(part);
		} else if (g_strcmp0(part->type, "application/xml") == 0 ||
		    g_strcmp0(part->type, "text/xml") == 0)
			s->n_xml++;
	}
	if (s->n_daticert != 1)
		g_clear_pointer(&s->daticert, g_bytes_unref);
	if (s->n_messages != 1)
		g_clear_pointer(&s->postacert, g_bytes_unref);
	if (!closed && parts->len > 0)
		s->fault = RN_FAULT_STRUCTURE;
}

static void
read_signed(RnSealed *s, const RnMimePart *root)
{
	gboolean closed;
	g_autoptr(GPtrArray) parts = rn_mime_children(root, MAX_PARTS, &closed);
	g_autoptr(RnMimePart) last = NULL;

	if (parts->len == 0)
		return;
	last = rn_mime_open(g_ptr_array_index(parts, parts->len - 1));
	s->covered = g_bytes_ref(g_ptr_array_index(parts, 0));
	look_inside(s);
	if (g_strcmp0(last->type, "application/pgp-signature") == 0) {
		s->seal = RN_SEAL_OPENPGP;
		return;
	}
	if (parts->len < 2 || !is_cms(last->type)) {
		s->fault = RN_FAULT_NOT_SIGNED;
		return;
	}
	s->seal = RN_SEAL_CMS;
	if (parts->len != 2 || !closed)
		s->fault = RN_FAULT_STRUCTURE;
	s->cms = rn_mime_decode(last);
}

RnSealed *
rn_sealed_read(GBytes *raw, const RnHead *head)
{
	RnSealed *s = g_new0(RnSealed, 1);
	g_autoptr(RnMimePart) root = rn_mime_open(raw);

	read_claim(s, head);
	if (g_strcmp0(root->type, "multipart/signed") == 0)
		read_signed(s, root);
	else if (g_strcmp0(root->type, "application/pkcs7-mime") == 0 ||
	    g_strcmp0(root->type, "application/x-pkcs7-mime") == 0)
		s->seal = RN_SEAL_OPAQUE;
	if (s->n_daticert > 0 && s->claim == RN_REG_SMIME)
		s->claim = RN_REG_UNKNOWN;
	s->registered |= s->n_daticert > 0 || (s->seal == RN_SEAL_CMS && s->n_xml > 0);
	if (s->registered && s->seal != RN_SEAL_CMS && s->fault == RN_FAULT_NONE)
		s->fault = RN_FAULT_NOT_SIGNED;
	return s;
}

void
rn_sealed_free(RnSealed *s)
{
	if (s == NULL)
		return;
	g_clear_pointer(&s->covered, g_bytes_unref);
	g_clear_pointer(&s->cms, g_bytes_unref);
	g_clear_pointer(&s->daticert, g_bytes_unref);
	g_clear_pointer(&s->postacert, g_bytes_unref);
	g_free(s);
}

GBytes *
rn_sealed_message(const RnSealed *s, const RnHead *head)
{
	GByteArray *out = g_byte_array_new();
	gsize len;
	const guint8 *covered = g_bytes_get_data(s->covered, &len);

	for (guint i = 0; i < rn_head_n(head); i++) {
		const RnField *f = rn_head_at(head, i);

		if (f->name_len >= 8 && g_ascii_strncasecmp(f->name, "Content-", 8) == 0)
			continue;
		g_byte_array_append(out, (const guint8 *)f->name, (guint)f->name_len);
		g_byte_array_append(out, (const guint8 *)":", 1);
		g_byte_array_append(out, (const guint8 *)f->value, (guint)f->value_len);
		g_byte_array_append(out, (const guint8 *)"\r\n", 2);
	}
	g_byte_array_append(out, covered, (guint)len);
	return g_byte_array_free_to_bytes(out);
}
