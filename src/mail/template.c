/* template.c: compiles a template: tags, sections, partials, and the rule for lines that hold nothing but a
 * tag. */
#include "mail/template_tree.h"

#include <string.h>

#define PARTIAL_DEPTH	4	/* a partial within a partial ... */
#define SECTION_DEPTH	32
#define MAX_NODES	20000	/* partials that call partials many times over */

typedef struct {
	const char	*text;
	const char	*name;		/* in errors */
	const char	*partials;	/* folder, or NULL */
	gsize		 pos;		/* what stands before is done */
	guint		 line;		/* on which pos is */
	int		 depth;		/* of partials */
	GPtrArray	*open;		/* the sections that are open: RnNode, not owned */
	GPtrArray	*into;		/* top level nodes */
	guint		*n_nodes;
} Parser;

/* One tag as it stands in the text. */
typedef struct {
	gsize		 start, end;	/* of the whole tag */
	char		 sigil;		/* one of "#^/!>{", or 0 for a plain value */
	guint		 line;
	char		*name;		/* trimmed */
} Tag;

static void
tag_clear(Tag *tag)
{
	g_free(tag->name);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Tag, tag_clear)

static gboolean parse(Parser *p, GError **error);

static void
node_free(gpointer data)
{
	RnNode *node = data;

	g_free(node->text);
	g_free(node->place);
	g_clear_pointer(&node->children, g_ptr_array_unref);
	g_free(node);
}

static RnNode *
add(Parser *p, RnNodeKind kind, char *text, guint line)
{
	RnNode *node = g_new0(RnNode, 1);
	const RnNode *parent = p->open->len > 0 ? g_ptr_array_index(p->open, p->open->len - 1) : NULL;

	node->kind = kind;
	node->text = text;
	if (kind != RN_NODE_LITERAL)
		node->place = g_strdup_printf("%s:%u", p->name, line);
	if (kind == RN_NODE_SECTION || kind == RN_NODE_INVERTED)
		node->children = g_ptr_array_new_with_free_func(node_free);
	g_ptr_array_add(parent != NULL ? parent->children : p->into, node);
	++*p->n_nodes;
	return node;
}

static gboolean G_GNUC_PRINTF(4, 5) fail(const Parser *p, guint line, GError **error, const char *format, ...)
{
	g_autofree char *what = NULL;
	va_list args;

	va_start(args, format);
	what = g_strdup_vprintf(format, args);
	va_end(args);
	g_set_error(error, RN_ERROR, RN_ERR_CONFIG, "%s:%u: %s", p->name, line, what);
	return FALSE;
}

/* Moves on to END, counting lines. */
static void
advance(Parser *p, gsize end)
{
	for (; p->pos < end; p->pos++)
		p->line += p->text[p->pos] == '\n';
}

static void
literal(Parser *p, gsize end)
{
	if (end > p->pos)
		add(p, RN_NODE_LITERAL, g_strndup(p->text + p->pos, end - p->pos), p->line);
	advance(p, end);
}

/* Reads the tag at START ("{{"). FALSE if it never ends, or if it is none of ours. */
static gboolean
read_tag(const Parser *p, gsize start, Tag *tag, GError **error)
{
	const char *in = p->text + start + 2;
	const char *close = "}}";
	const char *end;

	tag->start = start;
	tag->line = p->line;
	for (gsize i = p->pos; i < start; i++)
		tag->line += p->text[i] == '\n';
	if (*in != '\0' && strchr("#^/!>{=&$<", *in) != NULL)
		tag->sigil = *in++;
	if (tag->sigil == '{')
		close = "}}}";
	if ((end = strstr(in, close)) == NULL)
		return fail(p, tag->line, error, "the tag that begins here has no \"%s\"", close);
	if (tag->sigil != '\0' && strchr("=&$<", tag->sigil) != NULL)
		return fail(p, tag->line, error,
		    "tags with \"%c\" are not known here; use {{x}} {{#x}} {{^x}} {{/x}} {{! }} {{> x}}",
		    tag->sigil);
	tag->end = (gsize)(end - p->text) + strlen(close);
	tag->name = g_strstrip(g_strndup(in, (gsize)(end - in)));
	return TRUE;
}

/* Letters, digits and '_' ('-' in partials), so that a name is never a path. */
static gboolean
name_valid(const char *name, gboolean partial)
{
	if (name == NULL || !g_ascii_isalpha(*name))
		return FALSE;
	for (; *name != '\0'; name++)
		if (!g_ascii_isalnum(*name) && *name != '_' && (!partial || *name != '-'))
			return FALSE;
	return TRUE;
}

/* A tag other than a value that is alone on its line takes the whole line with it (mustache spec,
 * "standalone"). *FROM and *TO become the bounds of what goes. */
static gboolean
standalone(const Parser *p, const Tag *tag, gsize *from, gsize *to)
{
	gsize a = tag->start, b = tag->end;

	while (a > p->pos && (p->text[a - 1] == ' ' || p->text[a - 1] == '\t'))
		a--;
	if (a > 0 && p->text[a - 1] != '\n')
		return FALSE;
	b += strspn(p->text + b, " \t");
	if (p->text[b] == '\r' && p->text[b + 1] == '\n')
		b++;
	if (p->text[b] != '\0' && p->text[b] != '\n')
		return FALSE;
	*from = a;
	*to = b + (p->text[b] == '\n');
	return TRUE;
}

/* Every line of TEXT moved right by INDENT. */
static char *
indented(const char *text, const char *indent)
{
	GString *out = g_string_new(NULL);

	while (*text != '\0') {
		gsize len = strcspn(text, "\n");

		len += text[len] == '\n';
		g_string_append(out, indent);
		g_string_append_len(out, text, (gssize)len);
		text += len;
	}
	return g_string_free(out, FALSE);
}

static gboolean
partial(Parser *p, const Tag *tag, const char *indent, GError **error)
{
	g_autoptr(GPtrArray) open = g_ptr_array_new();
	g_autofree char *file = NULL;
	g_autofree char *text = NULL;
	g_autofree char *moved = NULL;
	g_autoptr(GError) why = NULL;
	const RnNode *parent = p->open->len > 0 ? g_ptr_array_index(p->open, p->open->len - 1) : NULL;
	Parser sub = {
		.partials = p->partials, .line = 1, .depth = p->depth + 1, .open = open, .n_nodes = p->n_nodes
	};

	if (p->partials == NULL)
		return fail(p, tag->line, error, "no partials here: take \"%s\" out", tag->name);
	if (sub.depth > PARTIAL_DEPTH)
		return fail(p, tag->line, error, "partial \"%s\" within %d others: does it call itself?",
		    tag->name, PARTIAL_DEPTH);
	file = g_strdup_printf("%s/%s.partial", p->partials, tag->name);
	if ((text = rn_template_read(file, &why)) == NULL)
		return fail(p, tag->line, error, "partial \"%s\": %s", tag->name, why->message);
	moved = indented(text, indent);
	sub.text = moved;
	sub.name = file;
	sub.into = parent != NULL ? parent->children : p->into;
	return parse(&sub, error);
}

static gboolean
close_section(Parser *p, const Tag *tag, GError **error)
{
	const RnNode *last = p->open->len > 0 ? g_ptr_array_index(p->open, p->open->len - 1) : NULL;

	if (last == NULL)
		return fail(p, tag->line, error, "{{/%s}} closes nothing", tag->name);
	if (g_ascii_strcasecmp(last->text, tag->name) != 0)
		return fail(p, tag->line, error, "{{/%s}} stands where {{/%s}} must (opened at %s)",
		    tag->name, last->text, last->place);
	g_ptr_array_set_size(p->open, (int)p->open->len - 1);
	return TRUE;
}

static gboolean
act(Parser *p, const Tag *tag, const char *indent, GError **error)
{
	RnNode *node;

	if (tag->sigil == '!')
		return TRUE;
	if (!name_valid(tag->name, tag->sigil == '>'))
		return fail(p, tag->line, error, "\"%s\" is not a name (letters, digits, '_')", tag->name);
	if (*p->n_nodes > MAX_NODES)
		return fail(p, tag->line, error, "the template is too long (over %d pieces)", MAX_NODES);
	switch (tag->sigil) {
	case '>':
		return partial(p, tag, indent, error);
	case '/':
		return close_section(p, tag, error);
	case '#':
	case '^':
		if (p->open->len >= SECTION_DEPTH)
			return fail(p, tag->line, error, "sections nested more than %d deep", SECTION_DEPTH);
		node = add(p, tag->sigil == '#' ? RN_NODE_SECTION : RN_NODE_INVERTED, g_strdup(tag->name),
		    tag->line);
		g_ptr_array_add(p->open, node);
		return TRUE;
	default:
		add(p, tag->sigil == '{' ? RN_NODE_RAW : RN_NODE_VALUE, g_strdup(tag->name), tag->line);
		return TRUE;
	}
}

/* One tag at START, with the text before it. */
static gboolean
step(Parser *p, gsize start, GError **error)
{
	g_auto(Tag) tag = { 0 };
	g_autofree char *indent = NULL;
	gsize from, to;

	if (!read_tag(p, start, &tag, error))
		return FALSE;
	if (tag.sigil != '\0' && tag.sigil != '{' && standalone(p, &tag, &from, &to)) {
		indent = g_strndup(p->text + from, tag.start - from);
		literal(p, from);
	} else {
		literal(p, tag.start);
		to = tag.end;
	}
	if (!act(p, &tag, indent != NULL ? indent : "", error))
		return FALSE;
	advance(p, to);
	return TRUE;
}

static gboolean
parse(Parser *p, GError **error)
{
	const char *next;
	const RnNode *last;

	while ((next = strstr(p->text + p->pos, "{{")) != NULL)
		if (!step(p, (gsize)(next - p->text), error))
			return FALSE;
	literal(p, strlen(p->text));
	if (p->open->len == 0)
		return TRUE;
	last = g_ptr_array_index(p->open, p->open->len - 1);
	return fail(
	    p, p->line, error, "section \"%s\", opened at %s, is not closed", last->text, last->place);
}

RnTemplate *
rn_template_compile(const char *text, const char *name, const char *partials, GError **error)
{
	g_autoptr(RnTemplate) t = g_new0(RnTemplate, 1);
	g_autoptr(GPtrArray) open = g_ptr_array_new();
	guint n_nodes = 0;
	Parser p = {
		.text = text, .name = name, .partials = partials, .line = 1, .open = open, .n_nodes = &n_nodes
	};

	t->nodes = g_ptr_array_new_with_free_func(node_free);
	p.into = t->nodes;
	if (!g_utf8_validate(text, -1, NULL)) {
		fail(&p, 1, error, "not UTF-8: save the file as UTF-8");
		return NULL;
	}
	if (!parse(&p, error))
		return NULL;
	return g_steal_pointer(&t);
}

void
rn_template_free(RnTemplate *t)
{
	if (t == NULL)
		return;
	g_ptr_array_unref(t->nodes);
	g_free(t);
}
