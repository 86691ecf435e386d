#include "mail/html_marks.h"

#include <string.h>

typedef struct {
	const char	*attr;		/* "class", "id", "name", "data-marker", "type" */
	const char *
	    has; /* lower case; matched inside the value: programs put prefixes before their names (ecx, yiv, ydp) */
	RnHtmlMark	 mark;
} Sign;

static const Sign signs[] = {
	{ "class", "gmail_quote", RN_HTML_QUOTE },
	{ "class", "gmail_attr", RN_HTML_QUOTE },
	{ "class", "yahoo_quoted", RN_HTML_QUOTE },
	{ "id", "yahoo_quoted", RN_HTML_QUOTE },
	{ "class", "moz-cite-prefix", RN_HTML_QUOTE },
	{ "class", "protonmail_quote", RN_HTML_QUOTE },
	{ "class", "zmail_extra", RN_HTML_QUOTE },
	{ "id", "blockquote_zmail", RN_HTML_QUOTE },
	{ "class", "front-blockquote", RN_HTML_QUOTE },
	{ "class", "cm_quote", RN_HTML_QUOTE },
	{ "id", "reply-intro", RN_HTML_QUOTE },
	{ "id", "replybody1", RN_HTML_QUOTE },
	{ "name", "messagereplysection", RN_HTML_QUOTE },
	{ "data-marker", "__quoted_text__", RN_HTML_QUOTE },
	{ "data-marker", "__headers__", RN_HTML_QUOTE },
	{ "id", "mac_outlook_attribution_blockquote", RN_HTML_QUOTE },
	{ "id", "olk_src_body_section", RN_HTML_BELOW },
	{ "id", "divrplyfwdmsg", RN_HTML_BELOW },
	{ "id", "mail-editor-reference-message-container", RN_HTML_BELOW },
	{ "id", "stopspelling", RN_HTML_BELOW },
	{ "id", "zwchr", RN_HTML_BELOW },
	{ "class", "moz-forward-container", RN_HTML_BELOW },
	{ "class", "gmail_signature", RN_HTML_SIGNATURE },
	{ "class", "moz-signature", RN_HTML_SIGNATURE },
	{ "class", "protonmail_signature_block", RN_HTML_SIGNATURE },
	{ "id", "applemailsignature", RN_HTML_SIGNATURE },
	{ "id", "ms-outlook-mobile-signature", RN_HTML_SIGNATURE },
	{ "data-signatureblock", "true", RN_HTML_SIGNATURE },
};

/* Names that must be the whole value. */
static const Sign whole_signs[] = {
	{ "name", "quote", RN_HTML_QUOTE },
	{ "id", "signature", RN_HTML_SIGNATURE },
};

static const char *
value_of(const char *const *attrs, const char *name)
{
	for (; attrs != NULL && attrs[0] != NULL; attrs += 2) {
		if (*attrs[0] == *name && strcmp(attrs[0], name) == 0)
			return attrs[1] != NULL ? attrs[1] : "";
	}
	return NULL;
}

#define MAX_STYLE 2000

/* VALUE in lower case without white space: how style sheets are compared. FLAT has room for MAX_STYLE. */
static const char *
squeezed(const char *value, char *flat)
{
	gsize n = 0;

	for (; *value != '\0' && n < MAX_STYLE - 1; value++) {
		if ((guchar)*value > ' ' || !g_ascii_isspace(*value))
			flat[n++] = (char)(*value >= 'A' && *value <= 'Z' ? *value | 0x20 : *value);
	}
	flat[n] = '\0';
	return flat;
}

/* g_strv_contains() for names, most of which differ in their first letter. */
static gboolean
listed(const char *const *list, const char *name)
{
	for (; *list != NULL; list++) {
		if (**list == *name && strcmp(*list, name) == 0)
			return TRUE;
	}
	return FALSE;
}

/* KEY of a style has the number nought ("font-size:0", "0px", but not "0.8em"). */
static gboolean
is_nought(const char *style, const char *key)
{
	for (const char *p = strstr(style, key); p != NULL; p = strstr(p + 1, key)) {
		const char *v = p + strlen(key);

		if ((p > style && p[-1] != ';') || *v != '0')
			continue;
		v += strspn(v, "0.");
		if (!g_ascii_isdigit(*v))
			return TRUE;
	}
	return FALSE;
}

static gboolean
hides(const char *style)
{
	if (*style == '\0')
		return FALSE;
	return strstr(style, "display:none") != NULL || strstr(style, "visibility:hidden") != NULL ||
	    strstr(style, "mso-hide:all") != NULL || is_nought(style, "font-size:") ||
	    is_nought(style, "max-height:") || is_nought(style, "opacity:") ||
	    strstr(style, "line-through") != NULL;
}

static gboolean
is_hidden(const char *name, const char *const *attrs, const char *style)
{
	static const char *const never[] = { "head", "style", "script", "title", "template", "noscript",
		"object", "select", "s", "strike", "del", NULL };

	return listed(never, name) || value_of(attrs, "hidden") != NULL || hides(style);
}

/* The thin line that Outlook draws above the mail it answers: a box with a border on top alone, in one of its
 * greys. */
static gboolean
is_outlook_rule(const char *style)
{
	return strstr(style, "border-top:") != NULL &&
	    (strstr(style, "#e1e1e1") != NULL || strstr(style, "#b5c4df") != NULL) &&
	    (strstr(style, "padding:3") != NULL || strstr(style, "border-top:#b5c4df") != NULL ||
	        strstr(style, "border:none") != NULL);
}

static RnHtmlMark
blockquote(const char *const *attrs, const char *style)
{
	const char *type = value_of(attrs, "type");

	if ((type != NULL && g_ascii_strcasecmp(type, "cite") == 0) || value_of(attrs, "cite") != NULL ||
	    (strstr(style, "border-left") != NULL && strstr(style, "border-left:none") == NULL) ||
	    strstr(style, "border-inline-start") != NULL)
		return RN_HTML_QUOTE;
	/* Gmail's "indent more" */
	if (strstr(style, "border:none") != NULL && strstr(style, "margin:") != NULL)
		return RN_HTML_PLAIN;
	return RN_HTML_BARE;
}

/* The mark that the attribute NAME with VALUE gives. */
static RnHtmlMark
by_attribute(const char *name, const char *value)
{
	static const char *const telling[] = { "class", "id", "name", "data-marker", "data-signatureblock",
		NULL };
	g_autofree char *low = listed(telling, name) ? g_ascii_strdown(value, -1) : NULL;

	for (guint i = 0; low != NULL && i < G_N_ELEMENTS(signs); i++) {
		if (*signs[i].attr == *name && strcmp(signs[i].attr, name) == 0 &&
		    strstr(low, signs[i].has) != NULL)
			return signs[i].mark;
	}
	for (guint i = 0; low != NULL && i < G_N_ELEMENTS(whole_signs); i++) {
		if (strcmp(whole_signs[i].attr, name) == 0 && strcmp(low, whole_signs[i].has) == 0)
			return whole_signs[i].mark;
	}
	return RN_HTML_PLAIN;
}

static RnHtmlMark
by_signs(const char *const *attrs)
{
	RnHtmlMark mark = RN_HTML_PLAIN;

	for (; attrs != NULL && attrs[0] != NULL && mark == RN_HTML_PLAIN; attrs += 2) {
		if (attrs[1] != NULL && strcmp(attrs[0], "style") != 0)
			mark = by_attribute(attrs[0], attrs[1]);
	}
	return mark;
}

gboolean
rn_html_value_matters(const char *value, gsize len)
{
	char low[MAX_STYLE];

	if (len >= MAX_STYLE || memchr(value, '&', len) != NULL)
		return TRUE;
	for (gsize i = 0; i < len; i++)
		low[i] = g_ascii_tolower(value[i]);
	low[len] = '\0';
	for (guint i = 0; i < G_N_ELEMENTS(signs); i++) {
		if (strstr(low, signs[i].has) != NULL)
			return TRUE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(whole_signs); i++) {
		if (strcmp(low, whole_signs[i].has) == 0)
			return TRUE;
	}
	return FALSE;
}

gboolean
rn_html_style_matters(const char *value, gsize len)
{
	char room[MAX_STYLE], copy[MAX_STYLE];
	const char *style;

	if (len >= MAX_STYLE)
		return TRUE;
	memcpy(copy, value, len);
	copy[len] = '\0';
	for (const char *p = strchr(copy, '&'); p != NULL; p = strchr(p + 1, '&')) {
		if (!g_str_has_prefix(p, "&quot;"))	/* a letter may hide behind it */
			return TRUE;
	}
	style = squeezed(copy, room);
	return hides(style) || strstr(style, "border-left") != NULL || strstr(style, "border-top") != NULL ||
	    strstr(style, "border-inline-start") != NULL || strstr(style, "border:none") != NULL;
}

RnHtmlMark
rn_html_mark(const char *name, const char *const *attrs)
{
	const char *style = value_of(attrs, "style");
	char room[MAX_STYLE];
	const char *flat = squeezed(style != NULL ? style : "", room);
	RnHtmlMark mark;

	if (is_hidden(name, attrs, flat))
		return RN_HTML_HIDDEN;
	mark = by_signs(attrs);
	if (mark != RN_HTML_PLAIN)
		return mark;
	if (strcmp(name, "blockquote") == 0)
		return blockquote(attrs, flat);
	return is_outlook_rule(flat) ? RN_HTML_BELOW : RN_HTML_PLAIN;
}

gboolean
rn_html_block(const char *name)
{
	static const char *const blocks[] = { "div", "tr", "li", "dt", "dd", "ul", "ol", "table", "tbody",
		"center", "section", "article", "header", "footer", "body", "form", "address", "main", "nav",
		"aside", "caption", "fieldset", NULL };

	return listed(blocks, name) || rn_html_apart(name);
}

gboolean
rn_html_apart(const char *name)
{
	static const char *const apart[] = { "p", "blockquote", "pre", "h1", "h2", "h3", "h4", "h5", "h6",
		"hr", "dl", NULL };

	return listed(apart, name);
}
