/* read_html: HTML mail as text, with what is quoted behind marks and what is hidden left out. */
#include <string.h>

#include "mail/typed.h"

typedef struct {
	const char	*name, *html;
	const char	*text;		/* NULL: only what is typed is looked at */
	const char	*typed;
} Row;

static const Row rows[] = {
	{ "plain", "<p>si</p>", "si", "si" },
	{ "no markup", "si", "si", "si" },
	{ "white space", "<div>va\n   bene </div>\n<div>grazie</div>", "va bene\ngrazie", "va bene\ngrazie" },
	{ "breaks", "uno<br>due<br/><br>tre", "uno\ndue\n\ntre", "uno\ndue\n\ntre" },
	{ "entities", "s&igrave;&nbsp;&egrave; &lt;x&gt; &amp;", NULL, "s\xc3\xac \xc3\xa8 <x> &" },
	{ "inline elements", "ri<b>nno</b>va", "rinnova", "rinnova" },
	{ "breaks that are offered", "a@<wbr>b<wbr>.it", "a@b.it", "a@b.it" },
	{ "several roots", "<div>uno</div><blockquote>q</blockquote><div>due</div>", NULL, "uno\n\ndue" },
	{ "table", "<table><tr><td>si</td><td>grazie</td></tr></table>", "si grazie", "si grazie" },
	{ "pre", "<pre>uno\n  due</pre>", "uno\n  due", "uno\n  due" },
	{ "comments, style, script",
	    "<html><head><title>no</title><style><!-- p{} --></style></head><body><!-- no -->si<script>no()</script></body></html>", "si", "si" },
	{ "hidden",
	    "<div style='display:none'>RINNOVA</div><div style='font-size:0px'>RINNOVA</div><span hidden>RINNOVA</span>si", "si", "si" },
	{ "not hidden", "<div style='font-size:0.9em'>si</div>", "si", "si" },
	{ "hidden inside of hidden",
	    "<div style='DISPLAY: none'><b>RINNOVA</b><p>x</p></div>si", "si", "si" },
	{ "struck out", "<s>RINNOVA</s> no", NULL, "no" },
	{ "gmail",
	    "<div dir=ltr>si</div><br><div class=\"gmail_quote gmail_quote_container\"><div class=gmail_attr>Il 23/11/2026 x ha scritto:<br></div><blockquote class=gmail_quote>RINNOVA</blockquote></div>", NULL, "si" },
	{ "gmail, below", "<div class=gmail_quote>RINNOVA</div><div>si</div>", NULL, "si" },
	{ "gmail, indented",
	    "<blockquote style=\"margin:0 0 0 40px;border:none;padding:0px\">si</blockquote>", "si", "si" },
	{ "outlook prefix", "<div>si</div><div class=ecxgmail_quote>RINNOVA</div>", NULL, "si" },
	{ "thunderbird",
	    "<p>si</p><div class=moz-cite-prefix>Il 23/11/2026, x ha scritto:</div><blockquote type=cite cite=\"mid:x\">RINNOVA</blockquote>", NULL, "si" },
	{ "apple",
	    "si<div>Inviato da iPhone</div><blockquote type=\"cite\">Il giorno 23 nov 2026 x ha scritto:<br><br>RINNOVA</blockquote>", NULL, "si" },
	{ "outlook",
	    "<div class=WordSection1><p>si</p><div style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm'><p><b>Da:</b> x</p></div><p>RINNOVA</p></div>", NULL, "si" },
	{ "owa",
	    "<div>si</div><div id=appendonsend></div><hr><div id=divRplyFwdMsg><b>Da:</b> x<br></div><div>RINNOVA</div>", NULL, "si" },
	{ "outlook mac",
	    "<div>si</div><span id=OLK_SRC_BODY_SECTION><div>Da: x</div><div>RINNOVA</div></span>", NULL, "si" },
	{ "yahoo",
	    "<div class=ydp12yahoo-style-wrap>si</div><div id=ydp34yahoo_quoted_567 class=ydp8yahoo_quoted>RINNOVA</div>", NULL, "si" },
	{ "proton", "<div>si</div><div class=protonmail_quote>RINNOVA</div>", NULL, "si" },
	{ "zimbra",
	    "<div>si</div><hr id=zwchr><div data-marker=\"__HEADERS__\">Da: x</div><div data-marker=\"__QUOTED_TEXT__\">RINNOVA</div>", NULL, "si" },
	{ "gmx", "<div>si</div><div name=quote>RINNOVA</div>", NULL, "si" },
	{ "roundcube",
	    "<p>si</p><p id=reply-intro>Il 2026-11-23 x ha scritto:</p><blockquote type=cite><div id=replybody1>RINNOVA</div></blockquote>", NULL, "si" },
	{ "bare quotation", "si<blockquote>RINNOVA</blockquote>", NULL, "si" },
	{ "border", "si<blockquote style='border-left:2px solid blue'>RINNOVA</blockquote>", NULL, "si" },
	{ "signature", "si<div class=gmail_signature>Dott. Lia Blu<br>Via Po</div>", NULL, "si" },
	{ "outlook mobile",
	    "<div>si</div><div id=ms-outlook-mobile-signature>Ottieni <a href=x>Outlook per iOS</a></div>", NULL, "si" },
	{ "quote marks in the text", "si<br>&gt; RINNOVA", NULL, "si" },
	{ "a stray end tag at the beginning", "</b><p>si</p>", NULL, "si" },
	{ "and one before the text", "</span>si", NULL, "si" },
	{ "a document type and an html of its own", "<!DOCTYPE html><html lang=it><head><title>x</title></head><body><p>si</p></body></html>", NULL, "si" },
	{ "an ampersand at the very end", "<b>si &", NULL, "si &" },
	{ "a control character at the very end", "<b>si</b>\x01", NULL, "si" },
	{ "unclosed", "<div>si<b><i><div>grazie", NULL, "si\ngrazie" },
	{ "empty", "", "", "" },
	{ "garbage", "<<<>>><a<b", NULL, NULL },
};

static void
test_rows(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = rn_html_text(rows[i].html, strlen(rows[i].html)),
		                *typed = rn_typed_text(text, NULL, NULL, NULL);

		g_strstrip(text);
		if (rows[i].text != NULL && strcmp(text, rows[i].text) != 0)
			g_test_fail_printf("%s: text \"%s\"", rows[i].name, text);
		if (rows[i].typed != NULL && strcmp(typed, rows[i].typed) != 0)
			g_test_fail_printf("%s: typed \"%s\" of \"%s\"", rows[i].name, typed, text);
	}
}

/* Deep nesting and many elements: no crash, bounded, and what is quoted stays quoted. */
static void
test_deep(void)
{
	g_autoptr(GString) html = g_string_new("<blockquote type=cite>");
	g_autofree char *text = NULL, *typed = NULL;

	for (guint i = 0; i < 20000; i++)
		g_string_append(html, "<div>");
	g_string_append(html, "RINNOVA");
	text = rn_html_text(html->str, html->len);
	typed = rn_typed_text(text, NULL, NULL, NULL);
	g_assert_cmpstr(typed, ==, "");
}

/* TEXT without white space. */
static void
squeeze(char *text)
{
	char *to = text;

	for (; *text != '\0'; text++)
		if (!g_ascii_isspace(*text))
			*to++ = *text;
	*to = '\0';
}

/* A missing span must not change what ends where. Each of these was, or could be, read in two ways. */
static void
test_crossed(void)
{
	static const char *const crossed[] = {
		"<span>a</span><spen style=\"display:none\">b</span>c",
		"<span>a<spen style=\"display:none\">b</span><o:p>&nbsp;</o:p>c",
		"<span><b style=\"display:none\">a</span>b</b>c",
		"<p style=\"display:none\"><span>a<p>b</p></span></p>c",
		"<a style=\"display:none\"><span><a>a</a></span>b",
		"<span class=gmail_quote><o:p style=\"display:none\">a</span>b",
		"<span>a<br/><img src=x>b</span>c<span><i/>d</span>",
		"<span>a>e><spp:p>&",
		"<div>si<visibility:hidden>\x01",
		"<span>a<div style=\"display:none\">b</span>c",
		"<span><o:p>a</o:p></span><span>b</span >c",
		"<span>a<table><td style=\"display:none\">b</span>c",
	};

	for (gsize i = 0; i < G_N_ELEMENTS(crossed); i++) {
		g_autofree char *slim = rn_html_text(crossed[i], strlen(crossed[i]));
		g_autofree char *whole = rn_html_whole_text(crossed[i], strlen(crossed[i]));

		squeeze(slim);
		squeeze(whole);
		g_assert_cmpstr(slim, ==, whole);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/read_html/rows", test_rows);
	g_test_add_func("/read_html/deep", test_deep);
	g_test_add_func("/read_html/crossed", test_crossed);
	return g_test_run();
}
