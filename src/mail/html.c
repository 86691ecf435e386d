/* HTML to text, by libxml2's push parser and our own callbacks: no tree, no network, no entities from
 * outside. Quoted containers come out as lines behind "> ", what Outlook and its like mark with a rule as a
 * separator line, so that one set of eyes (typed.c) reads both kinds of mail. */
#include <libxml/HTMLparser.h>
#include <string.h>

#include "mail/html_marks.h"
#include "mail/typed.h"

#define MAX_TEXT (1024 * 1024)
#define MAX_DEPTH 4096

/* What the name of an element says; kept by its address, which libxml2 shares between elements. */
enum { BLOCK = 1, APART = 2, BREAK = 4, RULE = 8, CELL = 16, PRE = 32, KNOWN = 64 };

typedef struct {
	RnHtmlMark	mark;
	guint		quotes, bares, hidden, pre;	/* counts around the element */
} Frame;

typedef struct {
	GString		*out;
	GString		*line;		/* the line that is being written, without its marks */
	GArray		*stack;		/* Frame */
	Frame		 now;
	guint		 empty;		/* empty lines in a row at the end of OUT */
	gboolean	 space;		/* white space is due before the next word */
	guint		 too_deep;	/* elements open beyond MAX_DEPTH: they inherit */
	GHashTable	*names;		/* name as libxml2 keeps it -> BLOCK, APART */
} Page;

static void
put_line(Page *p, const char *text, gsize len)
{
	if (p->out->len + len > MAX_TEXT)
		return;
	for (guint i = 0; i < MIN(p->now.quotes, 4); i++)
		g_string_append(p->out, "> ");
	if (p->now.quotes == 0 && p->now.bares > 0)
		g_string_append(p->out, "| ");
	g_string_append_len(p->out, text, (gssize)len);
	g_string_append_c(p->out, '\n');
}

/* Ends the line that is being written, if anything stands on it. */
static void
end_line(Page *p)
{
	if (p->line->len > 0) {
		put_line(p, p->line->str, p->line->len);
		g_string_truncate(p->line, 0);
		p->empty = 0;
	}
	p->space = FALSE;
}

static void
empty_line(Page *p)
{
	end_line(p);
	if (p->out->len > 0 && p->empty < 2) {
		put_line(p, "", 0);
		p->empty++;
	}
}

static void
open_mark(Page *p, RnHtmlMark mark)
{
	switch (mark) {
	case RN_HTML_QUOTE:
		p->now.quotes++;
		break;
	case RN_HTML_BARE:
		p->now.bares++;
		break;
	case RN_HTML_HIDDEN:
		p->now.hidden++;
		break;
	case RN_HTML_BELOW:
		if (p->now.hidden == 0)
			put_line(p, "-----Original Message-----", 26);
		break;
	case RN_HTML_SIGNATURE:
		if (p->now.hidden == 0)
			put_line(p, "-- ", 3);
		break;
	default:
		break;
	}
}

static guint
kind_by_name(const char *name)
{
	guint kind = KNOWN | (rn_html_apart(name) ? APART : 0) | (rn_html_block(name) ? BLOCK : 0);

	if (strcmp(name, "br") == 0)
		kind |= BREAK;
	else if (strcmp(name, "hr") == 0)
		kind |= RULE;
	else if (strcmp(name, "td") == 0 || strcmp(name, "th") == 0)
		kind |= CELL;
	else if (strcmp(name, "pre") == 0)
		kind |= PRE;
	return kind;
}

static guint
kind_of(Page *p, const char *name)
{
	guint kind = GPOINTER_TO_UINT(g_hash_table_lookup(p->names, name));

	if (kind == 0) {
		kind = kind_by_name(name);
		g_hash_table_insert(p->names, (gpointer)name, GUINT_TO_POINTER(kind));
	}
	return kind;
}

/* White space at both ends of what is quoted, hidden or apart, so that no line has two owners. */
static void
break_for(Page *p, guint kind, RnHtmlMark mark)
{
	if (p->now.hidden > 0)
		return;
	if (kind & APART)
		empty_line(p);
	else if ((kind & BLOCK) || (mark != RN_HTML_PLAIN && mark != RN_HTML_HIDDEN))
		end_line(p);
}

static void
on_start(void *data, const xmlChar *name_, const xmlChar **attrs)
{
	Page *p = data;
	const char *name = (const char *)name_;
	RnHtmlMark mark = rn_html_mark(name, (const char *const *)(const void *)attrs);
	guint kind = kind_of(p, name);

	if (p->stack->len >= MAX_DEPTH) {
		p->too_deep++;
		return;
	}
	break_for(p, kind, mark);
	if ((kind & BREAK) && p->now.hidden == 0) {
		if (p->line->len > 0)
			end_line(p);
		else
			empty_line(p);
	}
	if ((kind & CELL) && p->line->len > 0)
		p->space = TRUE;
	p->now.mark = mark;
	g_array_append_val(p->stack, p->now);
	open_mark(p, mark);
	p->now.pre += (kind & PRE) != 0;
}

static void
on_end(void *data, const xmlChar *name_)
{
	Page *p = data;
	guint kind = kind_of(p, (const char *)name_);
	RnHtmlMark mark;

	if (p->too_deep > 0) {
		p->too_deep--;
		return;
	}
	if (p->stack->len == 0)
		return;
	mark = g_array_index(p->stack, Frame, p->stack->len - 1).mark;
	if ((kind & (BREAK | RULE)) == 0)
		break_for(p, kind, mark);
	p->now = g_array_index(p->stack, Frame, p->stack->len - 1);
	g_array_set_size(p->stack, p->stack->len - 1);
}

/* Text inside <pre>: line breaks and white space as they are. */
static void
put_pre(Page *p, const char *text, gsize len)
{
	for (gsize i = 0; i < len; i++) {
		if (text[i] != '\n')
			g_string_append_c(p->line, text[i]);
		else if (p->line->len > 0)
			end_line(p);
		else
			empty_line(p);
	}
}

/* How many bytes of TEXT stand as they are to be written: words with one space between them. */
static gsize
even_run(const char *text, gsize len)
{
	gsize n = 0;

	while (n < len && !g_ascii_isspace(text[n])) {
		const char *gap = memchr(text + n, ' ', len - n);
		gsize word = gap != NULL ? (gsize)(gap - text) : len;

		for (; n < word; n++) {
			if (g_ascii_isspace(text[n]))
				return n;
		}
		if (n + 1 < len && !g_ascii_isspace(text[n + 1]))
			n++;
		else
			break;
	}
	return n;
}

static void
on_text(void *data, const xmlChar *text_, int len_)
{
	Page *p = data;
	const char *text = (const char *)text_;
	gsize len = len_ > 0 ? (gsize)len_ : 0;

	if (p->now.hidden > 0 || p->line->len > MAX_TEXT)
		return;
	if (p->now.pre > 0) {
		put_pre(p, text, len);
		return;
	}
	for (gsize i = 0, n; i < len; i += n) {
		n = even_run(text + i, len - i);
		if (n == 0) {
			p->space = p->line->len > 0;
			n = 1;
			continue;
		}
		if (p->space)
			g_string_append_c(p->line, ' ');
		p->space = FALSE;
		g_string_append_len(p->line, text + i, (gssize)n);
	}
}

/* libxml2 would print what it thinks of the markup. */
static void
on_error(G_GNUC_UNUSED void *data, G_GNUC_UNUSED const char *format, ...)
{
}

static void
on_structured_error(G_GNUC_UNUSED void *data, G_GNUC_UNUSED xmlErrorPtr error)
{
}

char *
rn_html_text(const char *html, gsize len)
{
	gsize n;
	g_autofree char *slim = rn_html_slim(html, len, &n);

	return rn_html_whole_text(slim, n);
}

char *
rn_html_whole_text(const char *html, gsize len)
{
	xmlSAXHandler sax = { .startElement = on_start,
		.endElement = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.error = on_error,
		.warning = on_error,
		.serror = on_structured_error };
	Page page = { .out = g_string_new(NULL), .line = g_string_new(NULL) };
	htmlParserCtxtPtr ctx;

	page.stack = g_array_new(FALSE, TRUE, sizeof(Frame));
	page.names = g_hash_table_new(NULL, NULL);
	ctx = htmlCreatePushParserCtxt(&sax, &page, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
	if (ctx != NULL) {
		htmlCtxtUseOptions(ctx,
		    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
		        HTML_PARSE_IGNORE_ENC);
		/* one that begins with an end tag would be lost as a whole */
		htmlParseChunk(ctx, "<html>", 6, 0);
		for (gsize at = 0; at < len; at += 8192)
			htmlParseChunk(ctx, html + at, (int)MIN(len - at, 8192), 0);
		/* a last byte that stands alone goes past its rules: a '&' is lost */
		htmlParseChunk(ctx, "\n", 1, 0);
		htmlParseChunk(ctx, NULL, 0, 1);
		htmlFreeParserCtxt(ctx);
	}
	end_line(&page);
	g_array_free(page.stack, TRUE);
	g_hash_table_destroy(page.names);
	g_string_free(page.line, TRUE);
	if (!g_utf8_validate(page.out->str, (gssize)page.out->len, NULL)) {
		char *valid = g_utf8_make_valid(page.out->str, (gssize)page.out->len);

		g_string_free(page.out, TRUE);
		return valid;
	}
	return g_string_free(page.out, FALSE);
}
