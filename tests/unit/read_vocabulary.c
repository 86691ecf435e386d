/* read_vocabulary: the files of words: what they may say, and that every error names file, line and key. */
#include "mail/vocabulary.h"

#include <glib/gstdio.h>
#include <string.h>

#include "mail/typed.h"

/* The smallest file that is taken; a language made up for the test. */
#define SMALL                                                                                                \
	"[renew]\nverb = fu; fu lala\n[accept]\naccetto = bo\n[yes]\nword = ti\n[no]\nword = to\n"           \
	"[not]\nword = ze\n[if]\nword = ki\n[ask]\nword = wa\n"

static void
test_builtin(void)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(RnVocabulary) v = rn_vocabulary_load(NULL, NULL, &error);
	const char *key;

	g_assert_no_error(error);
	g_assert_nonnull(v);
	g_assert_cmpint(rn_say_of("rinnovate pure", &key), ==, RN_SAY_RENEW);
	g_assert_cmpint(rn_say_of("j accepte", &key), ==, RN_SAY_ACCEPT);
	g_assert_cmpstr(key, ==, "accetto");
	g_assert_cmpint(rn_say_of("ich genehmige", &key), ==, RN_SAY_ACCEPT);
	g_assert_cmpstr(key, ==, "approvo");
	g_assert_cmpint(rn_say_of("da", NULL), ==, RN_SAY_YES_ALONE);
	g_assert_cmpint(rn_say_of("xyzzy", &key), ==, RN_SAY_UNKNOWN);
	g_assert_null(key);
	/* two languages, two meanings: the careful one */
	g_assert_cmpint(rn_say_of("ne", NULL), ==, RN_SAY_NOT);
	g_assert_cmpint(rn_say_of("ma", NULL), ==, RN_SAY_IF);
}

typedef struct {
	const char	*text;
	const char	*error;		/* what the error must have; NULL = none */
} Row;

static const Row rows[] = {
	{ SMALL, NULL },
	{ SMALL "[fill]\na = x; y ;; z;\n", NULL },
	{ SMALL "[fill]\na = x\nb = x\n", "t.conf:17: key \"b\" of [fill]: \"x\" stands on line 16 already" },
	{ SMALL "[fill]\na = X; x\n", NULL },
	{ SMALL "[fill]\na = ti\n", "t.conf:16: key \"a\" of [fill]: \"ti\" stands on line 6 already" },
	{ SMALL "[fill]\na = ...\n", "t.conf:16: key \"a\" of [fill]: \"...\" has no word in it" },
	{ SMALL "[fill]\na = a b c d e f g\n", "t.conf:16: key \"a\" of [fill]: \"a b c d e f g\" has more than 6 words" },
	{ SMALL "[filler]\na = x\n", "t.conf:16: key \"a\" of [filler]: no such section" },
	{ SMALL "[slip]\nmeant = fu\nwords = fa\n", NULL },
	{ SMALL "[slip]\nmeant = fa\n", "t.conf:16: key \"meant\" of [slip]: \"fa\" is no phrase" },
	{ SMALL "[slip]\nmeant = fu lala\n", "\"fu lala\" is not one word" },
	{ SMALL "[slip]\nother = fu\n", "t.conf:16: key \"other\" of [slip]: " },
	{ SMALL "no key\n", "t.conf:15: " },
	{ "[accept]\nsi = bo\n", "t.conf:2: key \"si\" of [accept]: the keys of [accept] are" },
	{ "[yes]\nword = a\n", "t.conf: section [renew] is missing" },
	{ "", "t.conf: section [renew] is missing" },
};

static void
test_rows(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(RnVocabulary) v = rn_vocabulary_new();
		g_autoptr(GError) error = NULL;
		gboolean ok = rn_vocabulary_add(v, rows[i].text, "t.conf", &error);

		if (rows[i].error == NULL) {
			g_assert_no_error(error);
			g_assert_true(ok);
			continue;
		}
		g_assert_false(ok);
		g_assert_error(error, RN_ERROR, RN_ERR_CONFIG);
		if (strstr(error->message, rows[i].error) == NULL)
			g_error("row %u: \"%s\" has no \"%s\"", i, error->message, rows[i].error);
	}
}

static RnIntent
says(const char *text)
{
	const char *rule;
	g_autofree char *matched = NULL, *accepts = NULL;
	RnIntent intent = rn_intent_read(text, FALSE, &matched, &rule, &accepts);

	g_assert_nonnull(rn_intent_why(rule));
	return intent;
}

/* A folder of one's own takes the place of what is built in. */
static void
test_folder(void)
{
	static const char *const xx[] = { "xx", NULL };
	g_autoptr(GError) error = NULL, missing = NULL;
	g_autofree char *dir = g_dir_make_tmp("rinnova-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(dir, "xx.conf", NULL);
	RnVocabulary *v;

	g_assert_null(rn_vocabulary_load(dir, xx, &missing));
	g_assert_error(missing, RN_ERROR, RN_ERR_CONFIG);
	g_assert_nonnull(strstr(missing->message, file));
	g_clear_error(&missing);
	g_assert_null(rn_vocabulary_load(NULL, xx, &missing));
	g_assert_nonnull(strstr(missing->message, "\"xx\""));
	g_assert_true(g_file_set_contents(file, SMALL, -1, NULL));
	v = rn_vocabulary_load(dir, xx, &error);
	g_assert_no_error(error);
	rn_vocabulary_use(v);
	g_assert_cmpint(says("Fu!"), ==, RN_INTENT_RENEW);
	g_assert_cmpint(says("ti"), ==, RN_INTENT_YES);
	g_assert_cmpint(says("ki fu"), ==, RN_INTENT_UNCLEAR);
	g_assert_cmpint(says("rinnova"), ==, RN_INTENT_UNCLEAR);
	rn_vocabulary_use(rn_vocabulary_load(NULL, NULL, NULL));
	g_assert_cmpint(says("rinnova"), ==, RN_INTENT_RENEW);
	rn_vocabulary_use(NULL);
	g_remove(file);
	g_rmdir(dir);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/read_vocabulary/builtin", test_builtin);
	g_test_add_func("/read_vocabulary/rows", test_rows);
	g_test_add_func("/read_vocabulary/folder", test_folder);
	return g_test_run();
}
