/* forward_ours.c: a letter of ours, and whether what is shown is that letter and nothing else. */
#include <string.h>

#include "mail/forward_inside.h"

#define LETTER_MIN 80	/* a shorter text could stand anywhere */

/* --- the letter --- */

static void
say(RnShown *s, const char *text)
{
	g_auto(GStrv) words = g_strsplit_set(text, RN_WORD_ENDS, -1);

	for (guint i = 0; words[i] != NULL; i++) {
		char *low = g_ascii_strdown(words[i], -1);
		gsize len = strlen(low);

		while (len > 0 && strchr(".:'?!", low[len - 1]) != NULL)
			low[--len] = '\0';
		g_hash_table_add(s->said, low);
	}
}

static void
say_header(RnShown *s, GMimeMessage *message)
{
	static const char *const names[] = { "From", "To", "Reply-To" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *value = g_mime_object_get_header(GMIME_OBJECT(message), names[i]);

		if (value != NULL)
			say(s, value);
	}
}

/* The classes and ids that the style sheet of HTML names. */
static GHashTable *
names_of(const char *html)
{
	GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	const char *end = html != NULL ? strstr(html, "</style>") : NULL;

	for (const char *p = html; end != NULL && p < end; p++)
		if ((*p == '.' || *p == '#') && g_ascii_isalpha(p[1])) {
			gsize len = strcspn(p + 1, " \t\r\n{},.:#>+~[)<");

			g_hash_table_add(names, g_ascii_strdown(p + 1, (gssize)len));
		}
	return names;
}

RnShown *
rn_forward_letter(GBytes *letter, GError **error)
{
	g_autoptr(RnParts) parts = NULL;
	g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
	RnShown *s;

	rn_parts_start();
	if ((parts = rn_parts_read(letter, error)) == NULL)
		return NULL;
	s = rn_forward_shown(parts, texts);
	for (guint i = 0; i < s->content->len; i++) {
		const char *one = g_ptr_array_index(s->content, i);

		if (g_str_has_prefix(one, "file:"))
			g_ptr_array_add(texts, g_strdup(one));
	}
	if (parts->html != NULL)	/* the last one, if there is any */
		s->html = g_strdup(g_ptr_array_index(s->content, s->content->len - 1));
	s->texts = g_steal_pointer(&texts);
	s->said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	s->names = names_of(parts->html);
	say(s, parts->text);
	say_header(s, parts->message);
	g_ptr_array_unref(s->content);
	s->content = rn_forward_exact(parts->message);
	return s;
}

/* --- is it? --- */

/* An address that stands in the letter's text may have become a link. */
static gboolean
is_allowed(const char *mark, const RnShown *letter)
{
	const char *href = g_str_has_prefix(mark, "href:") ? mark + strlen("href:") : NULL;
	const char *bare =
	    href != NULL && g_str_has_prefix(href, "mailto:") ? href + strlen("mailto:") : href;

	for (guint i = 0; i < letter->marks->len; i++)
		if (strcmp(mark, g_ptr_array_index(letter->marks, i)) == 0)
			return TRUE;
	return href != NULL &&
	    (g_hash_table_contains(letter->said, href) || g_hash_table_contains(letter->said, bare));
}

/* Is ONE of what a text shows something of LETTER? */
static gboolean
is_of(const char *one, const RnShown *letter)
{
	for (guint i = 0; i < letter->texts->len; i++) {
		const char *own = g_ptr_array_index(letter->texts, i);

		if (strcmp(one, own) == 0 && *own != '\0')
			return TRUE;
		if (!g_str_has_prefix(one, "file:") && !g_str_has_prefix(own, "file:") &&
		    strlen(own) >= LETTER_MIN && strstr(one, own) != NULL)
			return TRUE;
	}
	return FALSE;
}

static gboolean
shows_within(const RnShown *shown, const RnShown *letter)
{
	for (guint i = 0; i < shown->content->len; i++)
		if (!is_of(g_ptr_array_index(shown->content, i), letter))
			return FALSE;
	return shown->content->len > 0;
}

static const char *
next_of(const RnShown *s, guint *i)
{
	while (*i < s->content->len) {
		const char *one = g_ptr_array_index(s->content, (*i)++);

		if (!g_str_has_prefix(one, "seal:"))
			return one;
	}
	return NULL;
}

/* The same fields and parts in the same order; a signature is ours or is not there. */
static gboolean
is_exact(const RnShown *shown, const RnShown *letter)
{
	guint i = 0, k = 0;
	const char *one, *own;

	do {
		one = next_of(shown, &i);
		own = next_of(letter, &k);
		if (g_strcmp0(one, own) != 0)
			return FALSE;
	} while (one != NULL);
	for (i = 0; i < shown->content->len; i++) {
		const char *seal = g_ptr_array_index(shown->content, i);

		if (g_str_has_prefix(seal, "seal:") &&
		    !g_ptr_array_find_with_equal_func(letter->content, seal, g_str_equal, NULL))
			return FALSE;
	}
	return letter->content->len > 0;
}

/* Is the letter's HTML in what is shown? Only there do its styles stand where we put them. */
static gboolean
shows_html(const RnShown *shown, const RnShown *letter)
{
	for (guint i = 0; i < shown->content->len && letter->html != NULL; i++)
		if (strlen(letter->html) >= LETTER_MIN &&
		    strstr(g_ptr_array_index(shown->content, i), letter->html) != NULL)
			return TRUE;
	return FALSE;
}

/* Does the class or id of MARK ("class:ELEMENT:class=A B") mean nothing to the style sheet of LETTER? */
static gboolean
is_idle(const char *mark, const RnShown *letter)
{
	const char *value = g_str_has_prefix(mark, RN_MARK_CLASS ":") ? strchr(mark, '=') : NULL;
	g_auto(GStrv) names = value != NULL ? g_strsplit_set(value + 1, " \t\r\n\f", -1) : NULL;

	for (guint i = 0; names != NULL && names[i] != NULL; i++)
		if (g_hash_table_contains(letter->names, names[i]))
			return FALSE;
	return value != NULL;
}

static gboolean
has_sheet(const RnShown *shown)
{
	for (guint i = 0; i < shown->marks->len; i++)
		if (g_str_has_prefix(g_ptr_array_index(shown->marks, i), RN_MARK_SHEET ":"))
			return TRUE;
	return FALSE;
}

gboolean
rn_forward_shows(const RnShown *shown, const RnShown *letter)
{
	gboolean html = !shown->attached && shows_html(shown, letter), sheet = has_sheet(shown);

	for (guint i = 0; i < shown->marks->len; i++) {
		const char *mark = g_ptr_array_index(shown->marks, i);
		gboolean name = g_str_has_prefix(mark, RN_MARK_CLASS ":");

		if (name && (!sheet || is_idle(mark, letter)))
			continue;
		if (!is_allowed(mark, letter) || (!html && !g_str_has_prefix(mark, "href:")))
			return FALSE;
	}
	return shown->attached ? is_exact(shown, letter) : shows_within(shown, letter);
}
