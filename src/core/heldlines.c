#include "core/heldlines.h"

#include <string.h>

#include "base/text.h"

static void
line_free(gpointer p)
{
	RnHeldLine *l = p;

	g_free(l->text);
	g_free(l);
}

/* The numbers at the start of LINE, "3", "1, 4" or "2 e 5", into NUMBERS; what follows them. NULL if it
 * begins with none, or with one that is no case. */
static const char *
take_numbers(const char *line, GArray *numbers)
{
	const char *p = line;

	for (;;) {
		char *end;
		guint64 n;
		int value;

		while (*p == ' ' || *p == ',')
			p++;
		if (numbers->len > 0 && (*p == 'e' || *p == 'E') && p[1] == ' ' && g_ascii_isdigit(p[2]))
			p += 2;
		if (!g_ascii_isdigit(*p))
			return numbers->len > 0 ? p : NULL;
		n = g_ascii_strtoull(p, &end, 10);
		if (n == 0 || n > RN_HELD_NUMBER_MAX)
			return NULL;
		value = (int)n;
		g_array_append_val(numbers, value);
		for (p = end; *p == '.' || *p == ')' || *p == ':';)
			p++;
	}
}

/* The verb at P, and what follows it; RN_HELD_N if there is none. */
static RnHeldVerb
take_verb(const char *p, const char **rest)
{
	g_autofree char *word = NULL;
	gsize len = 0;

	while (g_ascii_isalpha(p[len]))
		len++;
	word = g_strndup(p, len);
	for (p += len; *p != '\0' && strchr(" :.,;!", *p) != NULL;)
		p++;
	*rest = p;
	return rn_held_verb(word);
}

static void
add(GPtrArray *list, const GArray *numbers, RnHeldVerb verb, const char *text)
{
	for (guint i = 0; i < numbers->len; i++) {
		RnHeldLine *l = g_new0(RnHeldLine, 1);

		l->n = g_array_index(numbers, int, i);
		l->verb = verb;
		l->text = *text != '\0' ? g_strdup(text) : NULL;
		for (guint k = 0; k < list->len; k++) {
			RnHeldLine *other = g_ptr_array_index(list, k);

			if (other->n == l->n)
				other->twice = l->twice = TRUE;
		}
		g_ptr_array_add(list, l);
	}
}

/* Does LINE begin a signature, or a quotation of the list in whatever manner? The mail's quotation was taken
 * off before; but what a member is told must hold nothing about another one. */
static gboolean
ends_answer(const char *line)
{
	static const char *const begins[] = { ">", "--", "__", "«", "Mail in attesa:", "PER DECIDERE",
		"Da:", "From:", "Von:", "Inviato:", "Sent:", "Gesendet:", "Ha scritto:",
		"Risposte probabili:", "Attende perché:" };
	static const char *const ends[] = { "ha scritto:", "wrote:", "schrieb:" };

	for (guint i = 0; i < G_N_ELEMENTS(begins); i++)
		if (g_str_has_prefix(line, begins[i]))
			return TRUE;
	for (guint i = 0; i < G_N_ELEMENTS(ends); i++)
		if (g_str_has_suffix(line, ends[i]))
			return TRUE;
	return g_str_has_prefix(line, "Caso ") && g_ascii_isdigit(line[5]);
}

/* LINE goes on with what the last N decisions say, in a new paragraph where GAP. */
static void
go_on(GPtrArray *list, guint n, gboolean gap, const char *line)
{
	for (guint i = list->len - n; i < list->len; i++) {
		RnHeldLine *l = g_ptr_array_index(list, i);
		char *longer =
		    l->text != NULL ? g_strconcat(l->text, gap ? "\n\n" : "\n", line, NULL) : g_strdup(line);

		g_free(l->text);
		l->text = longer;
	}
}

GPtrArray *
rn_held_lines(const char *typed, GPtrArray **strange)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(line_free);
	GPtrArray *odd = g_ptr_array_new_with_free_func(g_free);
	g_auto(GStrv) lines = g_strsplit(typed != NULL ? typed : "", "\n", -1);
	guint open = 0;		/* how many of the last decisions may go on */
	gboolean gap = FALSE;

	for (guint i = 0; lines[i] != NULL; i++) {
		g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int));
		char *line = g_strstrip(lines[i]);
		const char *rest = "", *behind = take_numbers(line, numbers);
		RnHeldVerb verb = behind != NULL ? take_verb(behind, &rest) : RN_HELD_N;

		if (verb != RN_HELD_N && list->len + numbers->len <= RN_HELD_LINES_MAX) {
			add(list, numbers, verb, rest);
			open = verb == RN_HELD_ASK ? numbers->len : 0;
			gap = FALSE;
		} else if (*line == '\0')
			gap = TRUE;
		else if (open > 0 && !ends_answer(line)) {
			go_on(list, open, gap, line);
			gap = FALSE;
		} else if (open > 0)
			open = 0;
		else if (g_ascii_isdigit(*line))
			g_ptr_array_add(odd, g_strdup(line));
	}
	if (strange != NULL)
		*strange = odd;
	else
		g_ptr_array_unref(odd);
	return list;
}
