#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "core/dossier.h"
#include "core/pack_check.h"
#include "prog/prog.h"
#include "prog/show.h"

typedef enum { FORMAT_DIR, FORMAT_ZIP, FORMAT_EML, FORMAT_N } Format;

static const char *const format_words[FORMAT_N + 1] = { "dir", "zip", "eml", NULL };

typedef struct {
	const char	*number, *out;
	Format		 format;
} Wish;

/* A mail to the administrator that a lawyer can open: the index as its text, the archive enclosed. */
static GBytes *
as_mail(const RnDossier *d, const RnPack *pack, GBytes *zip, GError **error)
{
	const RnSite *site = &d->e->settings->site;
	g_autofree char *from =
	    g_strdup_printf("%s@%s", *site->localpart != '\0' ? site->localpart : "rinnovo", site->domain);
	g_autofree char *subject = g_strdup_printf("Fascicolo dell'ordine di rinnovo %s", d->order->number);
	g_autofree char *id = g_strdup_printf("evidence.%s@%s", d->order->number, site->domain);
	g_autofree char *name = g_strdup_printf("rinnova-%s.zip", d->order->number);
	gsize len;
	const char *index = g_bytes_get_data(rn_pack_find(pack, "index.txt")->data, &len);
	g_autofree char *body = g_strndup(index, len);
	RnEnclosure enclosure = { name, "application/zip", zip };
	RnDraft draft = {
		.from_name = site->name, .from = from, .to = site->admin, .subject = subject, .message_id = id,
		.auto_submitted = "auto-generated", .date = rn_dossier_end(d), .tz = d->e->settings->tz, .language = "it",
		.body = body, .enclosures = &enclosure, .n_enclosures = 1,
	};

	return rn_letter_compose(&draft, error);
}

static gboolean
write_out(const RnDossier *d, const RnPack *pack, const Wish *w, GError **error)
{
	g_autoptr(GBytes) zip = NULL, mail = NULL;

	if (w->format == FORMAT_DIR)
		return rn_pack_write_dir(w->out, pack, error);
	if ((zip = rn_pack_zip(pack, error)) == NULL)
		return FALSE;
	if (w->format == FORMAT_ZIP)
		return rn_pack_write_file(w->out, zip, error);
	return (mail = as_mail(d, pack, zip, error)) != NULL && rn_pack_write_file(w->out, mail, error);
}

static gboolean
give(RnEngine *e, const Wish *w, GError **error)
{
	const RnSite *site = &e->settings->site;
	g_autoptr(RnTx) tx = rn_tx_look(e->store, error);
	g_autoptr(RnSigner) signer = NULL;
	g_autoptr(RnDossier) d = NULL;
	g_autoptr(RnPack) pack = NULL;

	if (*site->evidence_key != '\0' &&
	    (signer = rn_signer_load(site->evidence_key, site->evidence_certificate, error)) == NULL)
		return FALSE;
	if (tx == NULL || (d = rn_dossier_gather(e, tx, w->number, error)) == NULL ||
	    (pack = rn_dossier_pack(d, signer, error)) == NULL || !write_out(d, pack, w, error))
		return FALSE;
	printf("%s: %u files, %u letters, %u mails, %s, %u time-stamps\n", w->out, pack->files->len,
	    d->letters->len, d->mails->len, signer != NULL ? "signed" : "not signed", d->stamps->len);
	return TRUE;
}

static void
say(RnCheck how, const char *what, const char *words, G_GNUC_UNUSED gpointer data)
{
	static const char *const marks[] = { "ok", "note", "FAIL" };
	g_autofree char *name = rn_text_plain(what), *text = rn_text_plain(words);

	printf("%-5s %s: %s\n", marks[how], name, text);
}

static int
verify(const char *path, const char *anchors)
{
	static const char *const worths[] = {
		[RN_WORTH_FAILS] = "This evidence does not hold.",
		[RN_WORTH_FITS] =
		    "This evidence fits together; who vouches for it was not verified (--anchors).",
		[RN_WORTH_STAMPED] =
		    "What the rows hold stood in the ledger when it was stamped; for other files, and that it is everything, nobody vouches (no signature).",
		[RN_WORTH_HOLDS] = "This evidence holds.",
	};
	g_autoptr(GError) error = NULL;
	g_autoptr(RnEngine) e = rn_engine_bare(NULL, RN_NEED_PARSER, &error);
	g_autoptr(RnTrust) trust = e != NULL ? rn_trust_load(anchors, NULL, FALSE, &error) : NULL;
	g_autoptr(RnPack) pack = trust != NULL ? rn_pack_open(path, e->parser, &error) : NULL;
	RnWorth worth;

	if (pack == NULL)
		return rn_complain("evidence", error);
	worth = rn_pack_check(pack, e->parser, trust, say, NULL);
	puts(worths[worth]);
	return worth != RN_WORTH_FAILS ? RN_EXIT_OK : RN_EXIT_FAILED;
}

/* What is meant where --format is not given: what the name ends with. */
static Format
format_of(const char *out)
{
	return out == NULL || g_str_has_suffix(out, ".zip") ? FORMAT_ZIP :
	    g_str_has_suffix(out, ".eml")                   ? FORMAT_EML :
	                                                      FORMAT_DIR;
}

static int export(const char *config, const char *number, const char *out, const char *format)
{
	static const char *const ends[FORMAT_N] = { "", ".zip", ".eml" };
	Wish w = { .number = number, .format = format_of(out) };
	g_autofree char *usual = NULL;
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(GError) error = NULL;
	int code = RN_EXIT_OK;

	for (int i = 0; format != NULL && i < FORMAT_N; i++)
		if (strcmp(format, format_words[i]) == 0)
			w.format = (Format)i;
	usual = g_strdup_printf("rinnova-%s%s", number, ends[w.format]);
	w.out = out != NULL ? out : usual;
	e = rn_show_open(
	    "evidence", config, RN_NEED_SETTINGS | RN_NEED_PARSER | RN_NEED_STORE | RN_NEED_READ_ONLY, &code);
	if (e == NULL)
		return code;
	return give(e, &w, &error) ? RN_EXIT_OK : rn_complain("evidence", error);
}

int
rn_cmd_evidence(int argc, char **argv)
{
	g_autofree char *config = NULL, *out = NULL, *format = NULL, *anchors = NULL;
	GOptionEntry options[] = {
		{ "out", 0, 0, G_OPTION_ARG_FILENAME, &out, "where to write; nothing is written over", "PATH" },
		{ "format", 0, 0, G_OPTION_ARG_STRING, &format, "a folder, a ZIP archive, or a mail with it",
		    "dir|zip|eml" },
		{ "anchors", 0, 0, G_OPTION_ARG_FILENAME, &anchors,
		    "with verify: certificates that are trusted, a file or a folder", "PATH" },
		{ 0 },
	};
	gboolean check;

	if (!rn_options(&argc, &argv, options, &config))
		return RN_EXIT_USAGE;
	check = argc == 3 && strcmp(argv[1], "verify") == 0;
	if ((argc != 2 && !check) || (check ? out != NULL || format != NULL : anchors != NULL) ||
	    (argc == 2 && (strchr(argv[1], '/') != NULL || strcmp(argv[1], "verify") == 0)) ||
	    (format != NULL && !g_strv_contains(format_words, format))) {
		fputs(
		    "rinnova: evidence: say NUMBER [--out PATH] [--format dir|zip|eml], or verify PATH [--anchors PATH]\n",
		    stderr);
		return RN_EXIT_USAGE;
	}
	return check ? verify(argv[2], anchors) : export(config, argv[1], out, format);
}
