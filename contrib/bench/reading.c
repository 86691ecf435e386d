/* reading.c: what it costs to read one reply of 60 kB of HTML: typed text and intent, over GMime's parse of
 * it.
 *
 * reading LETTER.eml...
 *
 * The reply answers each LETTER as Outlook does. Prints microseconds of CPU, the median of several rounds,
 * and what our reading costs on top of GMime's own parsing and decoding of the reply: where no letter is
 * known, where it is known as the store has it once it has left (quoted.h), and where it must be made of the
 * letter's bytes first; exit 1 if the second is over 4 times what GMime takes. */
#include <gmime/gmime.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mail/parts.h"
#include "mail/quoted.h"
#include "mail/read.h"

#define SIZE (60 * 1000)
#define ROUNDS 15
#define TURNS 40
#define LIMIT 4.0	/* times what GMime takes */

/* What Word puts into the head: fonts, list styles, sections. */
static void
put_head(GString *h)
{
	g_string_append(h,
	    "<html xmlns:o=\"urn:schemas-microsoft-com:office:office\"><head>"
	    "<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"><style><!--\n");
	for (guint i = 0; i < 40; i++)
		g_string_append_printf(h,
		    "@list l%u:level1 {mso-level-number-format:bullet; mso-level-text:; mso-level-tab-stop:none; "
		    "mso-level-number-position:left; text-indent:-18.0pt; font-family:Symbol;}\n",
		    i);
	g_string_append(h,
	    "--></style></head><body lang=\"IT\" link=\"#0563C1\" vlink=\"#954F72\">"
	    "<div class=\"WordSection1\">");
}

static void
put_paragraph(GString *h, const char *text)
{
	g_autofree char *escaped = g_markup_escape_text(*text != '\0' ? text : "\xc2\xa0", -1);

	g_string_append_printf(h,
	    "<p class=\"MsoNormal\" style=\"margin-bottom:12.0pt;mso-margin-top-alt:auto\"><span style=\"font-size:"
	    "10.0pt;font-family:&quot;Arial&quot;,sans-serif;color:#1F497D;mso-fareast-language:IT\">%s<o:p></o:p>"
	    "</span></p>\n",
	    escaped);
}

/* The thin line with the header block, and TEXT below it. */
static void
put_quotation(GString *h, const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

	g_string_append(h,
	    "<div><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\">"
	    "<p class=\"MsoNormal\"><b>Da:</b> Ordine &lt;rinnovo@ordine.example&gt;<br><b>Inviato:</b> "
	    "luned&igrave; 23 novembre 2026 10:15<br><b>A:</b> Maria Rossi<br><b>Oggetto:</b> La sua "
	    "casella PEC scade</p></div></div>");
	for (guint i = 0; lines[i] != NULL && h->len < SIZE; i++)
		put_paragraph(h, lines[i]);
}

/* As Outlook answers: a line, a signature, the letter below, and the one before it until there is enough. */
static char *
html_body(const char *text)
{
	GString *h = g_string_new(NULL);

	put_head(h);
	put_paragraph(h, "S\xc3\xac, rinnovate pure");
	put_paragraph(h, "");
	while (h->len < SIZE)
		put_quotation(h, text);
	g_string_append(h, "</div></body></html>");
	return g_string_free(h, FALSE);
}

static GBytes *
reply(const char *text)
{
	g_autofree char *html = html_body(text);
	g_autofree char *qp = NULL;
	GMimeEncoding encode;
	gsize room, n;

	g_mime_encoding_init_encode(&encode, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	room = g_mime_encoding_outlen(&encode, strlen(html));
	qp = g_malloc(room + 1);
	n = g_mime_encoding_flush(&encode, html, strlen(html), qp);
	qp[n] = '\0';
	html = (g_free(html),
	    g_strconcat(
	        "From: Maria Rossi <m.rossi@posta.example>\n"
	        "To: rinnovo@ordine.example\nSubject: R: La sua casella PEC scade\nMessage-ID: <1@posta.example>\n"
	        "MIME-Version: 1.0\nContent-Type: text/html; charset=\"utf-8\"\n"
	        "Content-Transfer-Encoding: quoted-printable\n\n",
	        qp, NULL));
	n = strlen(html);
	return g_bytes_new_take(g_steal_pointer(&html), n);
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void
decode_text(G_GNUC_UNUSED GMimeObject *parent, GMimeObject *part, G_GNUC_UNUSED gpointer data)
{
	if (GMIME_IS_TEXT_PART(part))
		g_free(g_mime_text_part_get_text(GMIME_TEXT_PART(part)));
}

/* What GMime does for anybody who wants the text: parses, decodes, converts to UTF-8. */
static void
parse_only(GBytes *raw, gboolean decode)
{
	gsize len;
	const char *data = g_bytes_get_data(raw, &len);
	GMimeStream *stream = g_mime_stream_mem_new_with_buffer(data, len);
	GMimeParser *parser = g_mime_parser_new_with_stream(stream);
	GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);

	if (decode)
		g_mime_message_foreach(message, decode_text, NULL);
	g_object_unref(message);
	g_object_unref(parser);
	g_object_unref(stream);
}

static void
read_all(GBytes *raw, GBytes *known)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnFacts) f = rn_facts_parse(raw, NULL, known, NULL, &error);

	if (f == NULL || f->intent != RN_INTENT_RENEW) {
		fprintf(stderr, "reading: the reply was read as %s: %s\n",
		    f != NULL ? rn_word(RN_WORDS_INTENT, f->intent) : "nothing",
		    f != NULL ? f->typed_text : error->message);
		exit(1);
	}
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

enum { STRUCTURE, TEXT, WITHOUT, READY, BYTES, N_WAYS };

static void
turn(int way, GBytes *raw, GBytes *letter, GBytes *ready)
{
	switch (way) {
	case STRUCTURE:
	case TEXT:
		parse_only(raw, way == TEXT);
		break;
	default:
		read_all(raw, way == WITHOUT ? NULL : way == READY ? ready : letter);
	}
}

/* Rounds of all ways in turn, so that a busy machine harms them alike. */
static void
measure(GBytes *raw, GBytes *letter, double *us)
{
	char *made = rn_quoted_make(letter);
	g_autoptr(GBytes) ready = g_bytes_new_take(made, strlen(made));
	double all[N_WAYS][ROUNDS];

	for (guint r = 0; r < ROUNDS; r++) {
		for (int way = 0; way < N_WAYS; way++) {
			double start = cpu_us();

			for (guint i = 0; i < TURNS; i++)
				turn(way, raw, letter, ready);
			all[way][r] = (cpu_us() - start) / TURNS;
		}
	}
	for (int way = 0; way < N_WAYS; way++) {
		qsort(all[way], ROUNDS, sizeof(double), compare);
		us[way] = all[way][ROUNDS / 2];
	}
}

static double
on_top(const double *us, int way)
{
	return us[way] / us[TEXT] - 1;
}

/* The figures of a reply to the letter in FILE; TRUE if they are good enough. */
static gboolean
report(const char *file)
{
	g_autoptr(GBytes) raw = NULL, letter = NULL;
	g_autofree char *data = NULL;
	g_autoptr(RnParts) parts = NULL;
	double us[N_WAYS];
	gsize len;

	if (!g_file_get_contents(file, &data, &len, NULL)) {
		fprintf(stderr, "reading: %s cannot be read\n", file);
		return FALSE;
	}
	letter = g_bytes_new(data, len);
	parts = rn_parts_read(letter, NULL);
	raw = reply(parts->text);
	measure(raw, letter, us);
	printf("reply of %.1f kB to a letter of %.1f kB%s\n", (double)g_bytes_get_size(raw) / 1000,
	    (double)len / 1000, parts->html != NULL ? " in text and HTML" : "");
	printf("  GMime alone: %.0f us (its structure %.0f)\n", us[TEXT], us[STRUCTURE]);
	printf("  letter not known: %.0f us, on top %.2f times GMime's\n", us[WITHOUT], on_top(us, WITHOUT));
	printf("  letter known:     %.0f us, on top %.2f times GMime's%s\n", us[READY], on_top(us, READY),
	    on_top(us, READY) > LIMIT ? ": over" : "");
	printf(
	    "  made of its bytes first: %.0f us, on top %.2f times GMime's\n", us[BYTES], on_top(us, BYTES));
	return on_top(us, READY) <= LIMIT;
}

int
main(int argc, char **argv)
{
	gboolean good = argc > 1;

	rn_read_init();
	if (argc < 2)
		fprintf(stderr, "usage: reading LETTER.eml...\n");
	for (int i = 1; i < argc; i++)
		good &= report(argv[i]);
	return !good;
}
