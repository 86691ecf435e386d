/* forward_html.c: HTML as a text that changes with its links. A tree, unlike html.c: a link says its target
 * only where its text does not, and that is known at its end. */
#include <libxml/HTMLparser.h>
#include <string.h>

#include "mail/forward.h"

#define MAX_HTML (1 << 20)

/* Nobody sees these, and mail programs drop them when they forward. */
static gboolean
unseen(const xmlNode *n)
{
	static const char *const names[] = { "head", "style", "script", "title", "template", NULL };
	xmlChar *style;
	gboolean hidden;

	if (n->type == XML_COMMENT_NODE || n->type == XML_PI_NODE || n->type == XML_DTD_NODE)
		return TRUE;
	if (n->type != XML_ELEMENT_NODE)
		return FALSE;
	if (g_strv_contains(names, (const char *)n->name))
		return TRUE;
	style = xmlGetProp(n, (const xmlChar *)"style");
	hidden = style != NULL && strstr((const char *)style, "display:none") != NULL;
	xmlFree(style);
	return hidden;
}

/* A link from START of OUT on ends: its target goes behind, unless the text says it already, as in what a
 * mail program makes of an address. */
static void
end_link(const xmlNode *n, GString *out, gsize start)
{
	xmlChar *href = xmlGetProp(n, (const xmlChar *)"href");
	g_autofree char *target = rn_forward_fold(href != NULL ? (const char *)href : "");
	const char *text = out->str + start;
	const char *bare = g_str_has_prefix(target, "mailto") ? target + strlen("mailto") : target;

	if (strcmp(text, target) != 0 && strcmp(text, bare) != 0)
		g_string_append(out, target);
	xmlFree(href);
}

/* A link that is open, and where its text begins. */
typedef struct {
	const xmlNode	*node;
	gsize		 start;
} Link;

static void
enter(const xmlNode *n, GString *out, GArray *links)
{
	if (n->type == XML_TEXT_NODE && n->content != NULL) {
		g_autofree char *folded = rn_forward_fold((const char *)n->content);

		g_string_append(out, folded);
	} else if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, "a") == 0) {
		Link link = { n, out->len };

		g_array_append_val(links, link);
	}
}

static void
leave(const xmlNode *n, GString *out, GArray *links)
{
	const Link *last = links->len > 0 ? &g_array_index(links, Link, links->len - 1) : NULL;

	if (last == NULL || last->node != n)
		return;
	end_link(n, out, last->start);
	g_array_set_size(links, links->len - 1);
}

/* In the order of the page, without recursion: its depth is the sender's choice. */
static void
walk(const xmlNode *root, GString *out)
{
	g_autoptr(GArray) links = g_array_new(FALSE, FALSE, sizeof(Link));
	const xmlNode *n = root;

	for (;;) {
		gboolean seen = !unseen(n);

		if (seen)
			enter(n, out, links);
		if (seen && n->type == XML_ELEMENT_NODE && n->children != NULL) {
			n = n->children;
			continue;
		}
		leave(n, out, links);
		while (n != root && n->next == NULL) {
			n = n->parent;
			leave(n, out, links);
		}
		if (n == root)
			return;
		n = n->next;
	}
}

char *
rn_forward_fold_html(const char *html, gsize len)
{
	GString *out = g_string_new(NULL);
	xmlDoc *doc = htmlReadMemory(html, (int)MIN(len, MAX_HTML), NULL, "utf-8",
	    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET);
	const xmlNode *root = doc != NULL ? xmlDocGetRootElement(doc) : NULL;

	if (root != NULL)
		walk(root, out);
	xmlFreeDoc(doc);
	if (len > MAX_HTML)	/* what was not read is not a letter of ours */
		g_string_append(out, "toolong");
	return g_string_free(out, FALSE);
}
