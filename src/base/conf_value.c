/* conf_value.c: values of a key file by their types, into the members of a struct. */
#include "base/conf_file.h"
#include "base/text.h"

#include <string.h>

#define CENTS_MAX (G_GINT64_CONSTANT(1000000000) * 100)
#define BYTES_MAX (G_GINT64_CONSTANT(1) << 50)
#define SECONDS_MAX (10 * 366 * 86400)

typedef struct {
	char	letter;		/* '\0' ends the list */
	gint64	factor;
} Unit;

/* Reads RAW by ROW into *MEMBER; FALSE leaves it alone. */
typedef gboolean (*Parse)(const RnConfKey *row, const char *raw, void *member);

/* GKeyFile's own reading of escapes and of lists, for a value that may also be a default. */
static gboolean
parse_text(const RnConfKey *row, const char *raw, void *member)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_autoptr(GError) why = NULL;	/* a wrong escape: an error beside the text */
	g_autofree char *text = NULL;

	g_key_file_set_value(file, "s", row->key, raw);
	text = g_key_file_get_string(file, "s", row->key, &why);
	if (text == NULL || why != NULL)
		return FALSE;
	*(char **)member = g_steal_pointer(&text);
	return TRUE;
}

static gboolean
parse_path(const RnConfKey *row, const char *raw, void *member)
{
	return (raw[0] == '/' || raw[0] == '\0') && parse_text(row, raw, member);
}

static gboolean
parse_addr(const RnConfKey *row, const char *raw, void *member)
{
	return (raw[0] == '\0' || rn_addr_valid(raw)) && parse_text(row, raw, member);
}

static gboolean
parse_bool(const RnConfKey *row, const char *raw, void *member)
{
	static const char *const words[] = { "no", "yes", "false", "true", "0", "1" };

	(void)row;
	for (gsize i = 0; i < G_N_ELEMENTS(words); i++) {
		if (g_ascii_strcasecmp(raw, words[i]) == 0) {
			*(gboolean *)member = i % 2 == 1;
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean
read_int(const char *raw, int min, int max, int *to)
{
	gint64 number;

	if (!g_ascii_string_to_signed(raw, 10, min, max, &number, NULL))
		return FALSE;
	*to = (int)number;
	return TRUE;
}

static gboolean
parse_int(const RnConfKey *row, const char *raw, void *member)
{
	return read_int(raw, row->min, row->max, member);
}

static gboolean
parse_money(const RnConfKey *row, const char *raw, void *member)
{
	gsize whole = strspn(raw, "0123456789");
	const char *rest = raw + whole;
	gint64 cents;

	(void)row;
	if (whole == 0 || whole > 10)
		return FALSE;
	cents = g_ascii_strtoll(raw, NULL, 10) * 100;
	if (*rest != '\0') {
		gsize places = strspn(rest + 1, "0123456789");

		if (strchr(".,", *rest) == NULL || places < 1 || places > 2 || rest[1 + places] != '\0')
			return FALSE;
		cents += (rest[1] - '0') * 10 + (places == 2 ? rest[2] - '0' : 0);
	}
	if (cents > CENTS_MAX)
		return FALSE;
	*(gint64 *)member = cents;
	return TRUE;
}

/* A whole number and one of UNITS; without a unit only where units start with the letter ' '. */
static gboolean
scaled(const char *raw, const Unit *units, gint64 max, gint64 *to)
{
	gsize len = strspn(raw, "0123456789");
	gint64 number;

	if (len == 0 || len > 15)
		return FALSE;
	number = g_ascii_strtoll(raw, NULL, 10);
	if (raw[len] != '\0' && raw[len + 1] != '\0')
		return FALSE;
	for (const Unit *u = units; u->letter != '\0'; u++) {
		if (u->letter != (raw[len] == '\0' ? ' ' : raw[len]))
			continue;
		if (number > max / u->factor)
			return FALSE;
		*to = number * u->factor;
		return TRUE;
	}
	return FALSE;
}

static gboolean
parse_bytes(const RnConfKey *row, const char *raw, void *member)
{
	static const Unit units[] = {
		{ ' ', 1 }, { 'k', 1 << 10 }, { 'K', 1 << 10 }, { 'M', 1 << 20 }, { 'G', 1 << 30 }, { '\0', 0 },
	};

	(void)row;
	return scaled(raw, units, BYTES_MAX, member);
}

static gboolean
parse_time(const RnConfKey *row, const char *raw, void *member)
{
	static const Unit units[] = { { 's', 1 }, { 'm', 60 }, { 'h', 3600 }, { 'd', 86400 }, { '\0', 0 } };
	gint64 seconds = 0;

	(void)row;
	if (strcmp(raw, "0") != 0 && !scaled(raw, units, SECONDS_MAX, &seconds))
		return FALSE;
	*(int *)member = (int)seconds;
	return TRUE;
}

static gboolean
parse_ints(const RnConfKey *row, const char *raw, void *member)
{
	g_auto(GStrv) parts = g_strsplit(raw, ",", -1);
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int));

	for (guint i = 0; parts[i] != NULL; i++) {
		int number;

		if (!read_int(g_strstrip(parts[i]), row->min, row->max, &number))
			return FALSE;
		g_array_append_val(numbers, number);
	}
	*(GArray **)member = g_steal_pointer(&numbers);
	return TRUE;
}

static gboolean
parse_list(const RnConfKey *row, const char *raw, void *member)
{
	g_autoptr(GKeyFile) file = g_key_file_new();
	g_auto(GStrv) parts = NULL;
	g_autoptr(GError) why = NULL;
	gsize kept = 0;

	g_key_file_set_value(file, "s", row->key, raw);
	parts = g_key_file_get_string_list(file, "s", row->key, NULL, &why);
	if (parts == NULL || why != NULL)
		return FALSE;
	for (gsize i = 0; parts[i] != NULL; i++) {
		char *part = g_steal_pointer(&parts[i]);

		if (*g_strstrip(part) != '\0')
			parts[kept++] = part;
		else
			g_free(part);
	}
	*(char ***)member = g_steal_pointer(&parts);
	return TRUE;
}

static gboolean
parse_word(const RnConfKey *row, const char *raw, void *member)
{
	g_auto(GStrv) words = g_strsplit(row->allowed, "|", -1);

	for (int i = 0; words[i] != NULL; i++) {
		if (strcmp(words[i], raw) == 0) {
			*(int *)member = i;
			return TRUE;
		}
	}
	return FALSE;
}

static void
clear_text(void *member)
{
	g_clear_pointer((char **)member, g_free);
}

static void
clear_ints(void *member)
{
	g_clear_pointer((GArray **)member, g_array_unref);
}

static void
clear_list(void *member)
{
	g_clear_pointer((char ***)member, g_strfreev);
}

static const struct {
	Parse		 parse;
	void		(*clear)(void *member);	/* NULL: no pointer */
	const char	*allowed;
} types[] = {
	[RN_CONF_TEXT]	= { parse_text, clear_text, "text (a backslash is written \\\\)" },
	[RN_CONF_PATH]	= { parse_path, clear_text, "an absolute path, or nothing" },
	[RN_CONF_ADDR]	= { parse_addr, clear_text, "a mail address such as nome@dominio.example, or nothing" },
	[RN_CONF_BOOL]	= { parse_bool, NULL, "yes, no, true, false, 1 or 0" },
	[RN_CONF_INT]	= { parse_int, NULL, "a whole number" },
	[RN_CONF_MONEY]	= { parse_money, NULL, "an amount such as 12.20 or 12,20" },
	[RN_CONF_BYTES]	= { parse_bytes, NULL, "a size such as 512, 64k, 10M or 1G" },
	[RN_CONF_TIME]	= { parse_time, NULL, "a time such as 30s, 5m, 2h or 4d (ten years at most)" },
	[RN_CONF_INTS]	= { parse_ints, clear_ints, "whole numbers with commas between them" },
	[RN_CONF_LIST]	= { parse_list, clear_list, "a list with semicolons between its parts" },
	[RN_CONF_WORD]	= { parse_word, NULL, "one of" },
};

/* What ROW allows, in words; caller frees. */
static char *
allowed_text(const RnConfKey *row)
{
	GString *s = g_string_new(types[row->type].allowed);

	if (row->type == RN_CONF_INT || row->type == RN_CONF_INTS)
		g_string_append_printf(s, " from %d to %d", row->min, row->max);
	if (row->allowed != NULL)
		g_string_append_printf(s, "%s%s", row->type == RN_CONF_WORD ? " " : ": ", row->allowed);
	return g_string_free(s, FALSE);
}

static gboolean
fill_one(RnConf *conf, const char *section, const RnConfKey *row, void *member, GError **error)
{
	g_autofree char *raw = g_key_file_get_value(conf->file, section, row->key, NULL);
	g_autofree char *where = rn_conf_where(conf, section, row->key);
	g_autofree char *allowed = allowed_text(row);

	if (raw == NULL && row->fallback == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: [%s] needs the key \"%s\": %s", where,
		    section, row->key, allowed);
		return FALSE;
	}
	if (types[row->type].parse(row, raw != NULL ? g_strstrip(raw) : row->fallback, member))
		return TRUE;
	/* Free text may be a secret, and errors go to the log. */
	if (raw != NULL)
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: [%s] %s = %s: allowed is %s", where, section,
		    row->key, row->type == RN_CONF_TEXT ? "..." : raw, allowed);
	else
		g_set_error(error, RN_ERROR, RN_ERR_INTERNAL, "the default \"%s\" of [%s] %s is not %s",
		    row->fallback, section, row->key, allowed);
	return FALSE;
}

gboolean
rn_conf_fill(RnConf *conf, const char *section, const char *table_section, const RnConfKey *keys, gsize n,
    void *to, GError **error)
{
	/* First every pointer is NULL, so that a failure half way can free what is there and nothing else. */
	for (gsize i = 0; i < n; i++)
		if (strcmp(keys[i].section, table_section) == 0 && types[keys[i].type].clear != NULL)
			*(void **)((char *)to + keys[i].offset) = NULL;
	for (gsize i = 0; i < n; i++) {
		if (strcmp(keys[i].section, table_section) != 0)
			continue;
		if (!fill_one(conf, section, &keys[i], (char *)to + keys[i].offset, error)) {
			rn_conf_clear(table_section, keys, n, to);
			return FALSE;
		}
	}
	return TRUE;
}

void
rn_conf_clear(const char *table_section, const RnConfKey *keys, gsize n, void *of)
{
	for (gsize i = 0; i < n; i++)
		if (strcmp(keys[i].section, table_section) == 0 && types[keys[i].type].clear != NULL)
			types[keys[i].type].clear((char *)of + keys[i].offset);
}
