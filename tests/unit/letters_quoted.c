/* Replies that quote the HTML of a letter, as programs quote it, in every language: what is read is what was
 * typed, and a reply without a word of the member's says nothing. */
#include <string.h>

#include "base/text.h"
#include "mail/letter.h"
#include "mail/quoted.h"
#include "mail/read.h"
#include "mail/typed.h"

#define TOKEN "0123456789abcdefghjkmnpqrstvwxyz01234567"

/* What a program puts around the typed text ({t}) and the quotation ({q}). */
typedef struct {
	const char	*name, *type, *reply;
	enum { PAGE, PLAIN, LINKED } quoted;	/* the HTML, its text, or its text with the links beside it */
	const char	*mark;			/* before each line of a text */
	guint		 width;			/* of its lines; 0: as long as they are */
} Shape;

#define SAID \
	"Il giorno gio 26 nov 2026 alle ore 22:39 Ordine dei Medici di Esempio &lt;rinnovo@ordine.example&gt; ha scritto:"
#define SAID_TEXT \
	"Il giorno gio 26 nov 2026 alle ore 22:39 Ordine dei Medici di Esempio <rinnovo@ordine.example> ha scritto:\n\n"
#define BLOCK_TEXT \
	"Da: Ordine dei Medici di Esempio <rinnovo@ordine.example>\nInviato: giovedì 26 novembre 2026 22:39\nA: Maria Rossi\nOggetto: La sua casella PEC\n\n"

static const Shape shapes[] = {
	{ "gmail", "text/html",
	    "<div dir=\"ltr\">{t}</div><br><div class=\"gmail_quote\"><div dir=\"ltr\" class=\"gmail_attr\">" SAID
	    "<br></div><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex;border-left:1px #ccc solid\">{q}</blockquote></div>",
	    PAGE, "", 0 },
	{ "apple", "text/html",
	    "<html><body>{t}<div><br><blockquote type=\"cite\"><div>" SAID "</div><br><div>{q}</div></blockquote></div></body></html>",
	    PAGE, "", 0 },
	{ "outlook", "text/html",
	    "<html><body><p>{t}</p><div style=\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\"><p><b>Da:</b> "
	    "Ordine &lt;rinnovo@ordine.example&gt;<br><b>Inviato:</b> giovedì 26 novembre 2026 22:39<br><b>A:</b> Maria Rossi<br>"
	    "<b>Oggetto:</b> La sua casella</p></div>{q}</body></html>",
	    PAGE, "", 0 },
	{ "without a mark", "text/html", "<div>{t}</div>{q}", PAGE, "", 0 },
	{ "answered below", "text/html", "{q}<div>{t}</div>", PAGE, "", 0 },
	{ "text of a browser's program", "text/plain", "{t}\n\n" SAID_TEXT "{q}", LINKED, "> ", 72 },
	{ "text below a header", "text/plain", "{t}\n\n" BLOCK_TEXT "{q}", LINKED, "", 0 },
	{ "text without a header", "text/plain", "{t}\n\n{q}", PLAIN, "", 0 },
	{ "text without a header, broken", "text/plain", "{t}\n\n{q}", PLAIN, "", 60 },
	{ "text, answered below", "text/plain", "{q}\n\n{t}\n", PLAIN, "> ", 76 },
};

static const struct {
	const char	*typed;
	RnIntent	 says;
} answers[] = {
	{ "RINNOVA", RN_INTENT_RENEW },
	{ "", RN_INTENT_EMPTY },
	{ "NON RINNOVO", RN_INTENT_NO },
	{ "Accetto", RN_INTENT_ACCEPT },
	{ "Quanto costa?", RN_INTENT_QUESTION },
};

static char *
wrapped(const char *text, const char *mark, guint width)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	GString *out = g_string_new(NULL);

	for (guint i = 0; lines[i] != NULL; i++) {
		g_auto(GStrv) words = g_strsplit(lines[i], " ", -1);
		gsize column = 0;

		g_string_append(out, mark);
		for (guint k = 0; words[k] != NULL; k++) {
			if (column > 0 && width > 0 && column + strlen(words[k]) > width) {
				g_string_append_printf(out, "\n%s", mark);
				column = 0;
			}
			g_string_append_printf(out, "%s%s", column > 0 ? " " : "", words[k]);
			column += strlen(words[k]) + 1;
		}
		g_string_append_c(out, '\n');
	}
	return g_string_free(out, FALSE);
}

/* What SHAPE quotes of HTML. */
static char *
quotation(const Shape *shape, const char *html)
{
	g_autoptr(GRegex) link = g_regex_new("<a [^>]*href=\"([^\"]*)\"[^>]*>([^<]*)</a>", 0, 0, NULL);
	g_autofree char *linked = g_regex_replace(link, html, -1, 0, "\\2 &lt;\\1&gt;", 0, NULL);
	const char *body = strstr(html, "<body"), *end = strstr(html, "</body>");
	g_autofree char *text = NULL;

	if (shape->quoted == PAGE) {
		body = strchr(body, '>') + 1;
		return g_strndup(body, (gsize)(end - body));
	}
	text = rn_html_text(
	    shape->quoted == LINKED ? linked : html, strlen(shape->quoted == LINKED ? linked : html));
	return wrapped(text, shape->mark, shape->width);
}

static char *
reply_with(const Shape *shape, const char *quoted, const char *typed)
{
	g_autoptr(GString) body = g_string_new(shape->reply);

	g_string_replace(body, "{t}", typed, 1);
	g_string_replace(body, "{q}", quoted, 1);
	return g_strdup_printf(
	    "From: maria.rossi@posta.example\nTo: rinnovo@ordine.example\nSubject: Re: La sua casella\n"
	    "MIME-Version: 1.0\nContent-Type: %s; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s",
	    shape->type, body->str);
}

static GBytes *
letter_of(const RnWritten *w, const char *language)
{
	g_autoptr(GTimeZone) tz = g_time_zone_new_utc();
	g_autoptr(GError) why = NULL;
	RnDraft d = { .from_name = "Ordine dei Medici di Esempio",
		.from = "rinnovo@ordine.example",
		.to = "maria.rossi@posta.example",
		.subject = w->subject,
		.message_id = "n.1." TOKEN "@ordine.example",
		.auto_submitted = "auto-generated",
		.date = 1793788496,
		.tz = tz,
		.language = language,
		.body = w->text,
		.html = w->html };
	GBytes *raw = rn_letter_compose(&d, &why);

	g_assert_no_error(why);
	return raw;
}

static void
check(const Shape *shape, const RnWritten *w, GBytes *letter, const char *what)
{
	g_autofree char *quoted = quotation(shape, w->html);

	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autofree char *reply = reply_with(shape, quoted, answers[i].typed);
		g_autoptr(GBytes) raw = g_bytes_new(reply, strlen(reply));
		g_autoptr(GError) why = NULL;
		g_autoptr(RnFacts) f = rn_facts_parse(raw, NULL, letter, NULL, &why);

		g_assert_no_error(why);
		if (f->intent != answers[i].says || strcmp(f->typed_text, answers[i].typed) != 0)
			g_test_message("%s, %s, \"%s\": \"%s\" is read as %s (%s)", what, shape->name,
			    answers[i].typed, f->typed_text, rn_word(RN_WORDS_INTENT, f->intent),
			    f->intent_rule);
		g_assert_cmpstr(f->typed_text, ==, answers[i].typed);
		g_assert_cmpint(f->intent, ==, answers[i].says);
	}
}

/* Where the letter is not known: nothing typed is never read as an order or a no. */
static void
check_unknown(const Shape *shape, const RnWritten *w, const char *what)
{
	g_autofree char *quoted = quotation(shape, w->html);
	g_autofree char *reply = reply_with(shape, quoted, "");
	g_autoptr(GBytes) raw = g_bytes_new(reply, strlen(reply));
	g_autoptr(RnFacts) f = rn_facts_parse(raw, NULL, NULL, NULL, NULL);

	g_assert_nonnull(f);
	if (f->intent != RN_INTENT_EMPTY && f->intent != RN_INTENT_UNCLEAR && f->intent != RN_INTENT_QUESTION)
		g_test_message("%s, %s, unknown: \"%s\" is read as %s", what, shape->name, f->typed_text,
		    rn_word(RN_WORDS_INTENT, f->intent));
	g_assert_true(f->intent == RN_INTENT_EMPTY || f->intent == RN_INTENT_UNCLEAR ||
	    f->intent == RN_INTENT_QUESTION);
}

/* What is ready made says the same as the bytes of LETTER; what is no such thing is taken as it is. */
static void
check_ready(GBytes *letter)
{
	g_autofree char *made = rn_quoted_make(letter), *of_bytes = rn_quoted_text(letter, NULL),
	                *of_made = NULL;
	g_autoptr(GBytes) ready = g_bytes_new(made, strlen(made));

	of_made = rn_quoted_text(ready, NULL);
	g_assert_cmpstr(of_made, ==, of_bytes);
	g_assert_nonnull(strstr(of_made, RN_OTHER_TEXT));
}

static void
test_odd(void)
{
	static const char *const odd[][2] = { { "Ciao\n", "Ciao\n" }, { "\v\nCiao\n", "Ciao\n" },
		{ "\v\n\xff", "\v\nÿ" }, { "\v", "\v" }, { "From: x\n\n", "From: x\n\n" } };

	for (guint i = 0; i < G_N_ELEMENTS(odd); i++) {
		g_autoptr(GBytes) letter = g_bytes_new(odd[i][0], strlen(odd[i][0]));
		g_autofree char *text = rn_quoted_text(letter, NULL), *made = rn_quoted_make(letter);

		g_assert_cmpstr(text, ==, odd[i][1]);
		g_assert_null(made);
	}
	g_assert_null(rn_quoted_text(NULL, NULL));
}

static void
test_quoted(void)
{
	const char *root = g_getenv("RINNOVA_ROOT");
	g_autofree char *dir = g_build_filename(root != NULL ? root : ".", "templates", NULL);
	g_autoptr(RnLetters) l = rn_letters_load(dir, FALSE, NULL);
	g_auto(GStrv) languages = rn_letters_languages(l);

	for (guint n = 0; languages[n] != NULL; n++) {
		g_autoptr(RnView) v = rn_letters_sample_in(rn_letters_words(l, languages[n]));

		for (int kind = 0; kind < RN_LETTER_N; kind++) {
			g_auto(RnWritten) w = { 0 };
			g_autoptr(GBytes) letter = NULL;
			g_autofree char *what =
			    g_strdup_printf("%s/%s", languages[n], rn_word(RN_WORDS_LETTER, kind));

			if (kind == RN_LETTER_ADMIN)
				continue;
			g_assert_true(rn_letters_render(l, kind, languages[n], v, &w, NULL));
			letter = letter_of(&w, languages[n]);
			check_ready(letter);
			for (gsize s = 0; s < G_N_ELEMENTS(shapes); s++) {
				check(&shapes[s], &w, letter, what);
				check_unknown(&shapes[s], &w, what);
			}
		}
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	rn_read_init();
	g_test_add_func("/letters/quoted", test_quoted);
	g_test_add_func("/letters/quoted/odd", test_odd);
	return g_test_run();
}
