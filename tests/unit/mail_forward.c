/* What a forwarded mail shows: texts folded, links told by their targets, and what makes a letter ours. */
#include <string.h>

#include "mail/forward.h"
#include "mail/read.h"

static const struct {
	const char	*name, *html, *folded;
} pages[] = {
	{ "a text", "<p>Perch\xc3\xa9 <b>NO</b>, 1.</p>", "perch\xc3\xa9no1" },
	{ "a link behind words", "<a href=\"mailto:a@b.example\">Tocchi</a> qui",
	    " mailto:a@b.example tocchi mailto:a@b.example qui" },
	{ "a link that says nearly its target", "<a href=\"mailto:a@b-c.example\">a@bc.example</a>",
	    " mailto:a@b-c.example  a@bc.example  mailto:a@b-c.example " },
	{ "a link that says its target", "<a href=\"mailto:a@b.example\">a@b.example</a>", " a@b.example " },
	{ "and one that says its scheme", "<a href=\"http://b.example\">http://b.example</a>", " http://b.example " },
	{ "a link that says another target", "<a href=\"http://evil.example\">a@b.example</a>",
	    " http://evil.example  a@b.example  http://evil.example " },
	{ "a link around a picture", "<a href=\"http://evil.example\"><img src=\"x\"></a>.",
	    " http://evil.example  http://evil.example " },
	{ "a link within a link", "<a href=\"x:1\">a<a href=\"y:2\">b</a>c</a>", "x1ax1y2by2c" },
	{ "what nobody sees", "<head><title>t</title><style>s</style></head><!-- c -->v", "v" },
	{ "entities", "&egrave;&amp;&#8364;&#65;", "\xc3\xa8"
	                                           "a" },
};

static void
test_html(void)
{
	for (gsize i = 0; i < G_N_ELEMENTS(pages); i++) {
		g_autoptr(GPtrArray) marks = g_ptr_array_new_with_free_func(g_free);
		g_autofree char *got = rn_forward_fold_html(pages[i].html, strlen(pages[i].html), marks);

		g_test_message("%s", pages[i].name);
		g_assert_cmpstr(got, ==, pages[i].folded);
	}
}

/* A page without an end costs no stack. */
static void
test_deep(void)
{
	g_autoptr(GString) page = g_string_new(NULL);
	g_autoptr(GPtrArray) marks = g_ptr_array_new_with_free_func(g_free);
	g_autofree char *got = NULL;

	for (int i = 0; i < 20000; i++)
		g_string_append(page, "<div><a href=\"x\">");
	g_string_append(page, "fine");
	got = rn_forward_fold_html(page->str, page->len, marks);
	g_assert_nonnull(strstr(got, "x"));
}

#define TEXT \
	"Gentile Maria Rossi, la sua casella di Posta Elettronica Certificata scade il giorno lunedi 30 " \
	"novembre 2026. Risponda."
#define DESK " Mail: segreteria@ordine.example. Non comunichi password."

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
#define FIELDS \
	"From: Ordine <o@ordine.example>\r\nTo: m@posta.example\r\nReply-To: o+x@ordine.example\r\n" \
	"Subject: Scade\r\nMessage-ID: <n.1@ordine.example>\r\nMIME-Version: 1.0\r\n"
#define HTML \
	"<p>" TEXT "</p><a href=\"mailto:o+x@ordine.example?body=RINNOVA\" " \
	"style=\"color:#ffffff;background:#123456\">Rinnovo</a>"
#define TWO(plain, html) \
	"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" plain \
	"\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" html "\r\n--b--\r\n"
#define LETTER FIELDS TWO(TEXT, HTML)
#define OUTER HEAD "Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\nContent-Type: "
#define RFC822 "\r\n--o\r\nContent-Type: message/rfc822\r\n\r\n"
#define SHOWN(around, mail) OUTER around RFC822 mail "\r\n--o--\r\n"
#define WORDS "text/plain\r\n\r\nVostra?\r\n"
#define WITHIN(html) HEAD "Content-Type: text/html; charset=utf-8\r\n\r\n" html
#define BASE64_TEXT \
	"R2VudGlsZSBNYXJpYSBSb3NzaSwgbGEgc3VhIGNhc2VsbGEgZGkgUG9zdGEgRWxldHRyb25pY2Eg\r\n" \
	"Q2VydGlmaWNhdGEgc2NhZGUgaWwgZ2lvcm5vIGx1bmVkaSAzMCBub3ZlbWJyZSAyMDI2LiBSaXNw\r\nb25kYS4=\r\n"
#define UU_TEXT \
	"begin 644 x\r\n" \
	"M1V5N=&EL92!-87)I82!2;W-S:2P@;&$@<W5A(&-A<V5L;&$@9&D@4&]S=&$@\r\n" \
	"M16QE='1R;VYI8V$@0V5R=&EF:6-A=&$@<V-A9&4@:6P@9VEO<FYO(&QU;F5D\r\n" \
	"=:2`S,\"!N;W9E;6)R92`R,#(V+B!2:7-P;VYD82X`\r\n" \
	"`\r\nend\r\n"
#define FROM "From: Ordine <o@ordine.example>"
/* The letter, with another FROM and other FIELDS and PARAMETERS of its text. */
#define ONE(from, fields, parameters, text) \
	from "\r\nTo: m@posta.example\r\nReply-To: o+x@ordine.example\r\nSubject: Scade\r\nMessage-ID: " \
	     "<n.1@ordine.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; " \
	     "boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8" parameters "\r\n" fields \
	     "\r\n" text "\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" HTML "\r\n--b--\r\n"

static const struct {
	const char	*name, *mail;
	gboolean	 ours;
} mails[] = {
	/* attached: the same, or not */
	{ "the letter", SHOWN(WORDS, LETTER), TRUE },
	{ "encoded otherwise",
	    SHOWN(WORDS,
	        FIELDS "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; "
	               "charset=UTF-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" BASE64_TEXT
	               "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" HTML "\r\n--b--\r\n"),
	    TRUE },
	{ "with what mail servers write above", SHOWN(WORDS, "Received: by x\r\nX-Spam: no\r\n" LETTER), TRUE },
	{ "a sentence more", SHOWN(WORDS, FIELDS TWO(TEXT " Chiami il 899.", HTML)), FALSE },
	{ "a form in its HTML", SHOWN(WORDS, FIELDS TWO(TEXT, HTML "<form action=\"http://e.example\">")), FALSE },
	{ "a picture more in its HTML", SHOWN(WORDS, FIELDS TWO(TEXT, HTML "<img src=\"http://e.example\">")), FALSE },
	{ "the HTML alone", SHOWN(WORDS, FIELDS "Content-Type: text/html; charset=utf-8\r\n\r\n" HTML), FALSE },
	{ "the text in place of the HTML", SHOWN(WORDS, FIELDS TWO(TEXT, TEXT)), FALSE },
	{ "the parts in another order",
	    SHOWN(WORDS,
	        FIELDS "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; "
	               "charset=utf-8\r\n\r\n" HTML "\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" TEXT
	               "\r\n--b--\r\n"),
	    FALSE },
	{ "one after the other",
	    SHOWN(WORDS,
	        FIELDS "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; "
	               "charset=utf-8\r\n\r\n" TEXT "\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" HTML
	               "\r\n--b--\r\n"),
	    FALSE },
	{ "a footer of a list",
	    SHOWN(WORDS,
	        FIELDS "Content-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n" TWO(TEXT, HTML)
	               "\r\n--c\r\n\r\nPiede\r\n--c--\r\n"),
	    FALSE },
	{ "words before the parts",
	    SHOWN(WORDS,
	        FIELDS "Content-Type: multipart/alternative; boundary=b\r\n\r\nhttp://e.example\r\n--b\r\nContent-Type: "
	               "text/plain; charset=utf-8\r\n\r\n" TEXT "\r\n--b\r\nContent-Type: text/html; "
	               "charset=utf-8\r\n\r\n" HTML "\r\n--b--\r\n"),
	    FALSE },
	{ "words behind the parts", SHOWN(WORDS, LETTER "\r\nhttp://e.example\r\n"), FALSE },
	{ "a charset that is read otherwise",
	    SHOWN(WORDS,
	        FIELDS "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain; "
	               "charset=utf-7\r\n\r\n" TEXT "\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" HTML
	               "\r\n--b--\r\n"),
	    FALSE },
	{ "two types", SHOWN(WORDS, "Content-Type: text/html\r\n" LETTER), FALSE },
	{ "two types, the other one behind",
	    SHOWN(WORDS,
	        FIELDS "Content-Type: multipart/alternative; boundary=b\r\nContent-Type: text/html\r\n\r\n--b\r\n"
	               "Content-Type: text/plain; charset=utf-8\r\n\r\n" TEXT "\r\n--b\r\nContent-Type: text/html; "
	               "charset=utf-8\r\n\r\n" HTML "\r\n--b--\r\n"),
	    FALSE },
	{ "two borders",
	    SHOWN(WORDS,
	        FIELDS "Content-Type: multipart/alternative; boundary=b; boundary=z\r\n\r\n--b\r\nContent-Type: "
	               "text/plain; charset=utf-8\r\n\r\n" TEXT "\r\n--b\r\nContent-Type: text/html; "
	               "charset=utf-8\r\n\r\n" HTML "\r\n--b--\r\n"),
	    FALSE },
	{ "another Reply-To", SHOWN(WORDS, "Reply-To: e@e.example\r\n" LETTER), FALSE },
	{ "another From", SHOWN(WORDS, "From: e@e.example\r\n" LETTER), FALSE },
	{ "another Subject", SHOWN(WORDS, "Subject: Subito\r\n" LETTER), FALSE },
	{ "a Cc", SHOWN(WORDS, "Cc: e@e.example\r\n" LETTER), FALSE },
	{ "a Sender", SHOWN(WORDS, "Sender: e@e.example\r\n" LETTER), FALSE },
	{ "a button that leaves a list", SHOWN(WORDS, "List-Unsubscribe: <http://e.example>\r\n" LETTER), FALSE },
	{ "a request for receipts", SHOWN(WORDS, "Disposition-Notification-To: e@e.example\r\n" LETTER), FALSE },
	/* attached: what is around it */
	{ "around it a file", SHOWN(WORDS "\r\n--o\r\nContent-Type: application/pdf\r\n\r\nx\r\n", LETTER), FALSE },
	{ "around it a picture", SHOWN(WORDS "\r\n--o\r\nContent-Type: image/png\r\n\r\nx\r\n", LETTER), FALSE },
	{ "around it a link", SHOWN("text/html\r\n\r\n<a href=\"http://e.example\">x</a>\r\n", LETTER), FALSE },
	{ "around it a form",
	    SHOWN("text/html\r\n\r\n<form action=\"http://e.example\">x</form>\r\n",
	        LETTER), FALSE },
	{ "around it a picture from afar",
	    SHOWN("text/html\r\n\r\n<img src=\"http://e.example\">\r\n", LETTER), FALSE },
	{ "around it an address of the web",
	    SHOWN("text/plain\r\n\r\nhttps://e.example\r\n", LETTER), FALSE },
	{ "around it another mail's words",
	    SHOWN("text/plain\r\n\r\n---------- Forwarded message ---------\r\nDa: Ordine <o@e.example>\r\nDate: mar 24 nov "
	          "2026\r\nSubject: Subito\r\nTo: <m@posta.example>\r\n\r\nChiami il 899 123.\r\n",
	        LETTER),
	    FALSE },
	{ "around it words with a style",
	    SHOWN("text/html\r\n\r\n<style>p.Mso{margin:0}</style><p class=\"Mso\">Vostra? <a "
	          "href=\"mailto:m@posta.example\">m@posta.example</a>\r\n",
	        LETTER),
	    TRUE },
	/* within a text */
	{ "within a text", HEAD "\r\nEcco:\r\n> " TEXT "\r\n", TRUE },
	{ "within a text, cut", HEAD "\r\nGentile Maria Rossi, la sua casella di Posta\r\n", FALSE },
	{ "within a text with a web address", HEAD "\r\nhttp://e.example\r\n" TEXT "\r\n", FALSE },
	{ "nothing", HEAD "\r\n\r\n", FALSE },
	{ "within HTML", WITHIN("<div dir=\"ltr\">Vostra?<br><div class=\"gmail_quote\">" HTML "</div></div>"), TRUE },
	{ "within HTML, its colours spelt otherwise",
	    WITHIN("<div><p>" TEXT "</p><a href=\"mailto:o+x@ordine.example?body=RINNOVA\" "
	           "style=\"background:rgb(18,52,86); color:rgb(255,255,255)\">Rinnovo</a></div>"),
	    TRUE },
	{ "within HTML, addresses made to links", WITHIN("<p>Da: <a href=\"mailto:o@ordine.example\">Ordine</a></p>" HTML),
	    TRUE },
	{ "within HTML, as Outlook on the web does it",
	    WITHIN("<html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=iso-8859-1\"><style "
	           "type=\"text/css\" style=\"display:none;\"> P {margin-top:0;margin-bottom:0;} </style></head><body "
	           "dir=\"ltr\"><div class=\"elementToProof\" style=\"font-family: Aptos; font-size: 12pt; color: "
	           "rgb(0, 0, 0);\">Vostra?</div>" HTML "</body></html>"),
	    TRUE },
	{ "within HTML, as Thunderbird does it",
	    WITHIN("<body text=\"#000000\" bgcolor=\"#FFFFFF\"><div class=\"moz-forward-container\"><table "
	           "class=\"moz-email-headers-table\" cellspacing=\"0\" cellpadding=\"0\" border=\"0\"><tbody><tr><th "
	           "valign=\"BASELINE\" nowrap=\"nowrap\" align=\"RIGHT\">Mittente: </th><td>Ordine <a "
	           "class=\"moz-txt-link-rfc2396E\" "
	           "href=\"mailto:o@ordine.example\">&lt;o@ordine.example&gt;</a></td></tr></tbody></table>" HTML),
	    TRUE },
	{ "within HTML, as Apple's does it",
	    WITHIN("<body style=\"overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: "
	           "after-white-space;\"><blockquote type=\"cite\"><span style=\"color:rgba(0, 0, 0, 1.0);\"><b>Da: "
	           "</b></span>" HTML "</blockquote>"),
	    TRUE },
	{ "within HTML, a body whose text is white", WITHIN("<body text=\"#ffffff\">" HTML), FALSE },
	{ "within HTML, a picture of ours that is not", WITHIN("<img src=\"http://e.example/l.png\">" HTML), FALSE },
	{ "within HTML, a link elsewhere", WITHIN("<a href=\"http://e.example\">Qui</a>" HTML), FALSE },
	{ "within HTML, a mailto: elsewhere", WITHIN("<a href=\"mailto:e@e.example\">e@e.example</a>" HTML), FALSE },
	{ "within HTML, its own link around all of it",
	    WITHIN("<a href=\"mailto:o+x@ordine.example?body=RINNOVA\" style=\"color:#ffffff;background:#123456\"><p><span "
	           "style=\"color:#123456\">" TEXT "</span></p>Rinnovo</a>"),
	    FALSE },
	{ "within HTML, the button's colours on the text",
	    WITHIN("<p style=\"color:#ffffff;background:#123456\"><span style=\"color:#123456\">" HTML "</span></p>"),
	    FALSE },
	{ "a form", WITHIN("<form action=\"http://e.example\"><input></form>" HTML), FALSE },
	{ "a button", WITHIN("<button>Qui</button>" HTML), FALSE },
	{ "an area", WITHIN("<map><area href=\"http://e.example\"></map>" HTML), FALSE },
	{ "a base", WITHIN("<base href=\"http://e.example\">" HTML), FALSE },
	{ "a frame", WITHIN("<iframe src=\"http://e.example\"></iframe>" HTML), FALSE },
	{ "an object", WITHIN("<object data=\"http://e.example\"></object>" HTML), FALSE },
	{ "svg", WITHIN("<svg><a xlink:href=\"http://e.example\"><text>Qui</text></a></svg>" HTML), FALSE },
	{ "a style sheet", WITHIN("<style>p{display:none}</style>" HTML), FALSE },
	{ "a style sheet in the head", WITHIN("<html><head><style>p{display:none}</style></head><body>" HTML), FALSE },
	{ "a style sheet from afar", WITHIN("<link rel=\"stylesheet\" href=\"http://e.example\">" HTML), FALSE },
	{ "a meta that leads on",
	    WITHIN("<html><head><meta http-equiv=\"refresh\" content=\"0;url=http://e.example\"></head><body>" HTML), FALSE },
	{ "a comment for Outlook", WITHIN("<!--[if mso]><a href=\"http://e.example\">Qui</a><![endif]-->" HTML), FALSE },
	{ "a comment for all but Outlook", WITHIN("<![if !mso]><a href=\"http://e.example\">Qui</a><![endif]>" HTML), FALSE },
	{ "a comment that ends early", WITHIN("<!--><a href=\"http://e.example\">Qui</a><!-- -->" HTML), FALSE },
	{ "a background", WITHIN("<table background=\"http://e.example\"><tr><td>" HTML "</td></tr></table>"), FALSE },
	{ "a script's attribute", WITHIN("<p onclick=\"x()\">Qui</p>" HTML), FALSE },
	{ "hidden by its attribute", WITHIN("<div hidden>" HTML "</div>"), FALSE },
	{ "a source set", WITHIN("<img src=\"cid:x\" srcset=\"http://e.example 2x\">" HTML), FALSE },
};

/* Each hides the letter, in a spelling of its own. */
static const char *const hiding[] = { "display:none", "display: none", "DISPLAY:NONE",
	"display:none !important", "display:none!important", "display:/**/none", "disp/**/lay:none",
	"display&#58;none", "d\\69splay:none", "display:\\6eone", "display:\tnone", "display\n:\nnone",
	"visibility:hidden", "visibility:collapse", "font-size:0", "font-size:0px", "font-size:1px",
	"font-size:0.01em", "font:0/0 a", "opacity:0", "opacity:.01", "filter:opacity(0)", "mso-hide:all",
	"position:absolute;left:-9999px", "position:fixed", "margin-left:-9999px", "margin:9999px",
	"text-indent:-9999px", "padding-top:5000px", "height:0;overflow:hidden", "max-height:0",
	"width:0;overflow:hidden", "max-width:0", "color:#ffffff", "color:white", "color:transparent",
	"color:rgb(255,255,255)", "color:rgba(0,0,0,0)", "color:hsl(0,0%,100%)", "color:#fefefe",
	"background:#000000", "background:url(http://e.example)", "background-image:url(http://e.example)",
	"transform:scale(0)", "clip:rect(0,0,0,0)", "clip-path:inset(50%)", "line-height:0",
	"line-height:0.01", "float:left;width:0", "content:'x'", "letter-spacing:-1em", "zoom:0.01",
	"all:unset;display:none", "color:#000;display:none", "color:red;;display:none",
	"font-family:'a;display:none", "--x:0;display:var(--x)", "white-space:nowrap;text-overflow:ellipsis",
	"direction:rtl", "writing-mode:vertical-rl", "columns:100", "-webkit-text-fill-color:white",
	"font-family:Webdings", "font-family:'Wingdings 2'", "border:9999px solid white",
	"content-visibility:hidden", "margin-left:calc(-9999px)", "margin-left:calc(9999px - 0px)",
	"margin-left:min(-9999px,0px)", "margin-left:+9999px", "margin-left:99999px", "padding-left:1e5px",
	"width:9000px;text-align:right", "max-width:99999px", "line-height:9000", "line-height:9000px",
	"font-size:9000px", "display:list-item;list-style-type:'Chiami il 899'", "font-family:Marlett",
	"border:calc(9999px) solid" };

/* And these hide nothing: mail programs write them. */
static const char *const harmless[] = { "", "margin:0 0 1em",
	"font-family:Calibri,sans-serif;font-size:11.0pt", "color:rgb(17, 85, 204)", "color:#1F497D",
	"color:black", "background:white",
	"border:none;border-top:solid "
	"#E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm",
	"margin:0px 0px 0px 0.8ex;border-left:1px solid "
	"rgb(204,204,204);padding-left:1ex",
	"font-size:10pt;line-height:1.3", "white-space:pre-wrap",
	"word-wrap:break-word;line-break:after-white-space" };

static gboolean
is_ours(const char *mail, const RnShown *own)
{
	g_autoptr(RnShown) s = shown(mail);

	g_assert_nonnull(s);
	if (s->attached)
		g_assert_cmpstr(s->message_id, ==, "n.1@ordine.example");
	return rn_forward_shows(s, own);
}

static RnShown *
our_letter(void)
{
	g_autoptr(GBytes) raw = g_bytes_new_static(LETTER, sizeof(LETTER) - 1);

	return rn_forward_letter(raw, NULL);
}

static void
test_shows(void)
{
	g_autoptr(RnShown) own = our_letter();

	for (gsize i = 0; i < G_N_ELEMENTS(mails); i++) {
		g_test_message("%s", mails[i].name);
		g_assert_true(is_ours(mails[i].mail, own) == mails[i].ours);
	}
}

static void
test_styles(void)
{
	g_autoptr(RnShown) own = our_letter();

	for (gsize i = 0; i < G_N_ELEMENTS(hiding); i++) {
		g_autofree char *mail =
		    g_strdup_printf(WITHIN("<div style=\"%s\">" HTML "</div>"), hiding[i]);

		g_test_message("%s", hiding[i]);
		g_assert_false(is_ours(mail, own));
	}
	{	/* behind more than anybody reads */
		g_autoptr(GString) many = g_string_new(NULL);
		g_autofree char *mail = NULL;

		for (int i = 0; i < 200; i++)
			g_string_append(many, "font-weight:normal;");
		mail = g_strdup_printf(WITHIN("<div style=\"%sdisplay:none\">" HTML "</div>"), many->str);
		g_assert_false(is_ours(mail, own));
	}
	g_assert_false(is_ours(WITHIN("<font face=\"Webdings\">" HTML "</font>"), own));
	for (gsize i = 0; i < G_N_ELEMENTS(harmless); i++) {
		g_autofree char *mail =
		    g_strdup_printf(WITHIN("<div style=\"%s\">" HTML "</div>"), harmless[i]);

		g_test_message("%s", harmless[i]);
		g_assert_true(is_ours(mail, own));
	}
}

/* Small within small is none, however harmless each of them is. */
static void
test_nested(void)
{
	g_autoptr(RnShown) own = our_letter();

	g_assert_true(is_ours(WITHIN("<p style=\"font-size:.85em\">" HTML "</p>"), own));
	g_assert_false(is_ours(
	    WITHIN(
	        "<div style=\"font-size:1em;font-size:.85em\"><div style=\"font-size:2em;font-size:.85em\">" HTML
	        "</div></div>"),
	    own));
	g_assert_false(is_ours(
	    WITHIN("<div style=\"font-size:9px\"><div style=\"font-size:.85em\">" HTML "</div></div>"), own));
	g_assert_false(is_ours(
	    WITHIN("<div style=\"font-size:.85em\"><div style=\"font-size:.85em\">" HTML "</div></div>"),
	    own));
}

/* Fields that some programs show, and parts that they read otherwise. */
static const char *const shown_otherwise[] = {
	"Bcc: e@e.example\r\n" LETTER,
	"X-Message-Flag: Chiami il 899\r\n" LETTER,
	"Resent-From: e@e.example\r\n" LETTER,
	"Organization: chiami il 899\r\n" LETTER,
	ONE("From: Ordine <o@ordine.example> (e@e.example)", "", "", TEXT),
	ONE("From: Ordine <o@ordine.example> <e@e.example>", "", "", TEXT),
	ONE("From: <e@e.example> Ordine <o@ordine.example>", "", "", TEXT),
	ONE("From: Ordine <@e.example:o@ordine.example>", "", "", TEXT),
	ONE(FROM, "Content-Disposition: attachment\r\n", "", TEXT),
	ONE(FROM, "X-Mozilla-External-Attachment-URL: http://e.example\r\n", "", TEXT),
	ONE(FROM, "", "; format=flowed; delsp=yes", TEXT),
	ONE(FROM, "Content-Transfer-Encoding: base64\r\n", "", BASE64_TEXT "Q2hpYW1pIGlsIDg5OQ==\r\n"),
	ONE(FROM, "Content-Transfer-Encoding: x-uuencode\r\n", "", "Chiami il 899\r\n" UU_TEXT "Chiami\r\n"),
};

static void
test_shown_otherwise(void)
{
	g_autoptr(RnShown) own = our_letter();

	g_assert_true(is_ours(SHOWN(WORDS, ONE(FROM, "", "", TEXT)), own));
	for (gsize i = 0; i < G_N_ELEMENTS(shown_otherwise); i++) {
		g_autofree char *mail = g_strdup_printf(SHOWN(WORDS, "%s"), shown_otherwise[i]);

		g_test_message("%s", shown_otherwise[i]);
		g_assert_false(is_ours(mail, own));
	}
}

/* A text whose addresses were changed is another text, though its letters are the same. */
static void
test_addresses(void)
{
	static const struct {
		const char	*mail;
		gboolean	 ours;
	} rows[] = {
		{ "segreteria@ordine.example. Non comunichi", TRUE },
		{ "\r\n> <segreteria@ordine.example>. Non\r\n> comunichi", TRUE },
		{ "*segreteria@ordine.example*. Non comunichi", TRUE },
		{ "segreteria@or-dine.example. Non comunichi", FALSE },
		{ "segreteria@ordine-.example. Non comunichi", FALSE },
		{ "segreteria@or.dine.example. Non comunichi", FALSE },
		{ "segreteriaordine@example. Non comunichi", FALSE },
		{ "segreteria@ordine.example.no/n comunichi", FALSE },
		{ "segreteria@ordine.example. Non.com/unichi", FALSE },
		{ "segreteria@or\xe2\x80\xae" "dine.example. Non comunichi", FALSE },
		{ "segreteria@ordine.example. \xe2\x80\xaeNon\xe2\x80\xac comunichi", FALSE },
		{ "segreteria@ordine.example. N\xcc\xb6o\xcc\xb6n\xcc\xb6 comunichi", FALSE },
		{ "segreteria@ordine.example. N,on comunichi", TRUE },
		{ "<b>segreteria@or</b>-dine.example. Non comunichi", FALSE },
		{ "<a href=\"mailto:segreteria@ordine.example\">segreteria@<wbr>ordine.example</a>. Non comunichi", TRUE },
		{ "<p style=\"display:inline\">segreteria@or</p><p style=\"display:inline\">-dine.example</p>. Non "
		  "comunichi", FALSE },
	};
	g_autoptr(GBytes) raw = g_bytes_new_static(FIELDS TWO(TEXT DESK, "<p>" TEXT DESK "</p>"),
	    sizeof(FIELDS TWO(TEXT DESK, "<p>" TEXT DESK "</p>")) - 1);
	g_autoptr(RnShown) own = rn_forward_letter(raw, NULL);

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gboolean html = strstr(rows[i].mail, "</") != NULL;
		g_autofree char *mail = g_strconcat(HEAD "Content-Type: text/", html ? "html" : "plain",
		    "; charset=utf-8\r\n\r\n" TEXT " Mail: ", rows[i].mail, " password.\r\n", NULL);

		g_test_message("%s", rows[i].mail);
		g_assert_true(is_ours(mail, own) == rows[i].ours);
	}
}

/* Dates, hours and sums say something else with another sign between their digits; a long run of marks on one
 * letter costs no time. */
static void
test_fold(void)
{
	g_autofree char *date = rn_forward_fold("Scade il 1/12/2026, ore 9:30. 25,00 euro"), *other = NULL;
	g_autoptr(GString) marks = g_string_new("a");

	g_assert_cmpstr(date, ==, "scadeil1/12/2026ore9:3025,00euro");
	for (int i = 0; i < 100000; i++)
		g_string_append(marks, i % 2 ? "\xcc\x81" : "\xcc\xa3");
	g_test_timer_start();
	other = rn_forward_fold(marks->str);
	g_assert_cmpfloat(g_test_timer_elapsed(), <, 1);
}

/* What a browser reads otherwise than libxml2: each hides the letter there. */
static void
test_browsers(void)
{
	static const char *const tricks[] = {
		"<p>Chiami</p><title>" HTML,
		"<p>Chiami</p><title>" HTML "</title>",
		"<html><head><title>" HTML "</title></head><body>Chiami",
		"<div/style=\"display:none\">" HTML "</div>",
		"<div\fstyle=\"display:none\">" HTML "</div>",
		"<div\vstyle=\"display:none\">" HTML "</div>",
		"<div lang=\"x\"style=\"display:none\">" HTML "</div>",
		"<div \"style=\"display:none\">" HTML "</div>",
		"<div x style=display:none>" HTML "</div>",
		"<div =a style=display:none>" HTML "</div>",
		"<div a='b'/ style=display:none>" HTML "</div>",
		"<div STYLE=display:none>" HTML "</div>",
		"<div style = display:none>" HTML "</div>",
		"<body>Chiami<body style=\"display:none\">" HTML,
		"<html><body>Chiami<html style=\"display:none\">" HTML,
		"<body>Chiami<body hidden>" HTML,
		"<body>Chiami</body><body style=\"display:none\">" HTML,
		"<p>Chiami</p><style>" HTML,
		"<p>Chiami</p><style/>" HTML,
		"<p>Chiami</p><script/>" HTML,
		"<p>Chiami</p><textarea>" HTML,
		"<p>Chiami</p><select>" HTML,
		"<p>Chiami</p></ x=\"" HTML "\">",
		"<p>Chiami</p><div lang='" HTML,
		"<p>Chiami</p></div style='" HTML "'>",
		"<p>Chiami</p><!doctype " HTML,
		"<p>Chiami</p><!doctype '" HTML "'>",
		"<html><head>Chiami<div style=\"display:none\">" HTML,
		"<p>Chiami</p><title/>" HTML,
		"<p>Chiami</p><div style='a>" HTML,
		"<ol start=\"899123\"><li>" HTML "</li></ol>",
	};
	g_autoptr(RnShown) own = our_letter();

	for (gsize i = 0; i < G_N_ELEMENTS(tricks); i++) {
		g_autofree char *mail = g_strdup_printf(WITHIN("%s"), tricks[i]);

		g_test_message("%s", tricks[i]);
		g_assert_false(is_ours(mail, own));
	}
	{	/* what stands deeper than libxml2 reads */
		g_autoptr(GString) deep = g_string_new(WITHIN(HTML));

		for (int i = 0; i < 300; i++)
			g_string_append(deep, "<div>");
		g_string_append(deep, "<a href=\"http://e.example\">Qui</a>");
		g_assert_false(is_ours(deep->str, own));
	}
}

/* Attributes that push a letter out of sight. */
static void
test_attributes(void)
{
	g_autoptr(RnShown) own = our_letter();

	g_assert_true(is_ours(
	    WITHIN("<table border=\"0\" cellpadding=\"10\"><tr><td>" HTML "</td></tr></table>"), own));
	g_assert_false(
	    is_ours(WITHIN("<table cellpadding=\"9000\"><tr><td>" HTML "</td></tr></table>"), own));
	g_assert_false(is_ours(WITHIN("<table border=\"9000\"><tr><td>" HTML "</td></tr></table>"), own));
	g_assert_false(is_ours(WITHIN("<table width=\"1\"><tr><td>" HTML "</td></tr></table>"), own));
	g_assert_false(is_ours(WITHIN("<div dir=\"rtl\">" HTML "</div>"), own));
}

/* Our signature may be taken off; one of somebody else's makes another mail. */
static void
test_sealed(void)
{
	static const char sealed[] = FIELDS "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n" TWO(
	    TEXT, HTML) "\r\n--s\r\nContent-Type: application/pkcs7-signature\r\n\r\nsealed\r\n--s--\r\n";
	g_autoptr(GBytes) raw = g_bytes_new_static(sealed, sizeof(sealed) - 1);
	g_autoptr(RnShown) own = rn_forward_letter(raw, NULL);
	g_autoptr(RnShown) bare = our_letter();
	g_autofree char *with = g_strdup_printf(SHOWN(WORDS, "%s"), sealed);
	g_autofree char *other = NULL;
	g_auto(GStrv) halves = g_strsplit(with, "sealed\r\n", 2);

	other = g_strjoinv("faked\r\n", halves);
	g_assert_true(is_ours(with, own));
	g_assert_true(is_ours(SHOWN(WORDS, LETTER), own));
	g_assert_false(is_ours(other, own));
	g_assert_false(is_ours(with, bare));
}

/* More mails than are read: nobody says that they are ours. */
static void
test_many(void)
{
	g_autoptr(GString) mail = g_string_new(OUTER WORDS);
	g_autoptr(RnShown) own = our_letter();
	g_autoptr(GBytes) raw = NULL;
	g_autoptr(GPtrArray) list = NULL;

	for (int i = 0; i < 4; i++)
		g_string_append(mail, RFC822 LETTER);
	g_string_append(mail, "\r\n--o--\r\n");
	raw = g_bytes_new_static(mail->str, mail->len);
	list = rn_forward_read(raw, NULL);
	g_assert_nonnull(list);
	for (guint i = 0; i < list->len; i++)
		g_assert_false(rn_forward_shows(g_ptr_array_index(list, i), own));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	rn_read_init();
	g_test_add_func("/forward/html", test_html);
	g_test_add_func("/forward/deep", test_deep);
	g_test_add_func("/forward/shows", test_shows);
	g_test_add_func("/forward/styles", test_styles);
	g_test_add_func("/forward/nested", test_nested);
	g_test_add_func("/forward/shown-otherwise", test_shown_otherwise);
	g_test_add_func("/forward/addresses", test_addresses);
	g_test_add_func("/forward/fold", test_fold);
	g_test_add_func("/forward/browsers", test_browsers);
	g_test_add_func("/forward/attributes", test_attributes);
	g_test_add_func("/forward/sealed", test_sealed);
	g_test_add_func("/forward/many", test_many);
	return g_test_run();
}
