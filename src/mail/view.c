/* view.c: the values that a letter is filled with. */
#include "mail/view.h"

#include "base/text.h"

struct RnView {
	GHashTable	*values;	/* name in lower case -> RnValue */
	const RnView	*up;		/* the view that this one is an item of */
};

static void
value_free(gpointer p)
{
	RnValue *value = p;

	g_free(value->text);
	g_clear_pointer(&value->items, g_ptr_array_unref);
	g_free(value);
}

RnView *
rn_view_new(void)
{
	RnView *v = g_new0(RnView, 1);

	v->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
	return v;
}

RnView *
rn_view_over(const RnView *up)
{
	RnView *v = rn_view_new();

	v->up = up;
	return v;
}

void
rn_view_free(RnView *v)
{
	if (v == NULL)
		return;
	g_hash_table_unref(v->values);
	g_free(v);
}

static void
item_free(gpointer p)
{
	rn_view_free(p);
}

/* A fresh value in the place of what stood there under NAME. */
static RnValue *
put(RnView *v, const char *name, RnValueType type)
{
	RnValue *value = g_new0(RnValue, 1);

	value->type = type;
	if (type == RN_VALUE_LIST)
		value->items = g_ptr_array_new_with_free_func(item_free);
	g_hash_table_replace(v->values, g_ascii_strdown(name, -1), value);
	return value;
}

void
rn_view_text(RnView *v, const char *name, const char *value)
{
	put(v, name, RN_VALUE_TEXT)->text = value != NULL ? rn_text_utf8(value, -1) : g_strdup("");
}

void
rn_view_bool(RnView *v, const char *name, gboolean value)
{
	put(v, name, RN_VALUE_BOOL)->yes = value;
}

void
rn_view_remove(RnView *v, const char *name)
{
	g_autofree char *key = g_ascii_strdown(name, -1);

	g_hash_table_remove(v->values, key);
}

static RnValue *
list_of(RnView *v, const char *name)
{
	g_autofree char *key = g_ascii_strdown(name, -1);
	RnValue *value = g_hash_table_lookup(v->values, key);

	return value != NULL && value->type == RN_VALUE_LIST ? value : put(v, key, RN_VALUE_LIST);
}

void
rn_view_list(RnView *v, const char *list)
{
	(void)list_of(v, list);
}

RnView *
rn_view_item(RnView *v, const char *list)
{
	RnView *item = rn_view_new();

	item->up = v;
	g_ptr_array_add(list_of(v, list)->items, item);
	return item;
}

const RnValue *
rn_view_find(const RnView *v, const char *name, gboolean up)
{
	g_autofree char *key = g_ascii_strdown(name, -1);
	const RnValue *value;

	do {
		value = g_hash_table_lookup(v->values, key);
		v = v->up;
	} while (value == NULL && up && v != NULL);
	return value;
}
