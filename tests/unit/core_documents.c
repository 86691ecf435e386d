/* core_documents.c: what may be an identity document; who is entitled when; what an import's line says and
 * leaves out. */
#include <string.h>

#include "core/documents.h"
#include "core/import_row.h"

static void
test_likely(void)
{
	static const struct {
		const char	*row, *kind;
		guint64		 size;
		gboolean	 is_inline, want;
	} rows[] = {
		{ "a small PDF", "pdf", 500, FALSE, TRUE },
		{ "Apple Mail shows a PDF inline", "pdf", 500, TRUE, TRUE },
		{ "a photograph", "jpeg", 300000, FALSE, TRUE },
		{ "a scan", "png", 20 * 1024, FALSE, TRUE },
		{ "a signature's picture", "png", 20 * 1024 - 1, FALSE, FALSE },
		{ "an iPhone's photograph", "heic", 1500000, TRUE, TRUE },
		{ "an inline photograph", "jpeg", 100 * 1024, TRUE, TRUE },
		{ "an inline logo", "jpeg", 100 * 1024 - 1, TRUE, FALSE },
		{ "a large inline logo", "png", 500000, TRUE, FALSE },
		{ "winmail.dat", "other", 500000, FALSE, FALSE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		RnAttachment a = {
			.kind = (char *)rows[i].kind, .size = rows[i].size, .is_inline = rows[i].is_inline
		};

		if (rn_document_likely(&a) != rows[i].want)
			g_error("%s", rows[i].row);
	}
}

static void
test_entitled(void)
{
	RnDay d = rn_day_from_ymd(2026, 6, 1);
	const struct {
		const char	*row;
		gboolean	 entitled;
		RnDay		 from, to;
		gboolean	 want;
	} rows[] = {
		{ "always", TRUE, RN_DAY_NONE, RN_DAY_NONE, TRUE },
		{ "never", FALSE, RN_DAY_NONE, RN_DAY_NONE, FALSE },
		{ "never, with dates", FALSE, d, d, FALSE },
		{ "that one day", TRUE, d, d, TRUE },
		{ "from tomorrow", TRUE, d + 1, RN_DAY_NONE, FALSE },
		{ "until yesterday", TRUE, RN_DAY_NONE, d - 1, FALSE },
		{ "until today", TRUE, RN_DAY_NONE, d, TRUE },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(RnBox) box = rn_box_new();

		box->entitled = rows[i].entitled;
		box->entitled_from = rows[i].from;
		box->entitled_to = rows[i].to;
		if (rn_box_entitled(box, d) != rows[i].want)
			g_error("%s", rows[i].row);
	}
}

static RnBox *
known_box(void)
{
	RnBox *box = rn_box_new();

	box->convention = g_strdup("uno");
	box->type = g_strdup("PEC");
	box->language = g_strdup("it");
	box->account = g_strdup("login-1");
	return box;
}

/* What the file does not say stays; what it says counts. */
static void
test_keep(void)
{
	g_autoptr(RnBox) old = known_box(), box = known_box();
	char *fields[RN_COL_N] = { NULL };

	old->state = RN_BOX_DEACTIVATED;
	old->document = old->business_register = TRUE;
	old->entitled_to = 20000;
	g_clear_pointer(&box->account, g_free);
	rn_import_keep(box, old, fields, FALSE, FALSE);
	g_assert_cmpint(box->state, ==, RN_BOX_DEACTIVATED);
	g_assert_cmpstr(box->account, ==, "login-1");
	g_assert_true(box->document && box->business_register && !box->entitled && box->entitled_to == 20000);

	/* in the roll again is enough to be open and entitled */
	old->state = RN_BOX_CLOSED;
	box->state = RN_BOX_ACTIVE;
	box->entitled = TRUE;
	rn_import_keep(box, old, fields, TRUE, FALSE);
	g_assert_true(box->state == RN_BOX_ACTIVE && box->entitled);
	rn_import_keep(box, old, fields, FALSE, FALSE);
	g_assert_true(box->state == RN_BOX_CLOSED && !box->entitled);

	/* a list that knows of no document, and one that we hold */
	fields[RN_COL_DOCUMENT] = (char *)"no";
	fields[RN_COL_STATE] = (char *)"attiva";
	box->document = FALSE;
	box->state = RN_BOX_ACTIVE;
	rn_import_keep(box, old, fields, FALSE, FALSE);
	g_assert_true(!box->document && box->state == RN_BOX_ACTIVE);
	rn_import_keep(box, old, fields, FALSE, TRUE);
	g_assert_true(box->document);
}

/* A file may hold anything; what is said of it goes to a person's screen. */
static void
test_shown(void)
{
	static const char *const rows[][2] = { { "colore", "colore" }, { "s\xc3\xac", "s\xef\xbf\xbd" },
		{ "\xff", "\xef\xbf\xbd" }, { "a\x1b[2J\x7f", "a?[" }, { "", "" } };

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *got = rn_import_shown(rows[i][0], i == 1 ? 2 : i == 3 ? 3 : 100);

		g_assert_cmpstr(got, ==, rows[i][1]);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/core/documents/likely", test_likely);
	g_test_add_func("/core/documents/entitled", test_entitled);
	g_test_add_func("/core/documents/keep", test_keep);
	g_test_add_func("/core/documents/shown", test_shown);
	return g_test_run();
}
