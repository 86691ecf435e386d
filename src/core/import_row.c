#include "core/import_row.h"

#include <string.h>

#include "base/text.h"

#define NO_UTF8 "is not UTF-8: save the file as \"CSV UTF-8\""

static const char *const columns[RN_COL_N] = {
	"box", "holder", "reference", "expiry", "convention", "account", "type", "state", "document", "register",
	"reference2", "entitled", "language", "register_number",
};

int
rn_import_column(const char *name)
{
	g_autofree char *clean = rn_text_squash(name);

	for (int i = 0; i < RN_COL_N; i++)
		if (g_ascii_strcasecmp(clean, columns[i]) == 0)
			return i;
	return -1;
}

const char *
rn_import_column_name(RnImportColumn column)
{
	return columns[column];
}

char *
rn_import_shown(const char *value, gsize max)
{
	char *shown = rn_text_utf8(value, (gssize)strnlen(value, max));

	for (char *p = shown; *p != '\0'; p++)
		if ((guchar)*p < ' ' || *p == 127)
			*p = '?';
	return shown;
}

static gboolean
bad(GError **error, RnImportColumn column, const char *value, const char *allowed)
{
	g_autofree char *shown = rn_import_shown(value != NULL ? value : "", 60);

	g_set_error(error, RN_ERROR, RN_ERR_INPUT, "column %s: \"%s\" %s", columns[column], shown, allowed);
	return FALSE;
}

/* A text column: squashed, valid UTF-8, no control characters, bounded. */
static gboolean
text(char *const f[RN_COL_N], RnImportColumn column, gboolean must, char **to, GError **error)
{
	g_autofree char *clean = f[column] != NULL ? rn_text_squash(f[column]) : NULL;

	if (clean == NULL || *clean == '\0')
		return !must || bad(error, column, "", "is empty: every line needs one");
	if (!g_utf8_validate(clean, -1, NULL))
		return bad(error, column, "", NO_UTF8);
	if (strlen(clean) > 300)
		return bad(error, column, clean, "is longer than 300 bytes");
	for (const char *p = clean; *p != '\0'; p++)
		if ((guchar)*p < ' ' || *p == 127)
			return bad(error, column, clean, "holds a control character");
	*to = g_steal_pointer(&clean);
	return TRUE;
}

static gboolean
address(char *const f[RN_COL_N], RnImportColumn column, gboolean must, char **to, GError **error)
{
	g_autofree char *clean = NULL;

	if (!text(f, column, must, &clean, error))
		return FALSE;
	if (clean == NULL)
		return TRUE;
	if (!rn_addr_valid(clean))
		return bad(error, column, clean, "is no mail address");
	*to = rn_addr_fold(clean);
	return TRUE;
}

/* A cell of words as it is compared, NULL with an error if it cannot be read; caller frees. */
static char *
lower(char *const f[RN_COL_N], RnImportColumn column, GError **error)
{
	g_autofree char *clean = f[column] != NULL ? rn_text_squash(f[column]) : g_strdup("");

	if (!g_utf8_validate(clean, -1, NULL)) {	/* g_utf8_strdown() would read behind its end */
		bad(error, column, "", NO_UTF8);
		return NULL;
	}
	return g_utf8_strdown(clean, -1);
}

static gboolean
yes_no(char *const f[RN_COL_N], RnImportColumn column, gboolean fallback, gboolean *to, GError **error)
{
	static const char *const yes[] = { "yes", "si", "sì", "1", "true", "x", NULL };
	static const char *const no[] = { "no", "0", "false", NULL };
	g_autofree char *low = lower(f, column, error);

	*to = fallback;
	if (low == NULL)
		return FALSE;
	if (*low == '\0')
		return TRUE;
	if (g_strv_contains(yes, low))
		*to = TRUE;
	else if (g_strv_contains(no, low))
		*to = FALSE;
	else
		return bad(error, column, low, "is neither yes nor no (also: si, 1, true, x; 0, false)");
	return TRUE;
}

static gboolean
state(char *const f[RN_COL_N], RnBoxState *to, GError **error)
{
	g_autofree char *low = lower(f, RN_COL_STATE, error);
	int value;

	if (low == NULL)
		return FALSE;
	if (*low == '\0' || g_str_has_prefix(low, "attiva"))
		value = RN_BOX_ACTIVE;
	else if (g_str_has_prefix(low, "disattiva") || g_str_has_prefix(low, "scadut"))
		value = RN_BOX_DEACTIVATED;
	else
		value = rn_word_read(RN_WORDS_BOX, low);
	if (value < 0)
		return bad(error, RN_COL_STATE, low,
		    "is no state; allowed: active (attiva), deactivated (disattivata), closed");
	*to = (RnBoxState)value;
	return TRUE;
}

static gboolean
expiry(char *const f[RN_COL_N], RnDay *to, GError **error)
{
	g_autofree char *clean = f[RN_COL_EXPIRY] != NULL ? rn_text_squash(f[RN_COL_EXPIRY]) : g_strdup("");

	return rn_day_parse(clean, to) ||
	    bad(error, RN_COL_EXPIRY, clean, "is no day; write 2026-11-30 or 30/11/2026");
}

/* One side of FROM..TO. */
static gboolean
side(const char *text, RnDay *to)
{
	g_autofree char *clean = rn_text_squash(text);

	return *clean == '\0' || rn_day_parse(clean, to);
}

/* yes or no, or from when until when: "2026-01-01..2026-12-31", either end may be open. */
static gboolean
entitled(char *const f[RN_COL_N], RnBox *box, GError **error)
{
	const char *text = f[RN_COL_ENTITLED];
	const char *dots = text != NULL ? strstr(text, "..") : NULL;
	g_autofree char *from = dots != NULL ? g_strndup(text, (gsize)(dots - text)) : NULL;

	if (dots == NULL)
		return yes_no(f, RN_COL_ENTITLED, TRUE, &box->entitled, error);
	box->entitled = TRUE;
	if (!side(from, &box->entitled_from) || !side(dots + 2, &box->entitled_to) ||
	    (box->entitled_from == RN_DAY_NONE && box->entitled_to == RN_DAY_NONE))
		return bad(error, RN_COL_ENTITLED, text,
		    "is no time; write yes, no, or days such as 2026-01-01..2026-12-31, ..2026-12-31, 2026-01-01..");
	if (box->entitled_to != RN_DAY_NONE && box->entitled_from > box->entitled_to)
		return bad(error, RN_COL_ENTITLED, text, "ends before it begins");
	return TRUE;
}

/* The convention must be one of the configuration; type and language default to its own. */
static gboolean
convention(const RnSettings *s, char *const f[RN_COL_N], RnBox *box, GError **error)
{
	const RnConvention *c;

	g_clear_pointer(&box->convention, g_free);
	if (!text(f, RN_COL_CONVENTION, TRUE, &box->convention, error))
		return FALSE;
	c = rn_settings_convention(s, box->convention);
	if (c == NULL)
		return bad(error, RN_COL_CONVENTION, box->convention,
		    "is not in the configuration: add a [convention ...] section first");
	g_clear_pointer(&box->type, g_free);
	g_clear_pointer(&box->language, g_free);
	if (!text(f, RN_COL_TYPE, FALSE, &box->type, error) ||
	    !text(f, RN_COL_LANGUAGE, FALSE, &box->language, error))
		return FALSE;
	if (box->type == NULL)
		box->type = g_strdup(c->type);
	if (box->language == NULL)
		box->language = g_strdup(c->language);
	return TRUE;
}

RnBox *
rn_import_box(const RnSettings *s, char *const f[RN_COL_N], GError **error)
{
	g_autoptr(RnBox) box = rn_box_new();

	if (!address(f, RN_COL_BOX, TRUE, &box->name, error) ||
	    !text(f, RN_COL_HOLDER, TRUE, &box->holder, error) ||
	    !address(f, RN_COL_REFERENCE, TRUE, &box->reference, error) ||
	    !address(f, RN_COL_REFERENCE2, FALSE, &box->reference2, error) ||
	    !expiry(f, &box->expiry, error) || !convention(s, f, box, error) ||
	    !text(f, RN_COL_ACCOUNT, FALSE, &box->account, error) ||
	    !text(f, RN_COL_REGISTER_NUMBER, FALSE, &box->register_number, error) ||
	    !state(f, &box->state, error) || !yes_no(f, RN_COL_DOCUMENT, FALSE, &box->document, error) ||
	    !yes_no(f, RN_COL_REGISTER, FALSE, &box->business_register, error) || !entitled(f, box, error))
		return NULL;
	return g_steal_pointer(&box);
}

static gboolean
says(char *const f[RN_COL_N], RnImportColumn column)
{
	return f[column] != NULL && f[column][strspn(f[column], " \t")] != '\0';
}

static void
keep_text(char *const f[RN_COL_N], RnImportColumn column, char **text, const char *old)
{
	if (f[column] != NULL)	/* a column that is there and empty takes the value away */
		return;
	g_free(*text);
	*text = g_strdup(old);
}

static void
keep_entitled(RnBox *box, const RnBox *old, gboolean back)
{
	if (back && old->state == RN_BOX_CLOSED)
		return;
	box->entitled = old->entitled;
	box->entitled_from = old->entitled_from;
	box->entitled_to = old->entitled_to;
}

void
rn_import_keep(
    RnBox *box, const RnBox *old, char *const fields[RN_COL_N], gboolean back, gboolean has_document)
{
	keep_text(fields, RN_COL_REFERENCE2, &box->reference2, old->reference2);
	keep_text(fields, RN_COL_ACCOUNT, &box->account, old->account);
	keep_text(fields, RN_COL_REGISTER_NUMBER, &box->register_number, old->register_number);
	if (strcmp(box->convention, old->convention) == 0) {
		keep_text(fields, RN_COL_TYPE, &box->type, old->type);
		keep_text(fields, RN_COL_LANGUAGE, &box->language, old->language);
	}
	if (!says(fields, RN_COL_STATE) && !(back && old->state == RN_BOX_CLOSED))
		box->state = old->state;
	if (!says(fields, RN_COL_REGISTER))
		box->business_register = old->business_register;
	if (!says(fields, RN_COL_ENTITLED))
		keep_entitled(box, old, back);
	if (!says(fields, RN_COL_DOCUMENT) || has_document)
		box->document |= old->document;
}
