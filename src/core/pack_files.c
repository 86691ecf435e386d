/* pack_files.c: which files evidence has: each under the one name that its format gives it, so that a file
 * that goes by the number of another does not stand in its place. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "core/pack_look.h"

#define LEAVES 500	/* of a letter at most */

/* "letters/L12-summary.eml": is it as a row of the ledger says, or does nobody ask? Then what it encloses is
 * what was sent. */
static gboolean
is_letter(const RnLook *l, const RnPackFile *f)
{
	const char *start = "letters/";
	g_autofree char *key = NULL;

	if (!g_str_has_prefix(f->path, start))
		return FALSE;
	key = g_strdup_printf("L%" G_GINT64_FORMAT, g_ascii_strtoll(f->path + strlen(start) + 1, NULL, 10));
	return l->is_signed || l->trust->anchors->len == 0 || g_hash_table_contains(l->held, key);
}

/* "L12-summary.eml", "R5.eml": its number; 0 if it is not written as we write it. */
static gint64
number_of(const char *name)
{
	gint64 id = g_ascii_strtoll(name + 1, NULL, 10);
	g_autofree char *plain = g_strdup_printf("%c%" G_GINT64_FORMAT, *name, id);
	const char *rest = name + strlen(plain);

	if (id <= 0 || !g_str_has_prefix(name, plain) || (*rest != '-' && *rest != '.') ||
	    !g_str_has_suffix(rest, ".eml"))
		return 0;
	return id;
}

/* A letter or a mail: takes its digest down. FALSE if PATH is none, or its number has been there. */
static gboolean
note_mail(RnLook *l, const RnPackFile *f)
{
	gboolean letter = g_str_has_prefix(f->path, "letters/L");
	const char *name = strchr(f->path, '/');
	gint64 id;
	char *key;

	if (name == NULL ||
	    (!letter && !g_str_has_prefix(f->path, "replies/R") &&
	        !g_str_has_prefix(f->path, "receipts/R")) ||
	    (id = number_of(name + 1)) == 0)
		return FALSE;
	key = g_strdup_printf("%c%" G_GINT64_FORMAT, name[1], id);
	if (g_hash_table_contains(l->digests, key)) {
		g_free(key);
		return FALSE;
	}
	return g_hash_table_insert(l->digests, key, rn_bytes_sha256(f->data));
}

/* "contracts/DIGEST-name" with the first of the digest of what is in it. */
static gboolean
is_contract(const RnPackFile *f)
{
	g_autofree char *digest = rn_bytes_sha256(f->data);
	g_autofree char *start = g_strdup_printf("contracts/%.8s-", digest);

	return g_str_has_prefix(f->path, start);
}

static gboolean
is_other(const char *path)
{
	static const char *const names[] = { RN_PACK_MANIFEST, RN_PACK_SIGNATURE, "ledger.json", "order.json",
		"index.html", "index.txt", NULL };

	return g_strv_contains(names, path) ||
	    (g_str_has_prefix(path, "stamps/") &&
	        (g_str_has_suffix(path, ".txt") || g_str_has_suffix(path, ".tsr")));
}

void
rn_look_names(RnLook *l)
{
	for (guint i = 0; i < l->pack->files->len; i++) {
		const RnPackFile *f = g_ptr_array_index(l->pack->files, i);

		if (!is_other(f->path) && !is_contract(f) && !note_mail(l, f))
			rn_look_say(l, RN_CHECK_FAIL, f->path,
			    "is no file of such evidence: its name is not the one for what is in it, or its number comes twice");
	}
}

/* The digests of the parts of the letters that are here. */
static GHashTable *
enclosed(const RnLook *l)
{
	GHashTable *all = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (guint i = 0; i < l->pack->files->len; i++) {
		const RnPackFile *f = g_ptr_array_index(l->pack->files, i);

		for (guint n = 0; is_letter(l, f) && n < LEAVES; n++) {
			g_autoptr(GBytes) part =
			    rn_parser_part(l->parser, f->data, n, RN_PACK_BYTES / 2, NULL);

			if (part == NULL)
				break;
			g_hash_table_add(all, rn_bytes_sha256(part));
		}
	}
	return all;
}

void
rn_look_contracts(RnLook *l)
{
	g_autoptr(GHashTable) parts = NULL;
	guint n = 0, wrong = 0;

	for (guint i = 0; l->parser != NULL && i < l->pack->files->len; i++) {
		const RnPackFile *f = g_ptr_array_index(l->pack->files, i);
		g_autofree char *digest = NULL;

		if (!g_str_has_prefix(f->path, "contracts/"))
			continue;
		n++;
		if (parts == NULL)
			parts = enclosed(l);
		digest = rn_bytes_sha256(f->data);
		if (!g_hash_table_contains(parts, digest)) {
			wrong++;
			rn_look_say(l, RN_CHECK_FAIL, f->path, "is enclosed in none of the letters");
		}
	}
	if (n > 0 && wrong == 0)
		rn_look_say(l, RN_CHECK_OK, "contracts", "%u, each enclosed in a letter byte for byte", n);
}
