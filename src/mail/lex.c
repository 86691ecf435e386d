/* lex.c: words, quoted strings and comments of a structured header field. */
#include "mail/lex.h"

#include <string.h>

RnLex
rn_lex_begin(const RnField *field)
{
	RnLex lex = { field->value, field->value + field->value_len, FALSE };

	return lex;
}

static void
give_up(RnLex *lex)
{
	lex->bad = TRUE;
	lex->at = lex->end;
}

static gboolean
is_white(const char *at, const char *end)
{
	return *at == ' ' || *at == '\t' || *at == '\n' || (*at == '\r' && at + 1 < end && at[1] == '\n');
}

/* Skips the comment that begins here, with those inside it. No recursion: depth is a number. */
static void
comment(RnLex *lex)
{
	guint depth = 0;

	for (; lex->at < lex->end && *lex->at != '\0'; lex->at++) {
		if (*lex->at == '\\' && lex->at + 1 < lex->end && lex->at[1] != '\0')
			lex->at++;
		else if (*lex->at == '(')
			depth++;
		else if (*lex->at == ')' && --depth == 0) {
			lex->at++;
			return;
		}
	}
	give_up(lex);
}

gboolean
rn_lex_gap(RnLex *lex)
{
	const char *start = lex->at;

	while (lex->at < lex->end) {
		if (is_white(lex->at, lex->end))
			lex->at++;
		else if (*lex->at == '(')
			comment(lex);
		else
			break;
	}
	return lex->at > start;
}

gboolean
rn_lex_char(RnLex *lex, char c)
{
	rn_lex_gap(lex);
	if (lex->at == lex->end || *lex->at != c)
		return FALSE;
	lex->at++;
	return TRUE;
}

char *
rn_lex_run(RnLex *lex, const char *stops)
{
	const char *start = lex->at;

	while (lex->at < lex->end && g_ascii_isgraph(*lex->at) && *lex->at != '(' && *lex->at != '"' &&
	    strchr(stops, *lex->at) == NULL)
		lex->at++;
	if (lex->at < lex->end && !is_white(lex->at, lex->end) && !g_ascii_isgraph(*lex->at)) {
		give_up(lex);	/* a control character, NUL, bare CR or 8-bit byte */
		return NULL;
	}
	return lex->at > start ? g_strndup(start, (gsize)(lex->at - start)) : NULL;
}

char *
rn_lex_word(RnLex *lex, const char *stops)
{
	rn_lex_gap(lex);
	return rn_lex_run(lex, stops);
}

char *
rn_lex_quoted(RnLex *lex)
{
	g_autoptr(GString) text = g_string_new(NULL);

	if (!rn_lex_char(lex, '"'))
		return NULL;
	for (; lex->at < lex->end && *lex->at != '\0'; lex->at++) {
		if (*lex->at == '"') {
			lex->at++;
			return g_string_free(g_steal_pointer(&text), FALSE);
		}
		if (*lex->at == '\r' || *lex->at == '\n')
			continue;	/* a fold inside */
		if (*lex->at == '\\' && (++lex->at == lex->end || *lex->at == '\0'))
			break;
		g_string_append_c(text, *lex->at);
	}
	give_up(lex);
	return NULL;
}

char *
rn_lex_item(RnLex *lex, const char *stops)
{
	rn_lex_gap(lex);
	return lex->at < lex->end && *lex->at == '"' ? rn_lex_quoted(lex) : rn_lex_run(lex, stops);
}

void
rn_lex_skip(RnLex *lex, const char *stops)
{
	g_free(rn_lex_item(lex, stops));
}

gboolean
rn_lex_done(RnLex *lex)
{
	rn_lex_gap(lex);
	return lex->at == lex->end && !lex->bad;
}
