/* html_slim.c: HTML without the attributes that say nothing to us. Half of a mail that Word wrote is fonts
 * and margins, and libxml2 looks at each byte of them. Only tags of plain forms are touched; from the
 * first odd one on everything goes through as it is, so that libxml2 alone says what it means. */
#include <string.h>

#include "mail/html_marks.h"
#include "mail/html_nest.h"

/* Attributes that rn_html_mark() asks for. */
static const char *const kept[] = { "class", "id", "name", "type", "cite", "hidden", "data-marker",
	"data-signatureblock", NULL };

#define N_SEEN 8
#define MAX_ENTITY 32

typedef struct {
	const char	*p, *end;	/* the next byte, and the end of the text */
	GString		*out;
	gboolean	 styled;	/* the tag had a style already */
	struct {
		const char	*value;
		gsize		 len;
		gboolean	 matters;
	} seen[N_SEEN];		/* styles, most of which come again in the next tag */
	guint		 next;
	RnNest		 nest;
} Slim;

static gboolean
in_name(char c)
{
	return g_ascii_isalnum(c) || c == '-' || c == ':' || c == '_';
}

static gsize
name_length(const char *p, const char *end)
{
	gsize n = 0;

	while (p + n < end && in_name(p[n]))
		n++;
	return n;
}

static gboolean
is_kept(const char *name, gsize n)
{
	for (guint i = 0; kept[i] != NULL; i++) {
		if (rn_name_is(name, n, kept[i]))
			return TRUE;
	}
	return FALSE;
}

static gboolean
style_matters(Slim *s, const char *value, gsize len)
{
	for (guint i = 0; i < N_SEEN; i++) {
		if (s->seen[i].value != NULL && s->seen[i].len == len &&
		    memcmp(s->seen[i].value, value, len) == 0)
			return s->seen[i].matters;
	}
	s->next = (s->next + 1) % N_SEEN;
	s->seen[s->next].value = value;
	s->seen[s->next].len = len;
	return s->seen[s->next].matters = rn_html_style_matters(value, len);
}

/* The end of the value at P (a quoted one, or a bare word) and what is in it; NULL if it is odd. */
static const char *
value_of(const Slim *s, const char *p, const char **value, gsize *len)
{
	char quote = '\0';
	const char *end;

	if (p < s->end)
		quote = *p;
	if (quote != '"' && quote != '\'') {
		for (end = p;
		     end < s->end && (in_name(*end) || strchr("#%.+", *end) != NULL) && *end != '\0';)
			end++;
		*value = p;
		*len = (gsize)(end - p);
		return end > p && end < s->end && (g_ascii_isspace(*end) || *end == '>') ? end : NULL;
	}
	*value = p + 1;
	end = memchr(p + 1, quote, (gsize)(s->end - p - 1));
	if (end == NULL)
		return NULL;
	*len = (gsize)(end - p - 1);
	return memchr(*value, '\0', *len) == NULL && memchr(*value, '<', *len) == NULL ? end + 1 : NULL;
}

/* NAME="VALUE", NAME=WORD or NAME at P, which stands behind white space. Its end, NULL if it is written in
 * any other way (to libxml2 a name starts with a letter). *DROP says that it can go. */
static const char *
attribute(Slim *s, const char *p, gboolean *drop)
{
	gsize n = name_length(p, s->end), len;
	const char *end = p + n, *value;

	*drop = !is_kept(p, n);
	if (n == 0 || end >= s->end || !g_ascii_isalpha(*p))
		return NULL;
	if (*end != '=')
		return !rn_name_is(p, n, "style") && (g_ascii_isspace(*end) || *end == '>') ? end : NULL;
	end = value_of(s, end + 1, &value, &len);
	if (end == NULL || !rn_name_is(p, n, "style"))
		return end;
	if (s->styled)		/* the first one counts, and it may have been dropped */
		return NULL;
	s->styled = TRUE;
	*drop = !style_matters(s, value, len);
	return end;
}

/* A span, or an element of another language ("o:p"), which is nothing but inline to libxml2 and makes it
 * complain at length. libxml2 cuts names at 100 bytes. */
static gboolean
is_span(const char *name, gsize n)
{
	return rn_name_is(name, n, "span") || (n < 100 && memchr(name, ':', n) != NULL);
}

/* Where a tag was taken out: "&" and letters before it must not become an entity with what comes after it. */
static void
keep_apart(GString *out)
{
	gsize n = 0;

	while (n < MAX_ENTITY && n < out->len &&
	    (g_ascii_isalnum(out->str[out->len - n - 1]) || out->str[out->len - n - 1] == '#'))
		n++;
	if (n == MAX_ENTITY || (n < out->len && out->str[out->len - n - 1] == '&'))
		g_string_append(out, "<!-- -->");
}

/* The start tag NAME of N letters, which is in OUT from LENGTH on: a span that says nothing goes. EMPTY says
 * that it ends itself. */
static void
settle(Slim *s, const char *name, gsize n, gsize length, gboolean empty)
{
	gboolean bare = s->out->len - length == n + 2 && is_span(name, n);
	guint depth = s->nest.depth;

	rn_nest_start(&s->nest, name, n, bare);
	if (empty && s->nest.depth > depth)
		rn_nest_end(&s->nest, name, n, TRUE);
	if (!bare)
		return;
	g_string_truncate(s->out, length);
	keep_apart(s->out);
}

/* The start tag at s->p ("<"): TRUE if it was plain, and stands in OUT without what says nothing. */
static gboolean
start_tag(Slim *s)
{
	const char *p = s->p + 1;
	const char *name = p;
	gsize n = name_length(p, s->end), length = s->out->len;
	gboolean empty = FALSE;

	s->styled = FALSE;
	g_string_append_len(s->out, s->p, (gssize)(n + 1));
	p += n;
	while (p < s->end && g_ascii_isspace(*p)) {
		const char *start = p, *next;
		gboolean drop = FALSE;

		while (p < s->end && g_ascii_isspace(*p))
			p++;
		if (p < s->end && (*p == '>' || *p == '/'))
			break;
		next = p < s->end ? attribute(s, p, &drop) : NULL;
		if (next == NULL) {
			p = s->end;
			break;
		}
		if (!drop)
			g_string_append_len(s->out, start, (gssize)(next - start));
		p = next;
	}
	if (p + 1 < s->end && *p == '/' && p[1] == '>') {
		g_string_append_c(s->out, *p++);
		empty = TRUE;
	}
	if (p >= s->end || *p != '>') {
		g_string_truncate(s->out, length);
		return FALSE;
	}
	g_string_append_c(s->out, '>');
	settle(s, name, n, length, empty);
	s->p = p + 1;
	return TRUE;
}

/* Copies up to AT, all if it is NULL. */
static void
copy_up_to(Slim *s, const char *at)
{
	if (at == NULL)
		at = s->end;
	g_string_append_len(s->out, s->p, at - s->p);
	s->p = at;
}

/* Copies up to the end of MARK, or all if it is not there. */
static void
copy_through(Slim *s, const char *mark)
{
	const char *at = g_strstr_len(s->p, s->end - s->p, mark);

	copy_up_to(s, at != NULL ? at + strlen(mark) : NULL);
}

/* The end tag at s->p ("</"), whose name has N letters. */
static void
end_tag(Slim *s, gsize n)
{
	const char *name = s->p + 2, *p = name + n;
	gboolean plain = p < s->end && *p == '>';

	if (!rn_nest_end(&s->nest, name, n, plain)) {
		copy_through(s, ">");
		return;
	}
	s->p = p + 1;
	keep_apart(s->out);
}

static void
markup(Slim *s)
{
	gsize left = (gsize)(s->end - s->p), n;

	if (left >= 4 && memcmp(s->p, "<!--", 4) == 0) {
		copy_through(s, "-->");
		return;
	}
	if (left >= 3 && s->p[1] == '/' && g_ascii_isalpha(s->p[2])) {
		end_tag(s, name_length(s->p + 2, s->end));
		return;
	}
	n = name_length(s->p + 1, s->end);
	if (rn_name_is(s->p + 1, n, "style") || rn_name_is(s->p + 1, n, "script")) {
		rn_nest_start(&s->nest, s->p + 1, n, FALSE);
		copy_up_to(s, g_strstr_len(s->p, s->end - s->p, "</"));
	} else if (left >= 3 && (s->p[1] == '!' || s->p[1] == '?')) {
		copy_through(s, ">");
	} else if (left < 2 || !g_ascii_isalpha(s->p[1]) || !start_tag(s)) {
		/* nobody but libxml2 knows what this is, and where it ends */
		s->nest.odd |= s->nest.depth > 0;
		copy_up_to(s, NULL);
	}
}

char *
rn_html_slim(const char *html, gsize len, gsize *slim)
{
	Slim s = { .p = html, .end = html + len, .out = g_string_sized_new(len + 1) };

	while (s.p < s.end) {
		const char *next = memchr(s.p, '<', (gsize)(s.end - s.p));
		gsize n = next != NULL ? (gsize)(next - s.p) : (gsize)(s.end - s.p);

		g_string_append_len(s.out, s.p, (gssize)n);
		s.p += n;
		if (s.p < s.end)
			markup(&s);
	}
	if (s.nest.odd) {
		g_string_truncate(s.out, 0);
		g_string_append_len(s.out, html, (gssize)len);
	}
	*slim = s.out->len;
	return g_string_free(s.out, FALSE);
}
