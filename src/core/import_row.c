#include "core/import_row.h"

#include <string.h>

#include "base/text.h"

static const char *const columns[RN_COL_N] = {
	"box", "holder", "reference", "expiry", "convention", "account", "type", "state", "document", "register",
	"reference2", "entitled", "language",
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

static gboolean
bad(GError **error, RnImportColumn column, const char *value, const char *allowed)
{
	g_set_error(error, RN_ERROR, RN_ERR_INPUT, "column %s: \"%.60s\" %s", columns[column],
	    value != NULL ? value : "", allowed);
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
		return bad(error, column, "", "is not UTF-8: save the file as \"CSV UTF-8\"");
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

static gboolean
yes_no(char *const f[RN_COL_N], RnImportColumn column, gboolean fallback, gboolean *to, GError **error)
{
	static const char *const yes[] = { "yes", "si", "sì", "1", "true", "x", NULL };
	static const char *const no[] = { "no", "0", "false", NULL };
	g_autofree char *clean = f[column] != NULL ? rn_text_squash(f[column]) : g_strdup("");
	g_autofree char *low = g_utf8_strdown(clean, -1);

	*to = fallback;
	if (*low == '\0')
		return TRUE;
	if (g_strv_contains(yes, low))
		*to = TRUE;
	else if (g_strv_contains(no, low))
		*to = FALSE;
	else
		return bad(error, column, clean, "is neither yes nor no (also: si, 1, true, x; 0, false)");
	return TRUE;
}

static gboolean
state(char *const f[RN_COL_N], RnBoxState *to, GError **error)
{
	g_autofree char *clean = f[RN_COL_STATE] != NULL ? rn_text_squash(f[RN_COL_STATE]) : g_strdup("");
	g_autofree char *low = g_utf8_strdown(clean, -1);
	int value = g_str_has_prefix(low, "attiva") || *low == '\0' ? RN_BOX_ACTIVE :
	    g_str_has_prefix(low, "disattiva") || g_str_has_prefix(low, "scadut") ?
	                                                              RN_BOX_DEACTIVATED :
	                                                              rn_word_read(RN_WORDS_BOX, low);

	if (value < 0)
		return bad(error, RN_COL_STATE, clean,
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
	    !text(f, RN_COL_ACCOUNT, FALSE, &box->account, error) || !state(f, &box->state, error) ||
	    !yes_no(f, RN_COL_DOCUMENT, FALSE, &box->document, error) ||
	    !yes_no(f, RN_COL_REGISTER, FALSE, &box->business_register, error) ||
	    !yes_no(f, RN_COL_ENTITLED, TRUE, &box->entitled, error))
		return NULL;
	return g_steal_pointer(&box);
}
