/* forward_marks.c: what HTML has that a mail program does not add by itself when it forwards. Elements,
 * attributes and styles that are known to hide nothing and to lead nowhere are listed; all else is a mark. */
#include "mail/forward_marks.h"

#include <string.h>

#include "base/text.h"
#include "mail/forward_inside.h"

#define MAX_MARKS 400
#define MAX_MARK 1000

/* Style sheets that mail programs write into every mail. */
static const char *const plain_sheets[] = { "p {margin-top:0;margin-bottom:0;}", NULL };

static gboolean
has(const GPtrArray *marks, const char *mark)
{
	for (guint i = 0; i < marks->len; i++)
		if (strcmp(g_ptr_array_index(marks, i), mark) == 0)
			return TRUE;
	return FALSE;
}

void
rn_forward_mark(GPtrArray *marks, const char *kind, const char *value)
{
	g_autofree char *valid = g_utf8_make_valid(value, -1);
	g_autofree char *low = g_utf8_strdown(valid, -1);
	g_autofree char *flat = rn_text_squash(low);
	g_autofree char *digest = NULL;
	g_autofree char *mark = NULL;

	if (strlen(flat) > MAX_MARK)
		digest = rn_text_sha256(flat, strlen(flat));
	mark = g_strconcat(kind, ":", digest != NULL ? digest : flat, NULL);
	if (has(marks, mark))
		return;
	/* more than a letter can have: nobody looks on */
	g_ptr_array_add(marks, g_strdup(marks->len < MAX_MARKS ? mark : "link:too many"));
	if (marks->len > MAX_MARKS + 1)
		g_ptr_array_set_size(marks, MAX_MARKS + 1);
}

void
rn_forward_mark_addresses(GPtrArray *marks, const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, RN_WORD_ENDS, -1);

	for (guint i = 0; words[i] != NULL; i++) {
		g_autofree char *low = g_ascii_strdown(words[i], -1);

		if (strstr(low, "://") != NULL || g_str_has_prefix(low, "www."))
			rn_forward_mark(marks, "href", g_strstrip(low));
	}
}

/* --- elements and attributes --- */

/* These show nothing of their own, or what we read of them. */
static const char *const plain_elements[] = { "html", "head", "body", "title", "meta", "style", "div", "span",
	"p", "br", "hr", "b", "i", "u", "em", "strong", "font", "center", "blockquote", "pre", "tt", "code",
	"wbr", "table", "caption", "colgroup", "col", "thead", "tbody", "tfoot", "tr", "td", "th", "h1", "h2",
	"h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "a", "img", "address", "o:p", NULL };

/* These lead elsewhere, load something or take words in: nobody's own text has them. */
static const char *const active_elements[] = { "form", "input", "button", "select", "textarea", "area", "map",
	"iframe", "frame", "frameset", "object", "embed", "applet", "svg", "math", "base", "link", "script",
	"audio", "video", "source", "track", "picture", "canvas", "dialog", "portal", "noscript", "template",
	"xmp", "plaintext", "noembed", "noframes", "marquee", NULL };

/* And these of any element say nothing, whatever they say. */
static const char *const plain_attributes[] = { "lang", "align", "valign", "role", "scope", "target", "rel",
	"type", "cite", "colspan", "rowspan", "nowrap", "link", "vlink", "charset", "translate", "spellcheck",
	NULL };

/* These load something or lead elsewhere. */
static const char *const loading_attributes[] = { "src", "srcset", "background", "action", "formaction",
	"poster", "data", "href", "xlink:href", "longdesc", "ping", "usemap", NULL };

static gboolean
is_one_of(const char *const *list, const xmlChar *name)
{
	return g_strv_contains(list, (const char *)name);
}

static void
mark_style(GPtrArray *marks, const xmlNode *n, const char *style, guint small)
{
	g_autofree char *rest = rn_forward_style(style);
	g_autofree char *where = rest != NULL ? g_strdup_printf("%s:%s", (const char *)n->name, rest) : NULL;

	if (where != NULL)
		rn_forward_mark(marks, strstr(rest, "url(") != NULL ? "link" : "style", where);
	if (small > 1)
		rn_forward_mark(marks, "style", "small within small");
}

/* Classes and ids do something only by a style sheet. */
static gboolean
is_name(const char *name)
{
	return strcmp(name, "class") == 0 || strcmp(name, "id") == 0 || g_str_has_prefix(name, "data-");
}

/* The property that an attribute of old HTML stands for; NULL for any other. Static. */
static const char *
property_of(const char *name)
{
	static const struct {
		const char	*name, *property;
	} rows[] = { { "color", "color" }, { "text", "color" }, { "bgcolor", "background-color" },
		{ "face", "font-family" } };

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (strcmp(name, rows[i].name) == 0)
			return rows[i].property;
	return NULL;
}

/* Attributes of old HTML whose values could push a text out of sight. */
static gboolean
is_in_sight(const char *name, const char *value)
{
	char *end;
	gint64 n = g_ascii_strtoll(value, &end, 10);

	if (strcmp(name, "dir") == 0)
		return g_ascii_strcasecmp(value, "ltr") == 0 || g_ascii_strcasecmp(value, "auto") == 0;
	if (strcmp(name, "width") == 0)
		return *value == '\0' || (n >= (*end == '%' ? 10 : 48) && n <= (*end == '%' ? 100 : 2000));
	if (strcmp(name, "start") == 0)
		return n >= 1 && n <= 9 && *end == '\0';
	if (strcmp(name, "border") == 0 || strcmp(name, "cellpadding") == 0 ||
	    strcmp(name, "cellspacing") == 0)
		return n >= 0 && n <= 60;
	return is_one_of(plain_attributes, (const xmlChar *)name);
}

/* What a page says of its type changes nothing; any other field that it has the browser obey may. */
static void
mark_meta(GPtrArray *marks, const char *name, const char *value, const char *what)
{
	gboolean field = strcmp(name, "http-equiv") == 0;

	if ((field && g_ascii_strcasecmp(value, "content-type") == 0) ||
	    (strcmp(name, "content") == 0 && g_ascii_strncasecmp(value, "text/html", 9) == 0))
		return;
	rn_forward_mark(marks, field ? "link" : "meta", what);
}

static void
mark_attribute(GPtrArray *marks, const xmlNode *n, const char *name, const char *value, guint small)
{
	g_autofree char *what = g_strdup_printf("%s:%s=%s", (const char *)n->name, name, value);
	gboolean picture = strcmp((const char *)n->name, "img") == 0;
	const char *property;

	if (strcmp(name, "style") == 0 && strcmp((const char *)n->name, "style") == 0)
		return;		/* nobody sees a sheet as such */
	if (strcmp(name, "style") == 0)
		mark_style(marks, n, value, small);
	else if ((property = property_of(name)) != NULL) {
		g_autofree char *style = g_strdup_printf("%s:%s", property, value);

		mark_style(marks, n, style, 0);
	} else if (strcmp(name, "href") == 0 && strcmp((const char *)n->name, "a") == 0)
		return;		/* at its end */
	else if (picture && strcmp(name, "src") == 0 && g_ascii_strncasecmp(value, "cid:", 4) == 0)
		return;		/* the picture is compared as a file */
	else if (strcmp(name, "size") == 0 && strcmp((const char *)n->name, "font") == 0 &&
	    strlen(value) == 1 && *value >= '2' && *value <= '7')
		return;
	else if (strcmp((const char *)n->name, "meta") == 0)
		mark_meta(marks, name, value, what);
	else if (is_one_of(loading_attributes, (const xmlChar *)name))
		rn_forward_mark(marks, "link", what);
	else if (is_name(name))
		rn_forward_mark(marks, RN_MARK_CLASS, what);
	else if (!is_in_sight(name, value))
		rn_forward_mark(marks, "attribute", what);
}

static void
mark_sheet(GPtrArray *marks, const xmlNode *n)
{
	xmlChar *sheet = xmlNodeGetContent(n);
	g_autofree char *low = g_ascii_strdown(sheet != NULL ? (const char *)sheet : "", -1);
	g_autofree char *flat = rn_text_squash(low);

	if (!g_strv_contains(plain_sheets, flat))
		rn_forward_mark(marks, RN_MARK_SHEET, flat);
	xmlFree(sheet);
}

void
rn_forward_mark_element(GPtrArray *marks, const xmlNode *n, guint small)
{
	if (is_one_of(active_elements, n->name))
		rn_forward_mark(marks, "link", (const char *)n->name);
	else if (!is_one_of(plain_elements, n->name))
		rn_forward_mark(marks, "element", (const char *)n->name);
	for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
		xmlChar *value = xmlNodeListGetString(n->doc, a->children, 1);

		mark_attribute(
		    marks, n, (const char *)a->name, value != NULL ? (const char *)value : "", small);
		xmlFree(value);
	}
	if (strcmp((const char *)n->name, "style") == 0)
		mark_sheet(marks, n);
}
