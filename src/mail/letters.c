/* letters.c: a letter in its language: subject, text and HTML, of one template. */
#include <string.h>

#include "base/text.h"
#include "mail/letters_guard.h"
#include "mail/letters_set.h"
#include "mail/sheet.h"
#include "mail/view.h"

void
rn_language_set_free(gpointer p)
{
	RnLanguageSet *set = p;

	for (int i = 0; i < RN_LETTER_N; i++) {
		g_clear_pointer(&set->letters[i].subject, rn_template_free);
		g_clear_pointer(&set->letters[i].body, rn_template_free);
	}
	g_clear_pointer(&set->page, rn_template_free);
	rn_letter_words_free(set->words);
	g_free(set->name);
	g_free(set);
}

void
rn_letters_free(RnLetters *l)
{
	if (l == NULL)
		return;
	g_hash_table_unref(l->languages);
	g_free(l);
}

void
rn_written_clear(RnWritten *w)
{
	g_free(w->subject);
	g_free(w->text);
	g_free(w->html);
	*w = (RnWritten){ 0 };
}

/* The text that VIEW has as NAME; NULL for none and for "". */
static const char *
text_of(const RnView *view, const char *name)
{
	const RnValue *value = rn_view_find(view, name, TRUE);

	return value != NULL && value->text != NULL && *value->text != '\0' ? value->text : NULL;
}

/* The page around the lines of MARKED. */
static char *
page(const RnLanguageSet *set, const char *marked, const char *web, const char *subject, const RnView *view,
    GError **error)
{
	const char *look = text_of(view, "colore"), *colour = look != NULL ? look : RN_LETTERS_COLOUR;
	g_autofree char *line = g_strndup(marked, strcspn(marked, "\n"));
	const char *content;
	gboolean sentinel = rn_sheet_kind(line, &content) == RN_SHEET_SENTINEL;
	g_autofree char *html = rn_sheet_html(sentinel ? marked + strlen(line) : marked, colour, web);
	g_autoptr(RnView) with = rn_view_over(view);

	rn_view_text(with, "riga", sentinel ? line : "");	/* above all else */
	rn_view_text(with, "corpo", html);
	rn_view_text(with, "titolo", subject);
	rn_view_text(with, "lingua", set->name);
	return rn_template_render(set->page, with, RN_ESCAPE_HTML, error);
}

static char *
subject_of(const RnLetterTemplate *letter, const RnView *view, GError **error)
{
	g_autofree char *head = rn_template_render(letter->subject, view, RN_ESCAPE_HEADER, error);
	g_autofree char *flat = head != NULL ? rn_text_squash(head) : NULL;

	return flat != NULL ? g_utf8_substring(flat, 0, MIN(g_utf8_strlen(flat, -1), RN_MAX_SUBJECT)) : NULL;
}

/* Text and HTML of what is a letter's subject already. */
static gboolean
write_body(const RnLanguageSet *set, RnLetterKind kind, const RnView *view, RnWritten *out, GError **error)
{
	const char *web = kind == RN_LETTER_CONFIRMATION ? text_of(view, "guida") : NULL;
	g_autofree char *raw = rn_template_render(set->letters[kind].body, view, RN_ESCAPE_MARKED, error);
	g_autofree char *marked = NULL, *text = NULL;

	if (raw == NULL)
		return FALSE;
	marked = rn_letters_unlink(raw + strspn(raw, "\n"), web);
	text = rn_sheet_text(marked);
	out->text = rn_letters_guard(text);
	if (kind == RN_LETTER_ADMIN)
		return TRUE;
	out->html = page(set, marked, web, out->subject, view, error);
	return out->html != NULL;
}

gboolean
rn_letters_write(
    const RnLanguageSet *set, RnLetterKind kind, const RnView *view, RnWritten *out, GError **error)
{
	*out = (RnWritten){ .subject = subject_of(&set->letters[kind], view, error) };
	if (out->subject != NULL && write_body(set, kind, view, out, error))
		return TRUE;
	rn_written_clear(out);
	return FALSE;
}

static const RnLanguageSet *
set_of(const RnLetters *l, const char *language)
{
	g_autofree char *key = g_ascii_strdown(language != NULL ? language : RN_LETTERS_HOME, -1);

	return g_hash_table_lookup(l->languages, key);
}

const char *
rn_letters_language(const RnLetters *l, RnLetterKind kind, const char *language)
{
	const RnLanguageSet *set = set_of(l, language);

	return set != NULL && set->letters[kind].body != NULL ? set->name : RN_LETTERS_HOME;
}

static int
by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char **
rn_letters_languages(const RnLetters *l)
{
	GPtrArray *names = g_ptr_array_new();
	GHashTableIter at;
	gpointer name;

	g_hash_table_iter_init(&at, l->languages);
	while (g_hash_table_iter_next(&at, &name, NULL))
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, by_name);
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(names, FALSE);
}

const RnLetterWords *
rn_letters_words(const RnLetters *l, const char *language)
{
	const RnLanguageSet *set = set_of(l, language);

	return (set != NULL ? set : set_of(l, RN_LETTERS_HOME))->words;
}

gboolean
rn_letters_render(const RnLetters *l, RnLetterKind kind, const char *language, const RnView *view,
    RnWritten *out, GError **error)
{
	*out = (RnWritten){ 0 };
	return rn_letters_write(set_of(l, rn_letters_language(l, kind, language)), kind, view, out, error);
}
