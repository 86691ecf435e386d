/* store_move.c: another store in the place of the one that is there: alone, whole, or not at all. */
#include "base/world.h"
#include "store_house.h"

/* Opens the store of H once more; the milliseconds that it took to get it, or -1. */
static gpointer
open_late(gpointer data)
{
	House *h = data;
	gint64 start = rn_monotonic();
	RnStore *store = rn_store_open(h->url, FALSE, NULL);
	gint64 took = (rn_monotonic() - start) / G_TIME_SPAN_MILLISECOND;

	rn_store_close(store);
	return GINT_TO_POINTER(store != NULL ? (int)took : -1);
}

static void
test_held(void)
{
	House h = { 0 };
	g_autoptr(GError) error = NULL;
	RnStoreHold *hold;
	RnStore *reader;
	GThread *late;

	house_begin(&h);
	g_assert_null(rn_store_hold(h.url, &error));	/* ours is open */
	g_assert_error(error, RN_ERROR, RN_ERR_BUSY);
	g_assert_nonnull(strstr(error->message, "is in use: stop lmtpd"));
	g_clear_error(&error);
	g_clear_pointer(&h.store, rn_store_close);
	reader = rn_store_open(h.url, TRUE, NULL);
	g_assert_null(rn_store_hold(h.url, NULL));
	rn_store_close(reader);

	hold = rn_store_hold(h.url, &error);
	g_assert_no_error(error);
	g_assert_null(rn_store_hold(h.url, NULL));	/* one restore at a time */
	reader = rn_store_open(h.url, TRUE, NULL);	/* looking is no harm */
	g_assert_nonnull(reader);
	rn_store_close(reader);
	late = g_thread_new("late", open_late, &h);
	g_usleep(300 * G_TIME_SPAN_MILLISECOND);
	rn_store_release(hold);
	g_assert_cmpint(GPOINTER_TO_INT(g_thread_join(late)), >=, 250);
	house_end(&h);
}

/* What cannot be put in place leaves the old store where it was, with its log. */
static void
test_put_back(void)
{
	House h = { 0 };
	g_autofree char *aside = NULL, *log = NULL, *log_aside = NULL;
	g_autoptr(GError) error = NULL;

	house_begin(&h);
	aside = g_strconcat(h.path, ".before", NULL);
	log = g_strconcat(h.path, "-wal", NULL);
	log_aside = g_strconcat(aside, "-wal", NULL);
	g_clear_pointer(&h.store, rn_store_close);
	g_assert_true(g_file_set_contents(log, "", 0, NULL));
	g_assert_false(rn_store_replace(h.url, "/nowhere/rinnova.db", aside, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_BUSY);
	g_assert_nonnull(strstr(error->message, "is as it was"));
	g_clear_error(&error);
	g_assert_true(g_file_test(h.path, G_FILE_TEST_EXISTS) && g_file_test(log, G_FILE_TEST_EXISTS));
	g_assert_false(g_file_test(aside, G_FILE_TEST_EXISTS) || g_file_test(log_aside, G_FILE_TEST_EXISTS));

	/* not even set aside: the log's place is taken */
	g_assert_true(g_file_set_contents(log_aside, "x", 1, NULL));
	g_assert_false(rn_store_replace(h.url, "/nowhere/rinnova.db", aside, NULL));
	g_assert_true(g_file_test(h.path, G_FILE_TEST_EXISTS) && g_file_test(log, G_FILE_TEST_EXISTS));
	g_assert_false(g_file_test(aside, G_FILE_TEST_EXISTS));
	house_open(&h);
	house_end(&h);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/move/held", test_held);
	g_test_add_func("/store/move/put-back", test_put_back);
	return g_test_run();
}
