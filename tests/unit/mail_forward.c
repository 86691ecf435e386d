/* What a forwarded mail shows: texts folded, links told by their targets, and what makes a letter ours. */
#include <string.h>

#include "mail/forward.h"
#include "mail/read.h"

static const struct {
	const char	*name, *html, *folded;
} pages[] = {
	{ "a text", "<p>Perch\xc3\xa9 <b>NO</b>, 1.</p>", "perch\xc3\xa9no1" },
	{ "a link behind words", "<a href=\"mailto:a@b.example\">Tocchi</a> qui", "tocchimailtoabexamplequi" },
	{ "a link that says its target", "<a href=\"mailto:a@b.example\">a@b.example</a>", "abexample" },
	{ "and one that says it with its scheme", "<a href=\"http://b.example\">http://b.example</a>", "httpbexample" },
	{ "a link that says another target", "<a href=\"http://evil.example\">a@b.example</a>",
	    "abexamplehttpevilexample" },
	{ "a link around a picture", "<a href=\"http://evil.example\"><img src=\"x\"></a>.", "httpevilexample" },
	{ "a link within a link", "<a href=\"x:1\">a<a href=\"y:2\">b</a>c</a>", "ax1by2c" },
	{ "what nobody sees", "<head><title>t</title><style>s</style></head><!-- c --><i style=\"display:none\">h</i>v",
	    "v" },
	{ "entities", "&egrave;&amp;&#8364;&#65;", "\xc3\xa8"
	                                           "a" },
};

static void
test_html(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
		g_autofree char *got = rn_forward_fold_html(pages[i].html, strlen(pages[i].html));

		g_test_message("%s", pages[i].name);
		g_assert_cmpstr(got, ==, pages[i].folded);
	}
}

/* A page without an end costs no stack. */
static void
test_deep(void)
{
	g_autoptr(GString) page = g_string_new(NULL);
	g_autofree char *got = NULL;

	for (int i = 0; i < 20000; i++)
		g_string_append(page, "<div><a href=\"x\">");
	g_string_append(page, "fine");
	got = rn_forward_fold_html(page->str, page->len);
	g_assert_nonnull(strstr(got, "x"));
}

#define TEXT \
	"Gentile Maria Rossi, la sua casella di Posta Elettronica Certificata scade il giorno lunedi 30 " \
	"novembre 2026. Risponda."

static RnShown *
shown(const char *mail)
{
	g_autoptr(GBytes) raw = g_bytes_new(mail, strlen(mail));
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = rn_forward_read(raw, &error);

	g_assert_no_error(error);
	return list->len == 1 ? g_ptr_array_steal_index(list, 0) : NULL;
}

#define HEAD "From: m@posta.example\r\nMIME-Version: 1.0\r\n"
#define INSIDE \
	"Content-Type: message/rfc822\r\n\r\nFrom: o@ordine.example\r\n" \
	"Message-ID: <n.1@ordine.example>\r\nContent-Type: "
#define ATTACHED(type, body) HEAD INSIDE type "\r\n\r\n" body

static const struct {
	const char	*name, *mail;
	gboolean	 ours;
} mails[] = {
	{ "the letter, attached", ATTACHED("text/plain", TEXT), TRUE },
	{ "attached, with a sentence more", ATTACHED("text/plain", TEXT " Chiami il 899."), FALSE },
	{ "attached, as HTML only", ATTACHED("text/html", "<p>" TEXT "</p>"), TRUE },
	{ "attached, with a link on a word",
	    ATTACHED("text/html", "<p><a href=\"http://x.example\">" TEXT "</a>"), FALSE },
	{ "attached, twice",
	    ATTACHED("multipart/mixed; boundary=b", "--b\r\n\r\n" TEXT "\r\n--b\r\n\r\n" TEXT "\r\n--b--\r\n"), FALSE },
	{ "attached, with a file",
	    ATTACHED("multipart/mixed; boundary=b",
	        "--b\r\n\r\n" TEXT "\r\n--b\r\nContent-Type: application/pdf\r\n\r\nx\r\n--b--\r\n"),
	    FALSE },
	{ "within a text", HEAD "\r\nEcco:\r\n> " TEXT "\r\n", TRUE },
	{ "within a text, cut", HEAD "\r\nGentile Maria Rossi, la sua casella di Posta\r\n", FALSE },
	{ "nothing", HEAD "\r\n\r\n", FALSE },
};

static void
test_shows(void)
{
	static const char letter[] = "From: o@ordine.example\r\n\r\n" TEXT "\r\n";
	g_autoptr(GBytes) raw = g_bytes_new_static(letter, sizeof(letter) - 1);
	g_autoptr(RnShown) own = rn_forward_letter(raw, NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_autoptr(RnShown) s = shown(mails[i].mail);

		g_test_message("%s", mails[i].name);
		g_assert_true(rn_forward_shows(s, own) == mails[i].ours);
		if (s->attached)
			g_assert_cmpstr(s->message_id, ==, "n.1@ordine.example");
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	rn_read_init();
	g_test_add_func("/forward/html", test_html);
	g_test_add_func("/forward/deep", test_deep);
	g_test_add_func("/forward/shows", test_shows);
	return g_test_run();
}
