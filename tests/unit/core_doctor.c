/* The doctor's look at units of systemd, and at the time. */
#include <glib/gstdio.h>
#include <string.h>

#include "core/doctor.h"

static char *
shipped(const char *name)
{
	const char *root = g_getenv("RINNOVA_ROOT");
	g_autofree char *file = g_build_filename(root != NULL ? root : ".", "contrib", "systemd", name, NULL);
	char *text = NULL;

	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	return text;
}

/* What is found about rinnova-courier.service as TEXT, with DROP (may be NULL) beside it. */
static RnFindLevel
judge(const char *text, const char *drop, const char *words)
{
	g_autofree char *folder = g_dir_make_tmp("rinnova-units-XXXXXX", NULL);
	g_autofree char *file = g_build_filename(folder, "rinnova-courier.service", NULL);
	g_autofree char *beside = g_strconcat(file, ".d", NULL);
	g_autofree char *part = g_build_filename(beside, "local.conf", NULL);
	const char *const folders[] = { folder, NULL };
	g_autoptr(GPtrArray) list = rn_findings_new();
	RnFindLevel level;

	if (text != NULL)
		g_assert_true(g_file_set_contents(file, text, -1, NULL));
	if (drop != NULL) {
		g_assert_cmpint(g_mkdir(beside, 0755), ==, 0);
		g_assert_true(g_file_set_contents(part, drop, -1, NULL));
	}
	rn_doctor_units(folders, list);
	g_assert_cmpuint(list->len, ==, 1);
	g_assert_nonnull(strstr(((const RnFinding *)g_ptr_array_index(list, 0))->text, words));
	level = rn_findings_worst(list);
	g_unlink(part);
	g_rmdir(beside);
	g_unlink(file);
	g_rmdir(folder);
	return level;
}

static void
test_units(void)
{
	static const char *const ours[] = { "rinnova-lmtpd.service", "rinnova-milter.service",
		"rinnova-courier.service", "rinnova-notify.service", "rinnova-expire.service" };
	g_autofree char *good = shipped("rinnova-courier.service");
	g_autofree char *bare = g_strdup("[Service]\nExecStart=/usr/local/bin/rinnova courier\n");

	for (guint i = 0; i < G_N_ELEMENTS(ours); i++) {
		g_autofree char *text = shipped(ours[i]);

		g_assert_cmpint(judge(text, NULL, "is in its sandbox"), ==, RN_FIND_OK);
	}
	g_assert_cmpint(judge(NULL, NULL, "none is installed"), ==, RN_FIND_OK);
	g_assert_cmpint(judge(bare, NULL, "NoNewPrivileges"), ==, RN_FIND_WARN);
	g_assert_cmpint(judge(good, "[Service]\nProtectSystem=no\n", ": ProtectSystem"), ==, RN_FIND_WARN);
	g_assert_cmpint(judge(good, "[Service]\nUser=root\n", "User=root"), ==, RN_FIND_WARN);
	g_assert_cmpint(judge(good, "[Service]\nRestartSec=9\n", "is in its sandbox"), ==, RN_FIND_OK);
}

static void
test_findings(void)
{
	g_autoptr(GPtrArray) list = rn_findings_new();
	GError *error = g_error_new_literal(RN_ERROR, RN_ERR_STORE, "broken");

	g_assert_cmpint(rn_findings_worst(list), ==, RN_FIND_OK);
	rn_find(list, RN_FIND_WARN, "a", "b", "c");
	g_assert_cmpint(rn_findings_worst(list), ==, RN_FIND_WARN);
	g_assert_false(rn_find_by(list, &error, "store", "well", "mend it"));
	g_assert_null(error);
	g_assert_true(rn_find_by(list, &error, "store", "well", "mend it"));
	g_assert_cmpint(rn_findings_worst(list), ==, RN_FIND_FAIL);
	g_assert_cmpstr(((const RnFinding *)g_ptr_array_index(list, 1))->todo, ==, "mend it");
	g_assert_null(((const RnFinding *)g_ptr_array_index(list, 2))->todo);
	g_assert_cmpstr(rn_find_word(RN_FIND_FAIL), ==, "fail");
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/core/doctor/units", test_units);
	g_test_add_func("/core/doctor/findings", test_findings);
	return g_test_run();
}
