/* template_render.c: fills a compiled template, or only asks whether every name of it is known. */
#include "mail/template_tree.h"
#include "mail/view.h"

#define MAX_STEPS	200000	/* lists within lists within lists: no letter needs that many pieces */
#define MAX_OUTPUT	(4 << 20)

/* The views that are in force, innermost first (mustache spec, "context stack"). */
typedef struct Context {
	const RnView		*view;
	const struct Context	*up;
} Context;

typedef struct {
	GString		*out;
	RnEscape	 escape;
	guint		 steps;
} Render;

static gboolean render(Render *r, const GPtrArray *nodes, const Context *in, GError **error);

static const RnValue *
find(const Context *in, const RnNode *node, GError **error)
{
	const RnValue *value;

	for (; in != NULL; in = in->up)
		if ((value = rn_view_find(in->view, node->text, in->up == NULL)) != NULL)
			return value;
	g_set_error(
	    error, RN_ERROR, RN_ERR_CONFIG, "%s: the name \"%s\" is not known", node->place, node->text);
	return NULL;
}

/* The text for {{x}}; NULL with an error for what cannot be printed. */
static const char *
text_of(const RnValue *value, const RnNode *node, GError **error)
{
	if (value == NULL)
		return NULL;
	if (value->type == RN_VALUE_TEXT)
		return value->text;
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG,
	    "%s: \"%s\" is a %s, not a text: write {{#%s}} ... {{/%s}}", node->place, node->text,
	    value->type == RN_VALUE_LIST ? "list" : "switch", node->text, node->text);
	return NULL;
}

static gboolean
is_true(const RnValue *value)
{
	switch (value->type) {
	case RN_VALUE_TEXT:
		return *value->text != '\0';
	case RN_VALUE_BOOL:
		return value->yes;
	default:
		return value->items->len > 0;
	}
}

static gboolean
section(Render *r, const RnNode *node, const RnValue *value, const Context *in, GError **error)
{
	if (is_true(value) == (node->kind == RN_NODE_INVERTED))
		return TRUE;
	if (value->type != RN_VALUE_LIST || node->kind == RN_NODE_INVERTED)
		return render(r, node->children, in, error);
	for (guint i = 0; i < value->items->len; i++) {
		Context item = { g_ptr_array_index(value->items, i), in };

		if (!render(r, node->children, &item, error))
			return FALSE;
	}
	return TRUE;
}

static gboolean
render_node(Render *r, const RnNode *node, const Context *in, GError **error)
{
	const RnValue *value;
	const char *text;

	if (++r->steps > MAX_STEPS || r->out->len > MAX_OUTPUT) {
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT,
		    "%s: the letter grows beyond %d pieces or %d bytes",
		    node->place != NULL ? node->place : "template", MAX_STEPS, MAX_OUTPUT);
		return FALSE;
	}
	if (node->kind == RN_NODE_LITERAL) {
		g_string_append(r->out, node->text);
		return TRUE;
	}
	if ((value = find(in, node, error)) == NULL)
		return FALSE;
	if (node->children != NULL)
		return section(r, node, value, in, error);
	if ((text = text_of(value, node, error)) == NULL)
		return FALSE;
	if (node->kind == RN_NODE_RAW && r->escape == RN_ESCAPE_HTML)
		g_string_append(r->out, text);
	else
		rn_escape_append(r->out, text, r->escape);
	return TRUE;
}

static gboolean
render(Render *r, const GPtrArray *nodes, const Context *in, GError **error)
{
	for (guint i = 0; i < nodes->len; i++)
		if (!render_node(r, g_ptr_array_index(nodes, i), in, error))
			return FALSE;
	return TRUE;
}

char *
rn_template_render(const RnTemplate *t, const RnView *view, RnEscape escape, GError **error)
{
	Context in = { view, NULL };
	Render r = { g_string_new(NULL), escape, 0 };
	gboolean ok = render(&r, t->nodes, &in, error);

	return g_string_free(r.out, !ok);	/* NULL when it frees the text too */
}

static gboolean
check(const GPtrArray *nodes, const Context *in, GError **error)
{
	for (guint i = 0; i < nodes->len; i++) {
		const RnNode *node = g_ptr_array_index(nodes, i);
		const RnValue *value = NULL;
		Context item = { NULL, in };

		if (node->kind == RN_NODE_LITERAL)
			continue;
		if ((value = find(in, node, error)) == NULL)
			return FALSE;
		if (node->children == NULL && text_of(value, node, error) == NULL)
			return FALSE;
		if (node->children == NULL)
			continue;
		if (node->kind == RN_NODE_SECTION && value->type == RN_VALUE_LIST && value->items->len > 0)
			item.view = g_ptr_array_index(value->items, 0);
		if (!check(node->children, item.view != NULL ? &item : in, error))
			return FALSE;
	}
	return TRUE;
}

gboolean
rn_template_check(const RnTemplate *t, const RnView *view, GError **error)
{
	Context in = { view, NULL };

	return check(t->nodes, &in, error);
}
