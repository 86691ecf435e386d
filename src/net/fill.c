/* fill.c: placeholders. A value is put into parsed JSON or percent-encoded, never into raw text. */
#include "net/fill.h"

#include <string.h>

#include "net/provider_json.h"

static const json_t *
member(const json_t *values, const char *name, gsize len, GError **error)
{
	g_autofree char *key = g_strndup(name, len);
	const json_t *value = json_object_get(values, key);

	if (value == NULL)
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "there is no {%s} to fill in", key);
	return value;
}

/* The text of a scalar; caller frees. */
static char *
text_of(const json_t *value)
{
	if (json_is_string(value))
		return g_strdup(json_string_value(value));
	if (json_is_integer(value))
		return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
	return g_strdup("");
}

/* TEXT with its placeholders filled in; ENCODE: percent-encoded. */
static char *
fill_text(const char *text, const json_t *values, gboolean encode, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const char *open, *end;

	while ((open = strchr(text, '{')) != NULL) {
		const json_t *value;
		g_autofree char *plain = NULL;

		end = strchr(open, '}');
		if (end == NULL) {
			g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "a { has no } behind it");
			return NULL;
		}
		value = member(values, open + 1, (gsize)(end - open - 1), error);
		if (value == NULL)
			return NULL;
		plain = text_of(value);
		g_string_append_len(out, text, open - text);
		if (encode)
			g_string_append_uri_escaped(out, plain, NULL, FALSE);
		else
			g_string_append(out, plain);
		text = end + 1;
	}
	g_string_append(out, text);
	return g_string_free(g_steal_pointer(&out), FALSE);
}

char *
rn_fill_url(const char *url, const json_t *values, GError **error)
{
	return fill_text(url, values, TRUE, error);
}

static json_t *
fill_string(const char *text, const json_t *values, GError **error)
{
	gsize len = strlen(text);
	g_autofree char *filled = NULL;

	if (len > 2 && text[0] == '{' && strcspn(text, "}") == len - 1) {
		const json_t *value = member(values, text + 1, len - 2, error);

		return value != NULL ? json_deep_copy(value) : NULL;
	}
	filled = fill_text(text, values, FALSE, error);
	return filled != NULL ? json_string(filled) : NULL;
}

static json_t *
fill_object(const json_t *template, const json_t *values, GError **error)
{
	g_autoptr(json_t) out = json_object();
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)template, key, value)
	{
		json_t *filled = rn_fill_json(value, values, error);

		if (filled == NULL)
			return NULL;
		json_object_set_new(out, key, filled);
	}
	return g_steal_pointer(&out);
}

json_t *
rn_fill_json(const json_t *template, const json_t *values, GError **error)
{
	g_autoptr(json_t) list = NULL;
	json_t *value;
	gsize i;

	if (json_is_object(template))
		return fill_object(template, values, error);
	if (json_is_string(template))
		return fill_string(json_string_value(template), values, error);
	if (!json_is_array(template))
		return json_deep_copy(template);
	list = json_array();
	json_array_foreach(template, i, value)
	{
		json_t *filled = rn_fill_json(value, values, error);

		if (filled == NULL)
			return NULL;
		json_array_append_new(list, filled);
	}
	return g_steal_pointer(&list);
}
