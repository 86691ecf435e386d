/* simulate_answers.c: how members are expected to answer, from a key file. */
#include <stdlib.h>
#include <string.h>

#include "core/simulate.h"

#define GROUP "answers"

void
rn_answers_none(RnAnswers *a)
{
	*a = (RnAnswers){ .accept = 100, .document = 100, .delay = 1 };
}

static gboolean
wrong(const char *file, const char *key, const char *must, GError **error)
{
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: [" GROUP "] %s: %s", file, key, must);
	return FALSE;
}

/* A number from 0 to MAX at *P, which moves behind it and the white space there. */
static gboolean
number(const char **p, guint max, guint *n)
{
	char *end;
	guint64 value;

	if (!g_ascii_isdigit(**p))
		return FALSE;
	value = g_ascii_strtoull(*p, &end, 10);
	while (g_ascii_isspace(*end))
		end++;
	*p = end;
	*n = (guint)MIN(value, G_MAXUINT);
	return value <= max;
}

static gboolean
take_notice(const char *file, const char *key, const char *value, RnAnswers *a, GError **error)
{
	const char *k = key, *v = value;
	guint day, renew, decline = 0;

	if (!number(&k, 3650, &day) || *k != '\0')
		return wrong(
		    file, key, "no such key; use days before the end, accept, document or delay", error);
	if (!number(&v, 100, &renew) || (*v != '\0' && !number(&v, 100, &decline)) || *v != '\0' ||
	    renew + decline > 100)
		return wrong(
		    file, key, "must be one or two percentages, such as 20 2, a hundred at most", error);
	if (a->n_notices == G_N_ELEMENTS(a->notices))
		return wrong(file, key, "too many notices", error);
	a->notices[a->n_notices].day = (int)day;
	a->notices[a->n_notices].renew = renew;
	a->notices[a->n_notices++].decline = decline;
	return TRUE;
}

static gboolean
take(const char *file, const char *key, const char *value, RnAnswers *a, GError **error)
{
	const char *v = value;
	guint days;

	if (strcmp(key, "accept") == 0)
		return (number(&v, 100, &a->accept) && *v == '\0') ||
		    wrong(file, key, "must be a percentage from 0 to 100", error);
	if (strcmp(key, "document") == 0)
		return (number(&v, 100, &a->document) && *v == '\0') ||
		    wrong(file, key, "must be a percentage from 0 to 100", error);
	if (strcmp(key, "delay") != 0)
		return take_notice(file, key, value, a, error);
	if (!number(&v, 365, &days) || *v != '\0')
		return wrong(file, key, "must be a number of days from 0 to 365", error);
	a->delay = (int)days;
	return TRUE;
}

gboolean
rn_answers_read(const char *file, RnAnswers *a, GError **error)
{
	g_autoptr(GKeyFile) keys = g_key_file_new();
	g_auto(GStrv) names = NULL;

	rn_answers_none(a);
	if (!g_key_file_load_from_file(keys, file, G_KEY_FILE_NONE, error)) {
		g_prefix_error(error, "%s: ", file);
		return FALSE;
	}
	names = g_key_file_get_keys(keys, GROUP, NULL, NULL);
	if (names == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s: there is no group [" GROUP "]", file);
		return FALSE;
	}
	for (guint i = 0; names[i] != NULL; i++) {
		g_autofree char *value = g_key_file_get_string(keys, GROUP, names[i], NULL);

		if (!take(file, names[i], value != NULL ? g_strstrip(value) : "", a, error))
			return FALSE;
	}
	return TRUE;
}
