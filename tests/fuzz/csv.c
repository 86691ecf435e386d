/* csv: any bytes as a file of boxes, imported into a store that never changes (dry run); files of odd length
 * as a whole roll. Every record is counted once, and what is refused is named with its line. */
#include <glib/gstdio.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/import.h"

static char *folder;
static RnEngine *engine;
static int file;

static char *
within(const char *name)
{
	return g_build_filename(folder, name, NULL);
}

static void
remove_all(void)
{
	static const char *const names[] = { "conf", "db", "db-wal", "db-shm", "db.lock" };

	g_clear_pointer(&engine, rn_engine_free);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *path = within(names[i]);

		g_remove(path);
	}
	g_rmdir(folder);
	g_clear_pointer(&folder, g_free);
}

static void
begin(void)
{
	g_autofree char *conf = NULL, *db = NULL, *url = NULL, *templates = NULL, *text = NULL;

	folder = g_dir_make_tmp("rinnova-csv-XXXXXX", NULL);
	g_assert_nonnull(folder);
	atexit(remove_all);
	conf = within("conf");
	db = within("db");
	url = g_strconcat("sqlite:", db, NULL);
	templates = g_canonicalize_filename("templates", NULL);
	text = g_strdup_printf(
	    "[site]\ndomain=ordine.example\nname=Ordine\nadmin=admin@ordine.example\ntemplates=%s\n"
	    "[store]\nurl=%s\n[convention medici]\nname=Medici\npayer=Ordine\n",
	    templates, url);
	g_assert_true(g_file_set_contents(conf, text, -1, NULL) && rn_store_create(url, NULL));
	engine = rn_engine_open(conf, RN_NEED_SETTINGS | RN_NEED_LETTERS | RN_NEED_STORE, NULL);
	g_assert_nonnull(engine);
	file = memfd_create("csv", 0);
	g_assert_cmpint(file, >=, 0);
}

/* They go to a person's screen. */
static void
check_words(const char *text)
{
	g_assert_true(g_utf8_validate(text, -1, NULL));
	for (; *text != '\0'; text++)
		g_assert_true((guchar)*text >= ' ' && *text != 127);
}

static void
bad(guint line, const char *reason, gpointer data)
{
	guint *n = data;

	g_assert_cmpuint(line, >=, 2);
	check_words(reason);
	(*n)++;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *path = NULL, *report = NULL;
	g_autoptr(GError) error = NULL;
	RnImportTally tally = { 0 };
	guint refused = 0;
	RnImportHow how = { .roll = size % 2 == 1,
		.keep_going = size % 2 == 0,
		.dry_run = TRUE,
		.bad = bad,
		.data = &refused };
	gboolean ok;

	if (engine == NULL)
		begin();
	g_assert_cmpint(ftruncate(file, 0), ==, 0);
	g_assert_cmpint(pwrite(file, data, size, 0), ==, (gssize)size);
	path = g_strdup_printf("/proc/self/fd/%d", file);
	ok = rn_import(engine, path, &how, &tally, &report, &error);
	g_assert_true(ok == (error == NULL));
	g_assert_cmpuint(refused, ==, tally.bad);
	if (ok)
		g_assert_cmpuint(tally.added + tally.changed + tally.same + tally.bad, ==, tally.lines);
	if (error != NULL)
		check_words(error->message);
	return 0;
}
