/* pack_check.c: evidence is looked through from the outside in: the files as the manifest names them, who
 * signed that, the chain of the ledger, the mails and letters that its rows hold the digests of, the
 * time-stamps. */
#include "core/pack_check.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/world.h"
#include "core/engine.h"
#include "core/keep.h"
#include "core/stamps.h"

#define EML_PARTS 4	/* the archive is among the first parts of a mail */
#define EML_MAX (RN_PACK_BYTES / 2)

typedef struct {
	const RnPack	*pack;
	const RnTrust	*trust;
	RnCheckTell	 tell;
	gpointer	 data;
	gboolean	 good;
	gboolean	 is_signed;	/* by somebody whose certificate led to an anchor */
	gboolean	 vouched;	/* a signature or a stamp led there */
	GHashTable	*digests;	/* "L12", "R5" -> digest of that file; owned by it */
	GHashTable	*held;		/* those whose digest a row holds */
	GPtrArray	*chains;
} Look;

static void say(Look *l, RnCheck how, const char *what, const char *format, ...) G_GNUC_PRINTF(4, 5);

static void
say(Look *l, RnCheck how, const char *what, const char *format, ...)
{
	g_autofree char *words = NULL;
	va_list list;

	va_start(list, format);
	words = g_strdup_vprintf(format, list);
	va_end(list);
	l->good &= how != RN_CHECK_FAIL;
	l->tell(how, what, words, l->data);
}

static char *
digest_of(GBytes *data)
{
	gsize len;
	const void *bytes = g_bytes_get_data(data, &len);

	return rn_text_sha256(bytes != NULL ? bytes : "", len);
}

static char *
time_text(gint64 t)
{
	g_autoptr(GTimeZone) utc = g_time_zone_new_utc();

	return rn_time_text(t, utc);
}

/* --- the files --- */

static gboolean
check_files(Look *l, const RnManifest *m)
{
	g_autoptr(GHashTable) named = g_hash_table_new(g_str_hash, g_str_equal);
	guint wrong = 0;

	for (guint i = 0; i < m->rows->len; i++) {
		const RnManifestRow *row = g_ptr_array_index(m->rows, i);
		const RnPackFile *f = rn_pack_find(l->pack, row->path);
		g_autofree char *digest = f != NULL ? digest_of(f->data) : NULL;

		g_hash_table_add(named, row->path);
		if (f == NULL) {
			say(l, RN_CHECK_FAIL, row->path, "is missing: the manifest names it");
			wrong++;
		} else if ((gint64)g_bytes_get_size(f->data) != row->size ||
		    strcmp(digest, row->sha256) != 0) {
			say(l, RN_CHECK_FAIL, row->path, "was changed: it is not what the manifest says");
			wrong++;
		}
	}
	for (guint i = 0; i < l->pack->files->len; i++) {
		const RnPackFile *f = g_ptr_array_index(l->pack->files, i);

		if (g_hash_table_contains(named, f->path) || strcmp(f->path, RN_PACK_MANIFEST) == 0 ||
		    strcmp(f->path, RN_PACK_SIGNATURE) == 0)
			continue;
		say(l, RN_CHECK_FAIL, f->path, "was put in: the manifest does not name it");
		wrong++;
	}
	if (wrong == 0)
		say(l, RN_CHECK_OK, "manifest", "order %s: %u files, each as the manifest names it", m->order,
		    m->rows->len);
	return wrong == 0;
}

static void
check_signature(Look *l, const RnManifest *m)
{
	const RnPackFile *manifest = rn_pack_find(l->pack, RN_PACK_MANIFEST);
	const RnPackFile *f = rn_pack_find(l->pack, RN_PACK_SIGNATURE);
	g_auto(RnSignatureFace) face = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *at = NULL;

	if (f == NULL) {
		if (m->is_signed)
			say(l, RN_CHECK_FAIL, "signature", "is missing: the manifest says that it is signed");
		else
			say(l, RN_CHECK_NOTE, "signature",
			    "there is none: what only order.json and the index say is the word of whoever made them");
		return;
	}
	if (!m->is_signed)
		say(l, RN_CHECK_FAIL, "signature", "was put in: the manifest says that it is not signed");
	if (!rn_signature_check(manifest->data, f->data, l->trust, &face, &error)) {
		say(l, RN_CHECK_FAIL, "signature", "does not hold: %s", error->message);
		return;
	}
	at = face.time != 0 ? time_text(face.time) : g_strdup("a time that it does not name");
	if (face.trusted) {
		l->is_signed = l->vouched = TRUE;
		say(l, RN_CHECK_OK, "signature",
		    "of the manifest by %s, who says that it was at %s; certificate %s", face.signer, at,
		    face.certificate);
	} else
		say(l, l->trust->anchors->len > 0 ? RN_CHECK_FAIL : RN_CHECK_NOTE, "signature",
		    "is of this manifest, but %s: %s; it calls itself %s, certificate %s",
		    l->trust->anchors->len > 0 ? "its certificate is not trusted" : "nobody vouches for it",
		    face.doubt, face.signer, face.certificate);
}

/* --- the ledger --- */

/* Letters and mails by their numbers. */
static void
note_digests(Look *l)
{
	for (guint i = 0; i < l->pack->files->len; i++) {
		const RnPackFile *f = g_ptr_array_index(l->pack->files, i);
		const char *slash = strchr(f->path, '/');
		gboolean letter = g_str_has_prefix(f->path, "letters/L");

		if (slash == NULL ||
		    (!letter && !g_str_has_prefix(f->path, "replies/R") &&
		        !g_str_has_prefix(f->path, "receipts/R")))
			continue;
		g_hash_table_insert(l->digests,
		    g_strdup_printf("%c%" G_GINT64_FORMAT, slash[1], g_ascii_strtoll(slash + 2, NULL, 10)),
		    digest_of(f->data));
	}
}

/* The last row of C that says that bytes of this box were removed; 0 if there is none. */
static gint64
removal_in(const RnProofChain *c)
{
	gint64 seq = 0;

	for (guint i = 0; i < c->rows->len; i++) {
		const RnProofRow *r = g_ptr_array_index(c->rows, i);

		if (r->own && rn_keep_removal(r->row->what))
			seq = r->seq;
	}
	return seq;
}

/* REMOVAL: as above. */
static void
check_subject(Look *l, const RnProofRow *r, char kind, gint64 id, const char *digest, gint64 removal)
{
	g_autofree char *name = g_strdup_printf("%c%" G_GINT64_FORMAT, kind, id);
	const char *have = g_hash_table_lookup(l->digests, name);

	if (id == 0 || *digest == '\0')
		return;
	if (have == NULL && removal > r->seq)
		say(l, RN_CHECK_NOTE, name,
		    "is not here: row %" G_GINT64_FORMAT " (%s) is about it, and row %" G_GINT64_FORMAT
		    " says that mails and letters of the box were removed",
		    r->seq, r->row->what, removal);
	else if (have == NULL && r->gone)
		say(l, l->is_signed ? RN_CHECK_NOTE : RN_CHECK_FAIL, name,
		    "is not kept any more, it says; row %" G_GINT64_FORMAT " (%s) is about it%s", r->seq,
		    r->row->what, l->is_signed ? "" : ", and no signature that you trust says so");
	else if (have == NULL)
		say(l, RN_CHECK_FAIL, name, "is not here: row %" G_GINT64_FORMAT " (%s) is about it", r->seq,
		    r->row->what);
	else if (strcmp(have, digest) != 0)
		say(l, RN_CHECK_FAIL, name,
		    "is not the %s that row %" G_GINT64_FORMAT " (%s) is about: it has another digest",
		    kind == 'L' ? "letter" : "mail", r->seq, r->row->what);
	else
		g_hash_table_add(l->held, g_steal_pointer(&name));
}

static void
check_chain(Look *l, const RnProofChain *c)
{
	const char *why = NULL;
	gint64 bad = rn_proof_check(c, &why), removal = removal_in(c);
	g_autofree char *name = g_strdup_printf("ledger %s", c->convention);
	guint own = 0;
	const RnProofRow *last = c->rows->len > 0 ? g_ptr_array_index(c->rows, c->rows->len - 1) : NULL;

	if (last == NULL || bad != 0) {
		say(l, RN_CHECK_FAIL, name, "row %" G_GINT64_FORMAT ": %s", bad,
		    last == NULL ? "there is none" : why);
		return;
	}
	for (guint i = 0; i < c->rows->len; i++) {
		const RnProofRow *r = g_ptr_array_index(c->rows, i);

		if (!r->own)
			continue;
		own++;
		check_subject(l, r, 'R', r->row->inbox_id, r->row->inbox_digest, removal);
		check_subject(l, r, 'L', r->row->letter_id, r->row->letter_digest, removal);
	}
	say(l, RN_CHECK_OK, name,
	    "%u rows, %u of them about the order, in one chain; its end is %s:%" G_GINT64_FORMAT ":%s",
	    c->rows->len, own, c->convention, last->seq, last->digest);
}

static void
check_ledger(Look *l)
{
	const RnPackFile *f = rn_pack_find(l->pack, "ledger.json");
	g_autoptr(GError) error = NULL;
	GHashTableIter it;
	gpointer name;

	l->chains = f != NULL ? rn_proof_read(f->data, &error) : NULL;
	if (l->chains == NULL) {
		say(l, RN_CHECK_FAIL, "ledger", "%s", f != NULL ? error->message : "ledger.json is missing");
		return;
	}
	note_digests(l);
	for (guint i = 0; i < l->chains->len; i++)
		check_chain(l, g_ptr_array_index(l->chains, i));
	if (l->good && g_hash_table_size(l->held) > 0)
		say(l, RN_CHECK_OK, "mails", "%u letters and mails, byte for byte those of the ledger's rows",
		    g_hash_table_size(l->held));
	g_hash_table_iter_init(&it, l->digests);
	while (g_hash_table_iter_next(&it, &name, NULL))
		if (!g_hash_table_contains(l->held, name))
			say(l, RN_CHECK_NOTE, name, "no row of the ledger holds its digest");
}

/* --- the stamps --- */

static const RnProofChain *
chain_of(const Look *l, const char *convention)
{
	for (guint i = 0; l->chains != NULL && i < l->chains->len; i++) {
		const RnProofChain *c = g_ptr_array_index(l->chains, i);

		if (strcmp(c->convention, convention) == 0)
			return c;
	}
	return NULL;
}

/* The digest of row SEQ of C; NULL if that row is not here. */
static const char *
digest_at(const RnProofChain *c, gint64 seq)
{
	gint64 first = c->rows->len > 0 ? ((const RnProofRow *)g_ptr_array_index(c->rows, 0))->seq : 0;

	if (c->rows->len == 0 || seq < first - 1 || seq >= first + (gint64)c->rows->len)
		return NULL;
	return seq == first - 1 ?
	    c->before :
	    ((const RnProofRow *)g_ptr_array_index(c->rows, (guint)(seq - first)))->digest;
}

/* TRUE if the heads of a record are those of the chains, as far as they are here. */
static gboolean
check_record(Look *l, const RnPackFile *f, const char *day, const char *stamp)
{
	g_autoptr(GPtrArray) heads =
	    g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))rn_noted_head_free);
	g_autoptr(GError) error = NULL;
	gsize len;
	const char *text = g_bytes_get_data(f->data, &len);

	if (!rn_stamps_read(text != NULL ? text : "", len, f->path, heads, &error)) {
		say(l, RN_CHECK_FAIL, day, "%s", error->message);
		return FALSE;
	}
	for (guint i = 0; i < heads->len; i++) {
		const RnNotedHead *h = g_ptr_array_index(heads, i);
		const RnProofChain *c = chain_of(l, h->convention);
		const char *digest = c != NULL ? digest_at(c, h->seq) : NULL;

		if (digest == NULL)
			continue;
		if (strcmp(digest, h->digest) != 0) {
			say(l, RN_CHECK_FAIL, day,
			    "row %" G_GINT64_FORMAT
			    " of %s had another digest then: the ledger was written anew",
			    h->seq, h->convention);
			return FALSE;
		}
		say(l, RN_CHECK_OK, day, "rows up to %" G_GINT64_FORMAT " of %s stood in the ledger %s",
		    h->seq, h->convention, stamp);
	}
	return TRUE;
}

static void
check_stamp(Look *l, const RnPackFile *record)
{
	g_autofree char *base = g_strndup(record->path, strlen(record->path) - strlen(".txt"));
	g_autofree char *path = g_strconcat(base, ".tsr", NULL);
	g_autofree char *day = g_strdup_printf("time-stamp %s", base + strlen("stamps/"));
	const RnPackFile *answer = rn_pack_find(l->pack, path);
	gboolean anchors = l->trust->anchors->len > 0;
	g_auto(RnStamp) stamp = { 0 };
	g_autoptr(GError) error = NULL;
	g_autofree char *at = NULL, *words = NULL;

	if (answer == NULL) {
		say(l, RN_CHECK_FAIL, day, "%s is missing", path);
		return;
	}
	if (anchors ? !rn_stamp_check(answer->data, record->data, NULL, l->trust, &stamp, &error) :
	              !rn_stamp_read(answer->data, &stamp, &error)) {
		say(l, RN_CHECK_FAIL, day, "does not hold: %s", error->message);
		return;
	}
	at = time_text(stamp.time);
	if (!anchors)
		say(l, RN_CHECK_NOTE, day, "says %s, by %s; not verified, for no anchor is given (--anchors)",
		    at, stamp.authority);
	else
		words = g_strdup_printf("at %s, says %s", at, stamp.authority);
	l->vouched |=
	    check_record(l, record, day, anchors ? words : "on that day, if the stamp holds") && anchors;
}

static void
check_stamps(Look *l)
{
	guint n = 0;

	for (guint i = 0; i < l->pack->files->len; i++) {
		const RnPackFile *f = g_ptr_array_index(l->pack->files, i);

		if (!g_str_has_prefix(f->path, "stamps/") || !g_str_has_suffix(f->path, ".txt"))
			continue;
		check_stamp(l, f);
		n++;
	}
	if (n == 0)
		say(l, RN_CHECK_NOTE, "time-stamp",
		    "there is none: that the rows were not written later rests on whoever keeps the ledger, and on heads noted "
		    "elsewhere");
}

gboolean
rn_pack_check(const RnPack *pack, const RnTrust *trust, RnCheckTell tell, gpointer data)
{
	g_autoptr(GHashTable) digests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autoptr(GHashTable) held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	Look l = { .pack = pack,
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
		say(&l, RN_CHECK_FAIL, "manifest", "%s",
		    f != NULL ? error->message : RN_PACK_MANIFEST " is missing");
		return FALSE;
	}
	check_files(&l, m);
	check_signature(&l, m);
	check_ledger(&l);
	check_stamps(&l);
	if (trust->anchors->len > 0 && !l.vouched)
		say(&l, RN_CHECK_FAIL, "anchors",
		    "neither a signature nor a time-stamp leads to a certificate of yours");
	g_clear_pointer(&l.chains, g_ptr_array_unref);
	return l.good;
}

/* --- where it comes from --- */

static gboolean
is_zip(GBytes *data)
{
	gsize len;
	const char *bytes = g_bytes_get_data(data, &len);

	return len >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0;
}

/* The archive in a mail, which a parser child takes out. */
static GBytes *
archive_of(RnEngine *e, GBytes *mail)
{
	for (guint i = 0; i < EML_PARTS; i++) {
		g_autoptr(GBytes) part = rn_parser_part(e->parser, mail, i, EML_MAX, NULL);

		if (part != NULL && is_zip(part))
			return g_steal_pointer(&part);
	}
	return NULL;
}

RnPack *
rn_pack_open(const char *path, GError **error)
{
	g_autoptr(GBytes) data = NULL, archive = NULL;
	g_autoptr(RnEngine) e = NULL;

	if (g_file_test(path, G_FILE_TEST_IS_DIR))
		return rn_pack_read_dir(path, error);
	if ((data = rn_pack_read_file(path, RN_PACK_BYTES, error)) == NULL)
		return NULL;
	if (is_zip(data))
		return rn_pack_unzip(data, error);
	if ((e = rn_engine_bare(NULL, RN_NEED_PARSER, error)) == NULL)
		return NULL;
	if ((archive = archive_of(e, data)) == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_INPUT,
		    "%s: it is no ZIP archive, and no mail with one in it", path);
		return NULL;
	}
	return rn_pack_unzip(archive, error);
}
