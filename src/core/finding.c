#include "core/finding.h"

static void
finding_free(gpointer p)
{
	RnFinding *f = p;

	g_free(f->point);
	g_free(f->text);
	g_free(f->todo);
	g_free(f);
}

GPtrArray *
rn_findings_new(void)
{
	return g_ptr_array_new_with_free_func(finding_free);
}

void
rn_find_take(GPtrArray *list, RnFindLevel level, const char *point, char *text, const char *todo)
{
	RnFinding *f = g_new0(RnFinding, 1);

	f->level = level;
	f->point = g_strdup(point);
	f->text = text;
	f->todo = g_strdup(todo);
	g_ptr_array_add(list, f);
}

void
rn_find(GPtrArray *list, RnFindLevel level, const char *point, const char *text, const char *todo)
{
	rn_find_take(list, level, point, g_strdup(text), todo);
}

gboolean
rn_find_by(GPtrArray *list, GError **error, const char *point, const char *text, const char *todo)
{
	gboolean ok = *error == NULL;

	rn_find(list, ok ? RN_FIND_OK : RN_FIND_FAIL, point, ok ? text : (*error)->message, ok ? NULL : todo);
	g_clear_error(error);
	return ok;
}

RnFindLevel
rn_findings_worst(const GPtrArray *list)
{
	RnFindLevel worst = RN_FIND_OK;

	for (guint i = 0; i < list->len; i++)
		worst = MAX(worst, ((const RnFinding *)g_ptr_array_index(list, i))->level);
	return worst;
}

const char *
rn_find_word(RnFindLevel level)
{
	static const char *const words[] = { "ok", "warn", "fail" };

	return level <= RN_FIND_FAIL ? words[level] : "?";
}
