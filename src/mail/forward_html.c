/* forward_html.c: HTML as a text that changes with its links, and what else it has beside plain text. A tree,
 * unlike html.c: a link says its target only where its text does not, and that is known at its end. */
#include <libxml/HTMLparser.h>
#include <string.h>

#include "base/text.h"
#include "mail/forward_inside.h"
#include "mail/forward_marks.h"

#define MAX_HTML (1 << 20)
#define MAX_LINKS 500
#define MAX_SAID 2000

/* Nobody sees these, and mail programs drop them when they forward. What a style hides is seen here: it is
 * marked. */
static gboolean
unseen(const xmlNode *n)
{
	static const char *const names[] = { "head", "style", "script", "title", "template", NULL };

	return n->type == XML_COMMENT_NODE || n->type == XML_PI_NODE || n->type == XML_DTD_NODE ||
	    (n->type == XML_ELEMENT_NODE && g_strv_contains(names, (const char *)n->name));
}

/* A link that is open, where its text begins, and the text itself. */
typedef struct {
	const xmlNode	*node;
	gsize		 start, raw;
} Link;

typedef struct {
	GString		*out;		/* its text, not folded yet */
	GString		*raw;		/* the text of the links that are open */
	GArray		*links;		/* Link */
	GPtrArray	*marks;
	guint		 small;		/* elements around that make their text smaller */
	guint		 n_links;
} Page;

/* A link ends: its target goes before and behind its text, unless the text says it exactly, as in what a mail
 * program makes of an address. */
static void
end_link(Page *p, const Link *link)
{
	xmlChar *href = xmlGetProp(link->node, (const xmlChar *)"href");
	g_autofree char *valid = g_utf8_make_valid(href != NULL ? (const char *)href : "", -1);
	g_autofree char *target = g_strdup_printf("\n%s\n", valid);
	g_autofree char *said =
	    p->raw->len - link->raw <= MAX_SAID ? rn_text_squash(p->raw->str + link->raw) : g_strdup("");
	const char *bare = g_ascii_strncasecmp(valid, "mailto:", 7) == 0 ? valid + 7 : valid;

	if (href != NULL)
		rn_forward_mark(p->marks, "href", valid);
	if (g_ascii_strcasecmp(said, valid) != 0 && g_ascii_strcasecmp(said, bare) != 0) {
		g_string_insert(p->out, (gssize)link->start, target);
		g_string_append(p->out, target);
	}
	xmlFree(href);
}

static gboolean
shrinks(const xmlNode *n)
{
	xmlChar *style = n->type == XML_ELEMENT_NODE ? xmlGetProp(n, (const xmlChar *)"style") : NULL;
	gboolean yes = style != NULL && rn_forward_style_shrinks((const char *)style);

	xmlFree(style);
	return yes;
}

/* Text before it, in it and behind it may be one word. */
static gboolean
is_inline(const xmlNode *n)
{
	static const char *const names[] = { "span", "b", "i", "u", "em", "strong", "font", "a", "wbr", "tt",
		"code", NULL };

	return n->type != XML_ELEMENT_NODE || g_strv_contains(names, (const char *)n->name);
}

static void
enter(Page *p, const xmlNode *n)
{
	if (n->type == XML_TEXT_NODE && n->content != NULL) {
		g_string_append(p->out, (const char *)n->content);
		if (p->links->len > 0)
			g_string_append(p->raw, (const char *)n->content);
		rn_forward_mark_addresses(p->marks, (const char *)n->content);
	} else if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, "a") == 0 &&
	    p->n_links++ < MAX_LINKS) {
		Link link = { n, p->out->len, p->raw->len };

		g_array_append_val(p->links, link);
	} else if (n->type != XML_ELEMENT_NODE && n->type != XML_TEXT_NODE)
		rn_forward_mark(p->marks, "element", "something else");
}

static void
leave(Page *p, const xmlNode *n)
{
	const Link *last = p->links->len > 0 ? &g_array_index(p->links, Link, p->links->len - 1) : NULL;

	p->small -= shrinks(n) ? 1 : 0;
	if (!is_inline(n))
		g_string_append_c(p->out, '\n');
	if (last == NULL || last->node != n)
		return;
	end_link(p, last);
	g_array_set_size(p->links, p->links->len - 1);
	if (p->links->len == 0)
		g_string_truncate(p->raw, 0);
}

/* In the order of the page, without recursion: its depth is the sender's choice. */
static void
walk(Page *p, const xmlNode *root)
{
	const xmlNode *n = root;

	for (;;) {
		gboolean seen = !unseen(n);

		p->small += shrinks(n) ? 1 : 0;
		if (n->type == XML_ELEMENT_NODE)
			rn_forward_mark_element(p->marks, n, p->small);
		if (!is_inline(n))
			g_string_append_c(p->out, '\n');
		if (seen)
			enter(p, n);
		if ((seen || strcmp((const char *)n->name, "head") == 0) && n->type == XML_ELEMENT_NODE &&
		    n->children != NULL) {
			n = n->children;
			continue;
		}
		leave(p, n);
		while (n != root && n->next == NULL) {
			n = n->parent;
			leave(p, n);
		}
		if (n == root)
			return;
		n = n->next;
	}
}

char *
rn_forward_fold_html(const char *html, gsize len, GPtrArray *marks)
{
	g_autoptr(GString) raw = g_string_new(NULL), text = g_string_new(NULL);
	g_autoptr(GArray) links = g_array_new(FALSE, FALSE, sizeof(Link));
	Page p = { text, raw, links, marks, 0, 0 };
	xmlDoc *doc = htmlReadMemory(html, (int)MIN(len, MAX_HTML), NULL, "utf-8",
	    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	const xmlNode *root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;

	rn_forward_mark_source(marks, html, len);
	if (root != NULL)
		walk(&p, root);
	xmlFreeDoc(doc);
	if (len > MAX_HTML || p.n_links > MAX_LINKS)	/* what was not read is not a letter of ours */
		rn_forward_mark(marks, "link", "too much");
	return rn_forward_fold(text->str);
}
