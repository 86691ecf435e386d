/* pack_check.c: evidence is looked through from the outside in: the files as the manifest names them, who
 * signed that, the chain of the ledger, the time-stamps over it, the mails and letters that its rows hold the
 * digests of, the contracts that the letters enclose. */
#include "core/pack_check.h"

#include <string.h>

#include "base/text.h"
#include "base/world.h"
#include "core/pack_look.h"

void
rn_look_say(RnLook *l, RnCheck how, const char *what, const char *format, ...)
{
	g_autofree char *words = NULL;
	va_list list;

	va_start(list, format);
	words = g_strdup_vprintf(format, list);
	va_end(list);
	l->good &= how != RN_CHECK_FAIL;
	l->tell(how, what, words, l->data);
}

char *
rn_look_time(gint64 t)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

	return rn_time_text(t, utc);
}

/* --- the files --- */

static gboolean
check_files(RnLook *l, const RnManifest *m)
{
	g_autoptr(GHashTable) named = g_hash_table_new(g_str_hash, g_str_equal);
	guint wrong = 0;

	for (guint i = 0; i < m->rows->len; i++) {
		const RnManifestRow *row = g_ptr_array_index(m->rows, i);
		const RnPackFile *f = rn_pack_find(l->pack, row->path);
		g_autofree char *digest = f != NULL ? rn_bytes_sha256(f->data) : NULL;

		g_hash_table_add(named, row->path);
		if (f == NULL) {
			rn_look_say(l, RN_CHECK_FAIL, row->path, "is missing: the manifest names it");
			wrong++;
		} else if ((gint64)g_bytes_get_size(f->data) != row->size ||
		    strcmp(digest, row->sha256) != 0) {
			rn_look_say(
			    l, RN_CHECK_FAIL, row->path, "was changed: it is not what the manifest says");
			wrong++;
		}
	}
	for (guint i = 0; i < l->pack->files->len; i++) {
		const RnPackFile *f = g_ptr_array_index(l->pack->files, i);

		if (g_hash_table_contains(named, f->path) || strcmp(f->path, RN_PACK_MANIFEST) == 0 ||
		    strcmp(f->path, RN_PACK_SIGNATURE) == 0)
			continue;
		rn_look_say(l, RN_CHECK_FAIL, f->path, "was put in: the manifest does not name it");
		wrong++;
	}
	if (wrong == 0)
		rn_look_say(l, RN_CHECK_OK, "manifest", "order %s: %u files, each as the manifest names it",
		    m->order, m->rows->len);
	return wrong == 0;
}

static void
check_signature(RnLook *l, const RnManifest *m)
{
	const RnPackFile *manifest = rn_pack_find(l->pack, RN_PACK_MANIFEST);
	const RnPackFile *f = rn_pack_find(l->pack, RN_PACK_SIGNATURE);
	g_auto(RnSignatureFace) face = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *at = NULL;

	if (f == NULL) {
		if (m->is_signed)
			rn_look_say(
			    l, RN_CHECK_FAIL, "signature", "is missing: the manifest says that it is signed");
		else
			rn_look_say(l, RN_CHECK_NOTE, "signature",
			    "there is none: what only order.json and the index say, and that nothing about the order was left out, is the word "
			    "of whoever made them");
		return;
	}
	if (!m->is_signed)
		rn_look_say(
		    l, RN_CHECK_FAIL, "signature", "was put in: the manifest says that it is not signed");
	if (!rn_signature_check(manifest->data, f->data, l->trust, &face, &error)) {
		rn_look_say(l, RN_CHECK_FAIL, "signature", "does not hold: %s", error->message);
		return;
	}
	at = face.time != 0 ? rn_look_time(face.time) : g_strdup("a time that it does not name");
	if (face.trusted) {
		l->is_signed = TRUE;
		rn_look_say(l, RN_CHECK_OK, "signature",
		    "of the manifest by %s, who says that it was at %s; certificate %s", face.signer, at,
		    face.certificate);
	} else
		rn_look_say(l, l->trust->anchors->len > 0 ? RN_CHECK_FAIL : RN_CHECK_NOTE, "signature",
		    "is of this manifest, but %s: %s; it calls itself %s, certificate %s",
		    l->trust->anchors->len > 0 ? "its certificate is not trusted" : "nobody vouches for it",
		    face.doubt, face.signer, face.certificate);
}

/* --- the mail that it came in --- */

/* DATA with lines that end in LF, and none at the end. */
static GString *
as_lines(GBytes *data)
{
	gsize len;
	const char *bytes = g_bytes_get_data(data, &len);
	GString *text = g_string_new_len(bytes != NULL ? bytes : "", (gssize)len);

	g_string_replace(text, "\r\n", "\n", 0);
	while (text->len > 0 && text->str[text->len - 1] == '\n')
		g_string_truncate(text, text->len - 1);
	return text;
}

static gboolean
same_text(GBytes *a, GBytes *b)
{
	g_autoptr(GString) x = as_lines(a), y = as_lines(b);

	return g_string_equal(x, y);
}

static void
check_cover(RnLook *l)
{
	const RnPackFile *index = rn_pack_find(l->pack, "index.txt");

	if (l->pack->cover == NULL && l->pack->beside == 0)
		return;
	if (l->pack->beside > 0)
		rn_look_say(l, RN_CHECK_FAIL, "mail",
		    "has %u parts beside text and archive, which nobody vouches for; take the archive out of the mail and verify that",
		    l->pack->beside);
	else if (index == NULL || !same_text(l->pack->cover, index->data))
		rn_look_say(l, RN_CHECK_FAIL, "mail",
		    "its text is not the index.txt of the archive; take the archive out of the mail and verify that");
	else
		rn_look_say(l, RN_CHECK_NOTE, "mail",
		    "its text is the index of the archive; who sent it when, and its header, are not part of the evidence");
}

/* With anchors every row about the order must be vouched for, by the signature or by a stamp behind it. */
static void
check_vouched(RnLook *l)
{
	gboolean any = l->is_signed;

	if (l->trust->anchors->len == 0 || l->is_signed)
		return;
	for (guint i = 0; l->chains != NULL && i < l->chains->len; i++)
		any |= ((const RnProofChain *)g_ptr_array_index(l->chains, i))->stamped > 0;
	if (!any)
		rn_look_say(l, RN_CHECK_FAIL, "anchors",
		    "neither a signature nor a time-stamp of its rows leads to a certificate of yours");
	for (guint i = 0; any && l->chains != NULL && i < l->chains->len; i++) {
		const RnProofChain *c = g_ptr_array_index(l->chains, i);
		g_autofree char *name = g_strdup_printf("ledger %s", c->convention);

		if (rn_proof_last(c) > c->stamped)
			rn_look_say(l, RN_CHECK_FAIL, name,
			    "rows from %" G_GINT64_FORMAT
			    " on are vouched for by nobody: no signature, and no time-stamp is over them (there is one each day)",
			    c->stamped + 1);
	}
}

RnWorth
rn_pack_check(const RnPack *pack, RnParser *parser, const RnTrust *trust, RnCheckTell tell, gpointer data)
{
	g_autoptr(GHashTable) digests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GHashTable) held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	RnLook l = { .pack = pack,
		.parser = parser,
		.trust = trust,
		.tell = tell,
		.data = data,
		.good = TRUE,
		.digests = digests,
		.held = held };
	const RnPackFile *f = rn_pack_find(pack, RN_PACK_MANIFEST);
	g_autoptr(GError) error = NULL;
	g_autoptr(RnManifest) m = f != NULL ? rn_manifest_read(f->data, &error) : NULL;

	if (m == NULL) {
		rn_look_say(&l, RN_CHECK_FAIL, "manifest", "%s",
		    f != NULL ? error->message : RN_PACK_MANIFEST " is missing");
		return RN_WORTH_FAILS;
	}
	check_cover(&l);
	check_files(&l, m);
	rn_look_names(&l);
	check_signature(&l, m);
	rn_look_chains(&l);
	rn_look_stamps(&l);
	rn_look_rows(&l);
	rn_look_contracts(&l);
	check_vouched(&l);
	g_clear_pointer(&l.chains, g_ptr_array_unref);
	return !l.good               ? RN_WORTH_FAILS :
	    trust->anchors->len == 0 ? RN_WORTH_FITS :
	    l.is_signed              ? RN_WORTH_HOLDS :
	                               RN_WORTH_STAMPED;
}
