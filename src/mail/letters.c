/* letters.c: the set of our letters: one template file a letter and language. */
#include "mail/letter.h"

#include <string.h>

#include "base/text.h"
#include "mail/letters_guard.h"

#define HOME "it"		/* the language that is complete */
#define MAX_SUBJECT 200		/* characters */

typedef struct {
	RnTemplate	*subject, *body;
} Letter;

typedef struct {
	Letter	 letters[RN_LETTER_N];	/* members NULL: not in this language */
} Language;

/* What templates are tried with when they are loaded. */
typedef struct {
	const RnView	*full, *bare;
} Samples;

struct RnLetters {
	GHashTable	*languages;	/* "it" -> Language */
};

static void
language_free(gpointer p)
{
	Language *l = p;

	for (int i = 0; i < RN_LETTER_N; i++) {
		g_clear_pointer(&l->letters[i].subject, rn_template_free);
		g_clear_pointer(&l->letters[i].body, rn_template_free);
	}
	g_free(l);
}

void
rn_letters_free(RnLetters *l)
{
	if (l == NULL)
		return;
	g_hash_table_unref(l->languages);
	g_free(l);
}

static gboolean
render(const Letter *letter, const RnView *view, char **subject, char **body, GError **error)
{
	g_autofree char *head = rn_template_render(letter->subject, view, RN_ESCAPE_HEADER, error);
	g_autofree char *text =
	    head != NULL ? rn_template_render(letter->body, view, RN_ESCAPE_TEXT, error) : NULL;
	g_autofree char *flat = NULL;

	if (text == NULL)
		return FALSE;
	flat = rn_text_squash(head);
	*subject = g_utf8_substring(flat, 0, MIN(g_utf8_strlen(flat, -1), MAX_SUBJECT));
	*body = g_strdup(text + strspn(text, "\n"));
	return TRUE;
}

/* A template that would put a command at the start of a line is refused when it is loaded, not when a letter
 * is sent. */
static gboolean
check_lines(const Letter *letter, const RnView *view, const char *file, GError **error)
{
	g_autofree char *subject = NULL;
	g_autofree char *body = NULL;
	g_autofree char *line = NULL;

	if (!render(letter, view, &subject, &body, error))
		return FALSE;
	if ((line = rn_letters_command_line(body)) == NULL)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
	    "%s: the line \"%s\" starts with a word that members answer with: put it in «» or "
	    "within a sentence",
	    file, line);
	return FALSE;
}

/* Every name is known, and what the letter makes of a full view and of a bare one is fit to be sent. */
static gboolean
check_letter(const Letter *letter, const Samples *samples, const char *file, GError **error)
{
	g_autofree char *subject = NULL;
	g_autofree char *body = NULL;

	if (!rn_template_check(letter->subject, samples->full, error) ||
	    !rn_template_check(letter->body, samples->full, error) ||
	    !check_lines(letter, samples->full, file, error) ||
	    !check_lines(letter, samples->bare, file, error) ||
	    !render(letter, samples->full, &subject, &body, error))
		return FALSE;
	if (*subject != '\0')
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s:1: the subject is empty", file);
	return FALSE;
}

/* Splits TEXT behind its "Subject:" line and compiles both. The body keeps the two line breaks before it, so
 * that errors name the right line. */
static gboolean
compile(Letter *letter, const char *text, const char *file, const char *folder, GError **error)
{
	const char *end = strchr(text, '\n');
	g_autofree char *subject = NULL;
	g_autofree char *body = NULL;

	if (!g_str_has_prefix(text, "Subject:") || end == NULL || end[1] != '\n') {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "%s:1: begin with \"Subject: ...\" and an empty line", file);
		return FALSE;
	}
	subject = g_strndup(text + strlen("Subject:"), (gsize)(end - text) - strlen("Subject:"));
	body = g_strconcat("\n\n", end + 2, NULL);
	letter->subject = rn_template_compile(subject, file, folder, error);
	letter->body = letter->subject != NULL ? rn_template_compile(body, file, folder, error) : NULL;
	return letter->body != NULL;
}

static gboolean
load_file(Letter *letter, const char *file, const char *folder, const Samples *samples, GError **error)
{
	g_autofree char *raw = NULL;
	g_autoptr(GString) text = NULL;
	g_autoptr(GError) why = NULL;

	if (!g_file_get_contents(file, &raw, NULL, &why)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: %s", file, why->message);
		return FALSE;
	}
	text = g_string_new(raw);
	g_string_replace(text, "\r\n", "\n", 0);
	return compile(letter, text->str, file, folder, error) && check_letter(letter, samples, file, error);
}

/* The language of FOLDER. A letter that is missing is an error only where it must be COMPLETE. */
static Language *
load_language(const char *folder, gboolean complete, const Samples *samples, GError **error)
{
	Language *l = g_new0(Language, 1);

	for (int i = 0; i < RN_LETTER_N; i++) {
		g_autofree char *file = g_strdup_printf("%s/%s.txt", folder, rn_word(RN_WORDS_LETTER, i));

		if (!complete && !g_file_test(file, G_FILE_TEST_EXISTS))
			continue;
		if (!load_file(&l->letters[i], file, folder, samples, error)) {
			language_free(l);
			return NULL;
		}
	}
	return l;
}

static gboolean
add_language(RnLetters *l, const char *dir, const char *name, const Samples *samples, GError **error)
{
	g_autofree char *folder = g_build_filename(dir, name, NULL);
	Language *language;

	if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
		return TRUE;
	language = load_language(folder, strcmp(name, HOME) == 0, samples, error);
	if (language == NULL)
		return FALSE;
	g_hash_table_insert(l->languages, g_ascii_strdown(name, -1), language);
	return TRUE;
}

RnLetters *
rn_letters_load(const char *dir, GError **error)
{
	g_autoptr(RnLetters) l = g_new0(RnLetters, 1);
	g_autoptr(GError) why = NULL;
	g_autoptr(GDir) folder = g_dir_open(dir, 0, &why);
	g_autoptr(RnView) full = rn_letters_sample();
	g_autoptr(RnView) bare = rn_letters_sample_bare();
	Samples samples = { full, bare };
	const char *name;

	l->languages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, language_free);
	if (folder == NULL) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_CONFIG, "templates: %s (key site.templates)", why->message);
		return NULL;
	}
	while ((name = g_dir_read_name(folder)) != NULL)
		if (!add_language(l, dir, name, &samples, error))
			return NULL;
	if (!g_hash_table_contains(l->languages, HOME)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "templates: no folder \"%s\" in %s (key site.templates)", HOME, dir);
		return NULL;
	}
	return g_steal_pointer(&l);
}

/* The letter in LANGUAGE, else at home. */
static const Letter *
pick(const RnLetters *l, RnLetterKind kind, const char *language)
{
	g_autofree char *key = g_ascii_strdown(language != NULL ? language : HOME, -1);
	const Language *found = g_hash_table_lookup(l->languages, key);

	if (found == NULL || found->letters[kind].body == NULL)
		found = g_hash_table_lookup(l->languages, HOME);
	return &found->letters[kind];
}

gboolean
rn_letters_render(const RnLetters *l, RnLetterKind kind, const char *language, const RnView *view,
    char **subject, char **body, GError **error)
{
	g_autofree char *text = NULL;

	*subject = *body = NULL;
	if (!render(pick(l, kind, language), view, subject, &text, error))
		return FALSE;
	*body = rn_letters_guard(text, kind == RN_LETTER_CONFIRMATION);
	return TRUE;
}
