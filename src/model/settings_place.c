/* settings_place.c: names the place of a wrong setting, and what is allowed there by the table of keys. */
#include "model/settings_place.h"

static const char *
allowed(const RnPlace *p, const char *key)
{
	gsize n;
	const RnConfKey *keys = rn_settings_keys(&n);

	for (gsize i = 0; key != NULL && i < n; i++)
		if (g_str_equal(keys[i].section, p->table) && g_str_equal(keys[i].key, key))
			return keys[i].allowed;
	return NULL;
}

gboolean
rn_place_wrong(const RnPlace *p, const char *key, GError **error, const char *what, ...)
{
	g_autoptr(GString) text = g_string_new(p->file);
	guint line = key != NULL ? rn_conf_line(p->conf, p->section, key) : 0;
	const char *may = allowed(p, key);
	va_list ap;

	if (line == 0)		/* a default that does not fit: the section is the nearest place */
		line = rn_conf_line(p->conf, p->section, NULL);
	if (line > 0)
		g_string_append_printf(text, ":%u", line);
	g_string_append_printf(text, ": [%s]", p->section);
	if (key != NULL)
		g_string_append_printf(text, " %s", key);
	g_string_append(text, ": ");
	va_start(ap, what);
	g_string_append_vprintf(text, what, ap);
	va_end(ap);
	if (may != NULL)
		g_string_append_printf(text, "; allowed: %s", may);
	g_set_error_literal(error, RN_ERROR, RN_ERR_CONFIG, text->str);
	return FALSE;
}

gboolean
rn_place_plain(const RnPlace *p, const void *of, GError **error)
{
	gsize n;
	const RnConfKey *keys = rn_settings_keys(&n);

	for (gsize i = 0; i < n; i++) {
		const char *text;

		if (!g_str_equal(keys[i].section, p->table) ||
		    (keys[i].type != RN_CONF_TEXT && keys[i].type != RN_CONF_PATH))
			continue;
		text = *(char *const *)(const void *)((const char *)of + keys[i].offset);
		while (*text != '\0' && !g_ascii_iscntrl(*text))
			text++;
		if (*text != '\0')
			return rn_place_wrong(p, keys[i].key, error, "it holds a control character");
	}
	return TRUE;
}
