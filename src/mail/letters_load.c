/* letters_load.c: reads the template sets. Whatever would break when a letter is sent is an error here. */
#include <string.h>

#include "mail/letters_guard.h"
#include "mail/letters_set.h"

/* What is at hand while sets are read. */
typedef struct {
	const char	*dir;
	const RnView	*full, *bare;	/* what templates are tried with */
	GPtrArray	*findings;	/* NULL: the first error ends it */
	gboolean	 passed;	/* these very files were tried before */
} Load;

/* WHY is told: at the end of it all, or by ending it (FALSE). WHY is taken. */
static gboolean
told(const Load *load, GError *why, GError **error)
{
	if (why == NULL)
		return FALSE;
	if (load->findings == NULL) {
		g_propagate_error(error, why);
		return FALSE;
	}
	g_ptr_array_add(load->findings, g_strdup(why->message));
	g_error_free(why);
	return TRUE;
}

/* A template that would put a command at the start of a line is refused when it is loaded, not when a letter
 * is sent. */
static gboolean
check_lines(const RnLanguageSet *set, RnLetterKind kind, const RnView *view, const char *file, GError **error)
{
	g_auto(RnWritten) w = { 0 };
	g_autofree char *line = NULL;

	if (!rn_letters_write(set, kind, view, &w, error))
		return FALSE;
	if ((line = rn_letters_command_line(w.text)) == NULL)
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
	    "%s: the line \"%s\" starts with a word that members answer with: put it in «» or "
	    "within a sentence",
	    file, line);
	return FALSE;
}

/* Every name is known, and what the letter makes of a full view and of a bare one is fit to be sent. */
static gboolean
check_letter(const Load *load, const RnLanguageSet *set, RnLetterKind kind, const char *file, GError **error)
{
	const RnLetterTemplate *letter = &set->letters[kind];
	g_auto(RnWritten) w = { 0 };

	if (!rn_template_check(letter->subject, load->full, error) ||
	    !rn_template_check(letter->body, load->full, error) ||
	    !check_lines(set, kind, load->full, file, error) ||
	    !check_lines(set, kind, load->bare, file, error) ||
	    !rn_letters_write(set, kind, load->full, &w, error))
		return FALSE;
	if (*w.subject != '\0')
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s:1: the subject is empty", file);
	return FALSE;
}

/* Splits TEXT behind its "Subject:" line and compiles both. The body keeps the two line breaks before it, so
 * that errors name the right line. */
static gboolean
compile(RnLetterTemplate *letter, const char *text, const char *file, const char *folder, GError **error)
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
load_letter(const Load *load, RnLanguageSet *set, RnLetterKind kind, const char *folder, GError **error)
{
	g_autofree char *file = g_strdup_printf("%s/%s.txt", folder, rn_word(RN_WORDS_LETTER, kind));
	g_autofree char *text = NULL;
	GError *why = NULL;

	if (strcmp(set->words->fallback, RN_LETTERS_HOME) == 0 && !g_file_test(file, G_FILE_TEST_EXISTS))
		return TRUE;
	if ((text = rn_template_read(file, &why)) != NULL &&
	    compile(&set->letters[kind], text, file, folder, &why) &&
	    (load->passed || check_letter(load, set, kind, file, &why))) {
		if (load->findings != NULL)
			rn_letters_look(set, kind, file, load->findings);
		return TRUE;
	}
	return told(load, why, error);
}

/* The page of the language, else the one of all. */
static gboolean
load_page(const Load *load, RnLanguageSet *set, const char *folder, GError **error)
{
	g_autofree char *own = g_build_filename(folder, "page.html", NULL);
	g_autofree char *all = g_build_filename(load->dir, "page.html", NULL);
	const char *file = g_file_test(own, G_FILE_TEST_EXISTS) ? own : all;
	g_autofree char *text = rn_template_read(file, error);
	g_autoptr(RnView) with = rn_view_over(load->full);

	if (text == NULL)
		return FALSE;
	rn_view_text(with, "corpo", "");
	rn_view_text(with, "riga", "");
	rn_view_text(with, "titolo", "");
	rn_view_text(with, "lingua", "");
	set->page = rn_template_compile(text, file, folder, error);
	if (set->page == NULL || !rn_template_check(set->page, with, error))
		return FALSE;
	if (strstr(text, "{{{corpo}}}") == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "%s: {{{corpo}}} is missing: write it where the letter's text goes", file);
		return FALSE;
	}
	if (load->findings != NULL)
		rn_letters_look_at_page(file, load->findings);
	return TRUE;
}

static gboolean
load_words(RnLanguageSet *set, const char *folder, GError **error)
{
	g_autofree char *file = g_build_filename(folder, "words.conf", NULL);

	set->words = rn_letter_words_read(file, error);
	if (set->words == NULL)
		return FALSE;
	if (*set->words->fallback == '\0' ||
	    (strcmp(set->words->fallback, RN_LETTERS_HOME) == 0 && strcmp(set->name, RN_LETTERS_HOME) != 0))
		return TRUE;
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
	    "%s: [language] fallback: only \"" RN_LETTERS_HOME
	    "\" can stand in, and only for another language",
	    file);
	return FALSE;
}

static gboolean
load_language(const Load *load, RnLetters *l, const char *name, GError **error)
{
	g_autofree char *folder = g_build_filename(load->dir, name, NULL);
	RnLanguageSet *set;
	GError *why = NULL;

	if (!g_file_test(folder, G_FILE_TEST_IS_DIR))
		return TRUE;
	set = g_new0(RnLanguageSet, 1);
	set->name = g_ascii_strdown(name, -1);
	g_hash_table_insert(l->languages, g_strdup(set->name), set);
	if (!load_words(set, folder, &why) || !load_page(load, set, folder, &why))
		return told(load, why, error);
	for (int kind = 0; kind < RN_LETTER_N; kind++)
		if (!load_letter(load, set, kind, folder, error))
			return FALSE;
	return TRUE;
}

static RnLetters *
load_all(Load *load, GError **error)
{
	g_autoptr(RnLetters) l = g_new0(RnLetters, 1);
	g_autoptr(GError) why = NULL;
	g_autoptr(GDir) folder = g_dir_open(load->dir, 0, &why);
	const char *name;

	l->languages = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, rn_language_set_free);
	if (folder == NULL) {
		g_set_error(
		    error, RN_ERROR, RN_ERR_CONFIG, "templates: %s (key site.templates)", why->message);
		return NULL;
	}
	while ((name = g_dir_read_name(folder)) != NULL)
		if (!load_language(load, l, name, error))
			return NULL;
	if (!g_hash_table_contains(l->languages, RN_LETTERS_HOME)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
		    "templates: no folder \"%s\" in %s (key site.templates)", RN_LETTERS_HOME, load->dir);
		return NULL;
	}
	return g_steal_pointer(&l);
}

RnLetters *
rn_letters_load(const char *dir, gboolean passed, GError **error)
{
	g_autoptr(RnView) full = rn_letters_sample();
	g_autoptr(RnView) bare = rn_letters_sample_bare();
	Load load = { dir, full, bare, NULL, passed };

	return load_all(&load, error);
}

void
rn_letters_check(const char *dir, GPtrArray *findings)
{
	g_autoptr(RnView) full = rn_letters_sample();
	g_autoptr(RnView) bare = rn_letters_sample_bare();
	Load load = { dir, full, bare, findings, FALSE };
	g_autoptr(GError) why = NULL;
	g_autoptr(RnLetters) l = load_all(&load, &why);

	if (why != NULL)
		g_ptr_array_add(findings, g_strdup(why->message));
}
