/* conf.c: reads a key file and remembers on which line everything stands, which GKeyFile does not. */
#include "base/conf_file.h"

#include <string.h>

#define FILE_MAX (1024 * 1024)
#define KEY_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

static void
place_free(gpointer data)
{
	RnConfPlace *place = data;

	g_free(place->section);
	g_free(place->key);
	g_free(place);
}

static char *
index_name(const char *section, const char *key)
{
	return g_strconcat(section, "\n", key, NULL);
}

static const RnConfPlace *
find(RnConf *conf, const char *section, const char *key)
{
	g_autofree char *name = index_name(section, key);

	return g_hash_table_lookup(conf->index, name);
}

static gboolean
fail(GError **error, RnConf *conf, guint line, const char *what, const char *advice)
{
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s:%u: %s: %s", conf->name, line, what, advice);
	return FALSE;
}

/* Notes that KEY (NULL: the section itself) stands on LINE. GKeyFile would let the last of two win in
 * silence. */
static gboolean
add_place(RnConf *conf, const char *section, const char *key, guint line, GError **error)
{
	const RnConfPlace *first = find(conf, section, key);
	RnConfPlace *place;

	if (first != NULL) {
		g_autofree char *what = key != NULL ? g_strdup_printf("key \"%s\" of [%s]", key, section) :
		                                      g_strdup_printf("section [%s]", section);
		g_autofree char *advice =
		    g_strdup_printf("stands on line %u already; keep one of them", first->line);

		return fail(error, conf, line, what, advice);
	}
	place = g_new0(RnConfPlace, 1);
	place->section = g_strdup(section);
	place->key = g_strdup(key);
	place->line = line;
	g_ptr_array_add(conf->places, place);
	g_hash_table_insert(conf->index, index_name(section, key), place);
	return TRUE;
}

/* One line, stripped of white space. *SECTION is the section that we are in, NULL before the first. */
static gboolean
scan_line(RnConf *conf, char *line, guint number, char **section, GError **error)
{
	char *equals = strchr(line, '=');
	gsize len = strlen(line);

	if (line[0] == '\0' || line[0] == '#')
		return TRUE;
	if (line[0] == '[') {
		if (len < 3 || strcspn(line + 1, "[]") != len - 2 || line[len - 1] != ']')
			return fail(error, conf, number, "a wrong section", "a section is written [name]");
		g_free(*section);
		*section = g_strndup(line + 1, len - 2);
		return add_place(conf, *section, NULL, number, error);
	}
	if (equals == NULL || equals == line)
		return fail(error, conf, number, "no key here",
		    "a line is key = value, [section], # comment or empty");
	if (*section == NULL)
		return fail(error, conf, number, "a key in no section", "a [section] must come first");
	*equals = '\0';
	g_strchomp(line);
	if (line[strspn(line, KEY_CHARS)] != '\0')
		return fail(error, conf, number, "a wrong key", "a key is letters, digits, - and _");
	return add_place(conf, *section, line, number, error);
}

static gboolean
scan(RnConf *conf, const char *text, GError **error)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autofree char *section = NULL;

	for (guint i = 0; lines[i] != NULL; i++) {
		for (const char *p = lines[i]; *p != '\0'; p++)
			if (g_ascii_iscntrl(*p) && *p != '\t' && !(*p == '\r' && p[1] == '\0'))
				return fail(error, conf, i + 1, "a control character", "remove it");
		if (!g_utf8_validate(lines[i], -1, NULL))
			return fail(error, conf, i + 1, "not UTF-8", "save the file as UTF-8");
		if (!scan_line(conf, g_strstrip(lines[i]), i + 1, &section, error))
			return FALSE;
	}
	return TRUE;
}

RnConf *
rn_conf_from_text(const char *text, const char *name, GError **error)
{
	g_autoptr(RnConf) conf = g_new0(RnConf, 1);
	g_autoptr(GError) why = NULL;

	conf->name = g_strdup(name);
	conf->file = g_key_file_new();
	conf->places = g_ptr_array_new_with_free_func(place_free);
	conf->index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	if (g_str_has_prefix(text, "\xef\xbb\xbf"))
		text += 3;
	if (!scan(conf, text, error))
		return NULL;
	if (*text != '\0' &&
	    !g_key_file_load_from_data(conf->file, text, strlen(text), G_KEY_FILE_NONE, &why)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: %s", name, why->message);
		return NULL;
	}
	return g_steal_pointer(&conf);
}

char *
rn_conf_text(const char *file, GError **error)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) why = NULL;
	gsize len;

	if (!g_file_get_contents(file, &text, &len, &why)) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: %s", file, why->message);
		return NULL;
	}
	if (len > FILE_MAX || strlen(text) != len) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: %s", file,
		    len > FILE_MAX ? "over 1 MB, so this is no configuration" :
		                     "a NUL byte, so this is no text");
		return NULL;
	}
	return g_steal_pointer(&text);
}

RnConf *
rn_conf_read(const char *file, GError **error)
{
	g_autofree char *text = rn_conf_text(file, error);

	return text != NULL ? rn_conf_from_text(text, file, error) : NULL;
}

void
rn_conf_free(RnConf *conf)
{
	if (conf == NULL)
		return;
	g_free(conf->name);
	g_key_file_free(conf->file);
	g_hash_table_destroy(conf->index);
	g_ptr_array_unref(conf->places);
	g_free(conf);
}

char **
rn_conf_names(RnConf *conf, const char *prefix)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new();
	gsize len = strlen(prefix);

	for (guint i = 0; i < conf->places->len; i++) {
		const RnConfPlace *place = g_ptr_array_index(conf->places, i);

		if (place->key == NULL && strncmp(place->section, prefix, len) == 0 &&
		    place->section[len] == ' ')
			g_ptr_array_add(names, g_strdup(place->section + len + 1));
	}
	g_ptr_array_add(names, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&names), FALSE);
}

/* The items of RAW, "a; b". Caller frees. */
static char **
items(const char *raw)
{
	g_auto(GStrv) all = g_strsplit(raw, ";", -1);
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	for (guint i = 0; all[i] != NULL; i++) {
		if (*g_strstrip(all[i]) != '\0')
			g_ptr_array_add(list, g_strdup(all[i]));
	}
	g_ptr_array_add(list, NULL);
	return (char **)g_ptr_array_free(g_steal_pointer(&list), FALSE);
}

gboolean
rn_conf_each(RnConf *conf, RnConfVisit visit, gpointer data, GError **error)
{
	for (guint i = 0; i < conf->places->len; i++) {
		const RnConfPlace *place = g_ptr_array_index(conf->places, i);
		g_autofree char *raw = place->key != NULL ?
		    g_key_file_get_value(conf->file, place->section, place->key, NULL) :
		    NULL;
		g_auto(GStrv) list = raw != NULL ? items(raw) : NULL;
		RnConfPlain at = { place->section, place->key, place->line, (const char *const *)list };

		if (list != NULL && !visit(&at, data, error))
			return FALSE;
	}
	return TRUE;
}

guint
rn_conf_line(RnConf *conf, const char *section, const char *key)
{
	const RnConfPlace *place = find(conf, section, key);

	return place != NULL ? place->line : 0;
}

char *
rn_conf_where(RnConf *conf, const char *section, const char *key)
{
	guint line = key != NULL ? rn_conf_line(conf, section, key) : 0;

	if (line == 0)
		line = rn_conf_line(conf, section, NULL);
	return line > 0 ? g_strdup_printf("%s:%u", conf->name, line) : g_strdup(conf->name);
}
