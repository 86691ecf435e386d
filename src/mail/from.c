/* from.c: the From field by a grammar narrower than RFC 5322. Mail readers and verifiers differ in what they
 * make of the rest of that grammar (two fields, groups, routes, NUL), and every difference is a way to forge.
 * What real programs write around the one address is taken: dots and 8-bit letters in the display name (RFC
 * 5322 4.1 obs-phrase, RFC 6532), and plain comments beside it (RFC 822). The address itself is byte for
 * byte. */
#include "mail/auth.h"

#include <idn2.h>	/* behind GLib: both define one macro */
#include <string.h>

#include "base/text.h"

#define ATEXT_DOT "!#$%&'*+-/=?^_`{|}~."

/* A byte that no honest From has, NULL if there is none. */
static const char *
odd_byte(const RnField *field)
{
	for (gsize i = 0; i < field->value_len; i++) {
		guchar c = (guchar)field->value[i];

		if (c == '\0')
			return "a NUL in From";
		/* line ends that the scanner left in are folds; a CR alone is none */
		if (c == '\r' && (i + 1 == field->value_len || field->value[i + 1] != '\n'))
			return "a control character in From";
		if (c == 127 || (c < ' ' && strchr("\t\r\n", c) == NULL))
			return "a control character in From";
	}
	return NULL;
}

/* Why TEXT is no plain address: the first sign that says more than "not plain". */
static const char *
blame(const char *text)
{
	static const struct {
		char		 sign;
		const char	*why;
	} signs[] = {
		{ '"', "a quoted local part in From" },
		{ '(', "a comment in From" },
		{ ')', "a comment in From" },
		{ '<', "two addresses in From" },
		{ '>', "two addresses in From" },
		{ ',', "a route or two addresses in From" },
		{ ':', "a route or group in From" },
		{ ';', "a group in From" },
		{ '\\', "a backslash in From" },
		{ ' ', "white space in the address of From" },
		{ '\t', "white space in the address of From" },
		{ '[', "an address literal in From" },
	};

	if (!g_str_is_ascii(text))
		return "an 8-bit byte in the address of From";
	for (gsize i = 0; i < G_N_ELEMENTS(signs); i++)
		if (strchr(text, signs[i].sign) != NULL)
			return signs[i].why;
	return "not a plain address in From";
}

/* A name in its IDN spelling must stand for something, and in one way only. */
static gboolean
idn_sound(const char *domain)
{
	char *name = NULL, *back = NULL;
	gboolean sound;

	if (strstr(domain, "xn--") == NULL)
		return TRUE;
	sound = idn2_to_unicode_8z8z(domain, &name, 0) == IDN2_OK &&
	    idn2_lookup_u8((const uint8_t *)name, (uint8_t **)&back, IDN2_NONTRANSITIONAL) == IDN2_OK &&
	    strcmp(back, domain) == 0;
	idn2_free(name);
	idn2_free(back);
	return sound;
}

/* ADDR into *FOLDED if it is one plain address; else why not. */
static const char *
take(const char *addr, char **folded)
{
	g_autofree char *low = NULL;

	if (!rn_addr_valid(addr))
		return blame(addr);
	low = rn_addr_fold(addr);
	if (strstr(low, "=?") != NULL)
		return "an encoded word in the address of From";
	if (!idn_sound(rn_addr_domain(low)))
		return "no valid international domain in From";
	*folded = g_steal_pointer(&low);
	return NULL;
}

/* The end of the quoted string that begins at P, NULL if it has none. */
static const char *
quoted_end(const char *p)
{
	for (p++; *p != '\0'; p++) {
		if (*p == '"')
			return p + 1;
		if (*p == '\\' && *++p == '\0')
			return NULL;
	}
	return NULL;
}

/* Blanks the comment at OPEN and gives the place behind it; NULL if it is one that two readers could
 * understand in two ways: glued to a word, nested, or holding what parts addresses. */
static char *
blank_comment(const char *text, char *open)
{
	char *close = open + 1 + strcspn(open + 1, "()<>@,;:\"\\");

	if (*close != ')' || (open > text && strchr(" \t>\"", open[-1]) == NULL) ||
	    (close[1] != '\0' && strchr(" \t<", close[1]) == NULL))
		return NULL;
	memset(open, ' ', (gsize)(close + 1 - open));
	return close + 1;
}

/* Blanks the comments of TEXT that stand neither in a quoted string nor within <>; why that cannot be done,
 * NULL if it is. */
static const char *
blank_comments(char *text)
{
	char *p = text;

	while (*p != '\0') {
		if (*p == '"')
			p = (char *)quoted_end(p);
		else if (*p == '<')
			p = strchr(p, '>');
		else if (*p != '(')
			p++;
		else if ((p = blank_comment(text, p)) == NULL)
			return "a comment in From that could be read in two ways";
		if (p == NULL)		/* no end: said by who reads on */
			return NULL;
	}
	return NULL;
}

/* A name that is the address once more says nothing else, quoted or not. */
static gboolean
names_itself(const char *text)
{
	const char *open = strchr(text, '<');
	gsize len = open != NULL ? (gsize)(open - text) : 0;

	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	return len > 0 && strncmp(text, open + 1, len) == 0 && open[1 + len] == '>';
}

/* Skips the display name (words and quoted strings) from *P to its '<'; why it is odd, NULL if it is not.
 * Dots are taken as words, as "Dott. Rossi" is everywhere, and bytes over 127 as letters: none of them can be
 * taken for one of the marks. */
static const char *
skip_name(const char **p)
{
	while (**p != '<') {
		if (**p == '\0')
			return "no address in From";
		if (**p == '"') {
			*p = quoted_end(*p);
			if (*p == NULL)
				return "a quoted string without end in From";
		} else if (**p == ' ' || **p == '\t' || (guchar) * *p > 127 || g_ascii_isalnum(**p) ||
		    strchr(ATEXT_DOT, **p) != NULL)
			(*p)++;
		else if (**p == '@')
			return "an address without <> before the address of From";
		else
			return blame((char[]){ **p, '\0' });
	}
	return NULL;
}

/* One mailbox: [display-name] "<" addr-spec ">", or the addr-spec alone, with comments beside them. TEXT is
 * changed. */
static const char *
mailbox(char *text, char **folded)
{
	g_autofree char *addr = NULL;
	const char *p, *close, *why = blank_comments(text);

	if (why != NULL)
		return why;
	p = g_strstrip(text);
	if (strpbrk(p, "<\"") == NULL)
		return take(p, folded);
	why = names_itself(p) ? NULL : skip_name(&p);
	if (why != NULL)
		return why;
	p = strchr(p, '<');
	close = strchr(p, '>');
	if (close == NULL)
		return "a '<' without end in From";
	if (close[1] != '\0')
		return "something behind the address of From";
	addr = g_strndup(p + 1, (gsize)(close - p - 1));
	return take(addr, folded);
}

static const char *
read_from(const RnHead *head, char **folded)
{
	const RnField *field = rn_head_find(head, "From", 0);
	g_autofree char *text = NULL;
	const char *why;

	if (field == NULL)
		return "no From field";
	if (rn_head_count(head, "From") > 1)
		return "more than one From field";
	if (field->name[field->name_len] != ':')
		return "white space between From and its colon";
	why = odd_byte(field);
	if (why != NULL)
		return why;
	text = rn_field_text(field);
	return *text != '\0' ? mailbox(text, folded) : "an empty From field";
}

void
rn_auth_from(const RnHead *head, RnFacts *facts)
{
	const char *why;

	g_clear_pointer(&facts->from, g_free);
	g_clear_pointer(&facts->from_why, g_free);
	why = read_from(head, &facts->from);
	facts->from_odd = why != NULL;
	facts->from_why = g_strdup(why);
}
