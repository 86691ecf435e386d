/* html_slim.c: HTML without the attributes that say nothing to us. Half of a mail that Word wrote is fonts
 * and margins, and libxml2 looks at each byte of them. Only tags of plain forms are touched; from the
 * first odd one on everything goes through as it is, so that libxml2 alone says what it means. */
#include <string.h>

#include "mail/html_attr.h"
#include "mail/html_marks.h"
#include "mail/html_nest.h"

#define MAX_ENTITY 32
#define N_SEEN 8

/* A start tag that went through, most of which come again. */
typedef struct {
	const char	*text;		/* from "<" to ">"; NULL if there is none yet */
	gsize		 len, name;	/* of it, and of its name */
	gsize		 at, left;	/* where in OUT it stands, and how much of it was left */
	gboolean	 empty;		/* it ends itself */
} Seen;

typedef struct {
	const char	*p, *end;	/* the next byte, and the end of the text */
	GString		*out;
	RnAttrs		 attrs;
	RnNest		 nest;
	gboolean	 body;		/* its tag was seen */
	Seen		 seen[N_SEEN];
	guint		 next;		/* where the next one is kept */
} Slim;

/* A span, or an element of another language ("o:p"), which is nothing but inline to libxml2 and makes it
 * complain at length; but in the head, where it holds text that would end the head. libxml2 cuts names at 100
 * bytes. */
static gboolean
is_span(const Slim *s, const char *name, gsize n)
{
	return rn_name_is(name, n, "span") || (s->body && n < 100 && memchr(name, ':', n) != NULL);
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
 * that it ends itself. TRUE if it went. */
static gboolean
settle(Slim *s, const char *name, gsize n, gsize length, gboolean empty)
{
	gboolean bare = s->out->len - length == n + 2 && is_span(s, name, n);
	guint depth = s->nest.depth;

	s->body |= rn_name_is(name, n, "body");
	rn_nest_start(&s->nest, name, n, bare);
	if (empty && s->nest.depth > depth)
		rn_nest_end(&s->nest, name, n, TRUE);
	if (!bare)
		return FALSE;
	g_string_truncate(s->out, length);
	keep_apart(s->out);
	return TRUE;
}

/* Keeps the tag that begins at TEXT and ends at s->p; OUT has it from LENGTH on. */
static void
remember(Slim *s, const char *text, gsize n, gsize length, gboolean empty)
{
	s->seen[s->next++ % N_SEEN] =
	    (Seen){ text, (gsize)(s->p - text), n, length, s->out->len - length, empty };
}

/* The start tag at s->p if it is one that went through before. */
static gboolean
start_again(Slim *s)
{
	for (guint i = 0; i < N_SEEN && s->seen[i].text != NULL; i++) {
		const Seen *k = &s->seen[i];
		const char *name = s->p + 1;
		gsize length = s->out->len;

		if (k->len > (gsize)(s->end - s->p) || memcmp(k->text, s->p, k->len) != 0)
			continue;
		g_string_append_len(s->out, s->out->str + k->at, (gssize)k->left);
		s->p += k->len;
		settle(s, name, k->name, length, k->empty);
		return TRUE;
	}
	return FALSE;
}

/* The start tag at s->p ("<"): TRUE if it was plain, and stands in OUT without what says nothing. */
static gboolean
start_tag(Slim *s)
{
	const char *p = s->p + 1;
	const char *name = p;
	gsize n = rn_name_length(p, s->end), length = s->out->len;
	gboolean empty = FALSE;

	s->attrs.had = 0;
	g_string_append_len(s->out, s->p, (gssize)(n + 1));
	p += n;
	while (p < s->end && g_ascii_isspace(*p)) {
		const char *start = p, *next;
		gboolean drop = FALSE;

		while (p < s->end && g_ascii_isspace(*p))
			p++;
		if (p < s->end && (*p == '>' || *p == '/'))
			break;
		next = p < s->end ? rn_attr_end(&s->attrs, p, s->end, &drop) : NULL;
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
	s->p = p + 1;
	if (!settle(s, name, n, length, empty))
		remember(s, name - 1, n, length, empty);
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

/* Copies up to the end of MARK, which is looked for SKIP bytes on, or all if it is not there. */
static void
copy_through(Slim *s, gsize skip, const char *mark)
{
	const char *at = g_strstr_len(s->p + skip, s->end - s->p - (gssize)skip, mark);

	copy_up_to(s, at != NULL ? at + strlen(mark) : NULL);
}

/* The end tag at s->p ("</"), whose name has N letters. */
static void
end_tag(Slim *s, gsize n)
{
	const char *name = s->p + 2, *p = name + n;
	gboolean plain = p < s->end && *p == '>';

	if (!rn_nest_end(&s->nest, name, n, plain)) {
		copy_through(s, 0, ">");
		return;
	}
	s->p = p + 1;
	keep_apart(s->out);
}

/* Nobody but libxml2 knows what stands at s->p, and where it ends. */
static void
give_up(Slim *s)
{
	s->nest.odd |= s->nest.depth > 0;
	copy_up_to(s, NULL);
}

/* A style sheet or script at s->p ("<"), whose name has N letters: shown to nobody, up to the end tag of its
 * own name. If that, or the start, is not as plain as can be, libxml2 alone knows where it ends. */
static void
hidden_text(Slim *s, gsize n)
{
	const char *name = s->p + 1, *p;

	if (!start_again(s) && !start_tag(s)) {
		give_up(s);
		return;
	}
	for (p = s->p; (p = g_strstr_len(p, s->end - p, "</")) != NULL; p += 2) {
		if ((gsize)(s->end - p) > n + 2 && g_ascii_strncasecmp(p + 2, name, n) == 0)
			break;
	}
	if (p == NULL || p[n + 2] != '>' || s->p[-2] == '/')
		give_up(s);
	else
		s->p = p;
}

/* A document type at s->p ("<!"). What else begins like that, and "<?", is passed over in one place, and text
 * in another. */
static void
declaration(Slim *s)
{
	const char *end = memchr(s->p, '>', (gsize)(s->end - s->p));
	guint quotes = 0;

	for (const char *p = s->p + 1; end != NULL && p < end; p++) {
		quotes ^= (*p == '"') | (guint)(*p == '\'') << 1;
		if (*p == '<')
			end = NULL;
	}
	if (end == NULL || quotes != 0 || end - s->p < 9 || g_ascii_strncasecmp(s->p, "<!doctype", 9) != 0)
		give_up(s);
	else
		copy_up_to(s, end + 1);
}

static void
markup(Slim *s)
{
	gsize left = (gsize)(s->end - s->p), n;

	if (left >= 4 && memcmp(s->p, "<!--", 4) == 0) {
		copy_through(s, 4, "-->");	/* "<!-->" is an open one */
		return;
	}
	if (left >= 3 && s->p[1] == '/' && g_ascii_isalpha(s->p[2])) {
		end_tag(s, rn_name_length(s->p + 2, s->end));
		return;
	}
	n = rn_name_length(s->p + 1, s->end);
	if (rn_name_is(s->p + 1, n, "style") || rn_name_is(s->p + 1, n, "script")) {
		hidden_text(s, n);
	} else if (left >= 3 && (s->p[1] == '!' || s->p[1] == '?')) {
		declaration(s);
	} else if (left < 2 || !g_ascii_isalpha(s->p[1]) || (!start_again(s) && !start_tag(s))) {
		give_up(s);
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
