/* box.c: a certified mailbox, and the case number under which its renewal is spoken of. */
#include "model/box.h"

#include <string.h>

#define CASE_CHARS 8	/* 5 bits each: the 40 bits of a period's public id */

/* Crockford base32: no i, l, o, u. */
static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

RnBox *
rn_box_new(void)
{
	RnBox *box = g_new0(RnBox, 1);

	box->expiry = box->entitled_from = box->entitled_to = RN_DAY_NONE;
	return box;
}

gboolean
rn_box_entitled(const RnBox *box, RnDay day)
{
	return box->entitled && (box->entitled_from == RN_DAY_NONE || day >= box->entitled_from) &&
	    (box->entitled_to == RN_DAY_NONE || day <= box->entitled_to);
}

void
rn_box_free(RnBox *box)
{
	if (box == NULL)
		return;
	g_free(box->name);
	g_free(box->holder);
	g_free(box->reference);
	g_free(box->reference2);
	g_free(box->account);
	g_free(box->convention);
	g_free(box->type);
	g_free(box->register_number);
	g_free(box->language);
	g_free(box);
}

char *
rn_case_number(guint64 period_public)
{
	char text[CASE_CHARS + 2];	/* a dash in the middle, a NUL at the end */
	int shift = 5 * (CASE_CHARS - 1);

	for (int i = 0; i < CASE_CHARS + 1; i++) {
		if (i == CASE_CHARS / 2) {
			text[i] = '-';
			continue;
		}
		text[i] = digits[(period_public >> shift) & 31];
		shift -= 5;
	}
	text[CASE_CHARS + 1] = '\0';
	return g_strdup(text);
}

/* The value of one character, -1 if it is none. People read i and l for 1 and o for 0. */
static int
value(char c)
{
	const char *at;

	c = g_ascii_toupper(c);
	if (c == 'I' || c == 'L')
		return 1;
	if (c == 'O')
		return 0;
	at = c != '\0' ? strchr(digits, c) : NULL;
	return at != NULL ? (int)(at - digits) : -1;
}

gboolean
rn_case_read(const char *text, guint64 *period_public)
{
	guint64 bits = 0;
	int n = 0;

	for (const char *p = text; *p != '\0'; p++) {
		int v;

		if (*p == '-')
			continue;
		v = value(*p);
		if (v < 0 || ++n > CASE_CHARS)
			return FALSE;
		bits = bits << 5 | (guint64)v;
	}
	if (n != CASE_CHARS)
		return FALSE;
	*period_public = bits;
	return TRUE;
}
