/* A day for the calendar: folding, escaping, and hostile names that must stay in their places. The end-to-end
 * test has it read by libical. */
#include <string.h>

#include "mail/vevent.h"

static char *
written(const RnVevent *e)
{
	g_autoptr(GBytes) data = rn_vevent_write(e);
	gsize len;
	const char *text = g_bytes_get_data(data, &len);

	return g_strndup(text, len);
}

static RnVevent
event(void)
{
	return (RnVevent){ .uid = "PEC-7K3M-9QTX@ordine.example",
		.sequence = 4,
		.day = rn_day_from_ymd(2026, 12, 31),
		.stamp = 1793788496,
		.summary = "Scade la casella",
		.description = "Ultimo giorno",
		.organizer_name = "Ordine",
		.organizer = "rinnovo@ordine.example",
		.alarm_days = 7 };
}

static void
test_days(void)
{
	RnVevent e = event();
	g_autofree char *text = written(&e);

	g_assert_nonnull(strstr(text, "\r\nDTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101\r\n"));
	g_assert_nonnull(strstr(text, "\r\nMETHOD:PUBLISH\r\n"));
	g_assert_nonnull(strstr(text, "\r\nTRIGGER:-P7D\r\n"));
	g_assert_nonnull(strstr(text, "\r\nDTSTAMP:20261104T"));
}

/* Every line has at most 75 octets, and unfolding gives back what was put in. */
static void
test_folding(void)
{
	for (guint shift = 0; shift < 8; shift++) {
		RnVevent e = event();
		g_autoptr(GString) long_name = g_string_new_len("abcdefgh", shift);
		g_autofree char *text = NULL;
		g_autoptr(GString) unfolded = NULL;
		g_auto(GStrv) lines = NULL;

		for (int i = 0; i < 40; i++)
			g_string_append(long_name, "è€😀");
		e.summary = long_name->str;
		text = written(&e);
		lines = g_strsplit(text, "\r\n", -1);
		for (guint i = 0; lines[i] != NULL; i++) {
			g_assert_cmpuint(strlen(lines[i]), <=, 75);
			g_assert_true(g_utf8_validate(lines[i], -1, NULL));
		}
		unfolded = g_string_new(text);
		g_string_replace(unfolded, "\r\n ", "", 0);
		g_assert_nonnull(strstr(unfolded->str, long_name->str));
	}
}

static void
test_hostile(void)
{
	RnVevent e = event();
	g_autofree char *text = NULL;

	e.summary = "a\r\nATTENDEE:mailto:eve@evil.example;b,c\\d";
	e.description = "x\nEND:VEVENT";
	e.organizer_name = "O\"\r\n;X=1:\"";
	text = written(&e);
	g_assert_null(strstr(text, "\nATTENDEE"));
	g_assert_nonnull(strstr(text, "\r\nSUMMARY:a \\nATTENDEE:mailto:eve@evil.example\\;b\\,c\\\\d\r\n"));
	g_assert_nonnull(strstr(text, "\r\nDESCRIPTION:x\\nEND:VEVENT\r\n"));
	g_assert_nonnull(strstr(text, "\r\nORGANIZER;CN=\"O   ;X=1: \":mailto:rinnovo@ordine.example\r\n"));
}

static void
test_cancel(void)
{
	RnVevent e = event();
	g_autofree char *text = NULL;

	e.cancelled = TRUE;
	text = written(&e);
	g_assert_nonnull(strstr(text, "\r\nMETHOD:CANCEL\r\n"));
	g_assert_nonnull(strstr(text, "\r\nSTATUS:CANCELLED\r\n"));
	g_assert_null(strstr(text, "VALARM"));
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/vevent/days", test_days);
	g_test_add_func("/vevent/folding", test_folding);
	g_test_add_func("/vevent/hostile", test_hostile);
	g_test_add_func("/vevent/cancel", test_cancel);
	return g_test_run();
}
