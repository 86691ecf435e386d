/* pack_stamp.c: the time-stamps in evidence, and what they are over. */
#include <string.h>

#include "core/pack_look.h"
#include "core/stamps.h"

static RnProofChain *
chain_of(const RnLook *l, const char *convention)
{
	for (guint i = 0; l->chains != NULL && i < l->chains->len; i++) {
		RnProofChain *c = g_ptr_array_index(l->chains, i);

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

/* Are the heads of a record those of the chains, as far as they are here? Then it vouches for the rows up to
 * there, if the stamp over it HOLDS. */
static void
check_record(RnLook *l, const RnPackFile *f, const char *day, const char *stamp, gboolean holds)
{
	g_autoptr(GPtrArray) heads =
	    g_ptr_array_new_with_free_func((GDestroyNotify)(void (*)(void))rn_noted_head_free);
	g_autoptr(GError) error = NULL;
	gsize len;
	const char *text = g_bytes_get_data(f->data, &len);
	guint met = 0;

	if (!rn_stamps_read(text != NULL ? text : "", len, f->path, heads, &error)) {
		rn_look_say(l, RN_CHECK_FAIL, day, "%s", error->message);
		return;
	}
	for (guint i = 0; i < heads->len; i++) {
		const RnNotedHead *h = g_ptr_array_index(heads, i);
		RnProofChain *c = chain_of(l, h->convention);
		const char *digest = c != NULL ? digest_at(c, h->seq) : NULL;

		if (digest == NULL)
			continue;
		if (strcmp(digest, h->digest) != 0) {
			rn_look_say(l, RN_CHECK_FAIL, day,
			    "row %" G_GINT64_FORMAT
			    " of %s had another digest then: the ledger was written anew",
			    h->seq, h->convention);
			return;
		}
		met++;
		if (holds)
			c->stamped = MAX(c->stamped, h->seq);
		rn_look_say(l, RN_CHECK_OK, day,
		    "rows up to %" G_GINT64_FORMAT " of %s stood in the ledger %s", h->seq, h->convention,
		    stamp);
	}
	if (met == 0)
		rn_look_say(l, RN_CHECK_NOTE, day, "is over none of the rows that are here");
}

static void
check_stamp(RnLook *l, const RnPackFile *record)
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
		rn_look_say(l, RN_CHECK_FAIL, day, "%s is missing", path);
		return;
	}
	if (anchors ? !rn_stamp_check(answer->data, record->data, NULL, l->trust, &stamp, &error) :
	              !rn_stamp_read(answer->data, &stamp, &error)) {
		rn_look_say(l, RN_CHECK_FAIL, day, "does not hold: %s", error->message);
		return;
	}
	at = rn_look_time(stamp.time);
	if (!anchors)
		rn_look_say(l, RN_CHECK_NOTE, day,
		    "says %s, by %s; not verified, for no anchor is given (--anchors)", at, stamp.authority);
	else
		words = g_strdup_printf("at %s, says %s", at, stamp.authority);
	check_record(l, record, day, anchors ? words : "on that day, if the stamp holds", anchors);
}

void
rn_look_stamps(RnLook *l)
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
		rn_look_say(l, RN_CHECK_NOTE, "time-stamp",
		    "there is none: that the rows were not written later rests on whoever keeps the ledger, and on heads noted "
		    "elsewhere");
}
