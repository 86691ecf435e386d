/* authres.c: the grammar of Authentication-Results. Senders choose parts of what stands in there (the domain
 * of a signature, an envelope sender), so nothing is searched for: it is read word by word, or not at all. */
#include "mail/authres.h"

#include <string.h>

#include "mail/lex.h"

static void
claim_free(gpointer p)
{
	RnClaim *c = p;

	g_free(c->domain);
	g_free(c);
}

GPtrArray *
rn_claims_new(void)
{
	return g_ptr_array_new_with_free_func(claim_free);
}

static RnMethod
method_of(const char *word)
{
	if (g_ascii_strcasecmp(word, "dmarc") == 0)
		return RN_METHOD_DMARC;
	if (g_ascii_strcasecmp(word, "dkim") == 0)
		return RN_METHOD_DKIM;
	return g_ascii_strcasecmp(word, "spf") == 0 ? RN_METHOD_SPF : RN_METHOD_OTHER;
}

/* The property that names the domain of METHOD, best first. */
static const char *
property_of(RnMethod method, guint choice)
{
	static const char *const names[][2] = {
		[RN_METHOD_OTHER] = { NULL, NULL },
		[RN_METHOD_DMARC] = { "header.from", NULL },
		[RN_METHOD_DKIM] = { "header.d", "header.i" },
		[RN_METHOD_SPF] = { "smtp.mailfrom", NULL },
	};

	return names[method][choice];
}

/* The value of a property: a run of characters, or a quoted string with perhaps an "@domain" behind it. What
 * follows must be a gap or a ';': "example.net(.example.com" is how a domain in a comment passes for another.
 * NULL if it is wrong. */
static char *
property_value(RnLex *lex)
{
	g_autofree char *quoted = NULL, *run = NULL;

	rn_lex_gap(lex);
	quoted = lex->at < lex->end && *lex->at == '"' ? rn_lex_quoted(lex) : NULL;
	if (quoted == NULL || (lex->at < lex->end && *lex->at == '@'))
		run = rn_lex_run(lex, ";");
	if (lex->bad || (lex->at < lex->end && strchr(" \t\r\n;", *lex->at) == NULL))
		return NULL;
	return g_strconcat(quoted != NULL ? quoted : "", run != NULL ? run : "", NULL);
}

/* The name of a property, "ptype.property"; white space may stand around its dot. NULL if none comes. */
static char *
property_name(RnLex *lex)
{
	char *name = rn_lex_word(lex, "=;");

	while (name != NULL) {
		g_autofree char *head = name;
		g_autofree char *more = NULL;
		RnLex ahead = *lex;

		rn_lex_gap(&ahead);
		if (!g_str_has_suffix(name, ".") && (ahead.at == ahead.end || *ahead.at != '.'))
			return g_steal_pointer(&head);
		more = rn_lex_word(lex, "=;");
		name = more != NULL ? g_strconcat(head, more, NULL) : NULL;
	}
	return NULL;
}

/* The domain of VALUE (what stands behind its last '@', if it has one), NULL if it is not plain. */
static char *
plain_domain(const char *value)
{
	const char *at = strrchr(value, '@');
	const char *domain = at != NULL ? at + 1 : value;

	for (const char *p = domain; *p != '\0'; p++)
		if (!g_ascii_isalnum(*p) && *p != '.' && *p != '-')
			return NULL;
	return *domain != '\0' ? g_ascii_strdown(domain, -1) : NULL;
}

/* What the properties of one result said, by choice of property_of(). */
typedef struct {
	gboolean	 given[2], odd[2];
	char		*domain[2];
} Said;

static void
hear(Said *said, RnMethod method, const char *name, const char *value)
{
	for (guint i = 0; i < 2; i++) {
		const char *wanted = property_of(method, i);
		g_autofree char *domain = NULL;

		if (wanted == NULL || g_ascii_strcasecmp(name, wanted) != 0)
			continue;
		domain = plain_domain(value);
		if (domain == NULL || (said->given[i] && g_strcmp0(domain, said->domain[i]) != 0))
			said->odd[i] = TRUE;
		said->given[i] = TRUE;
		g_free(said->domain[i]);
		said->domain[i] = g_steal_pointer(&domain);
	}
}

/* The properties of one result into CLAIM; FALSE against the grammar. */
static gboolean
properties(RnLex *lex, RnClaim *claim)
{
	Said said = { 0 };
	gboolean ok = TRUE;
	guint best;

	for (;;) {
		g_autofree char *name = property_name(lex);
		g_autofree char *value = NULL;

		if (name == NULL)
			break;
		value = rn_lex_char(lex, '=') ? property_value(lex) : NULL;
		ok = value != NULL;
		if (!ok)
			break;
		hear(&said, claim->method, name, value);
	}
	best = said.given[0] ? 0 : 1;
	if (!said.odd[best])
		claim->domain = g_steal_pointer(&said.domain[best]);
	g_free(said.domain[0]);
	g_free(said.domain[1]);
	return ok && !lex->bad;
}

/* One result behind its ';': method ["/" version] "=" result, then properties. FALSE against the grammar. */
static gboolean
result(RnLex *lex, GPtrArray *claims)
{
	g_autofree char *method = rn_lex_word(lex, "=/;");
	g_autofree char *word = NULL;
	RnClaim *claim;

	if (rn_lex_char(lex, '/'))
		rn_lex_skip(lex, "=;");	/* the version of the method */
	if (method == NULL)
		return FALSE;
	if (!rn_lex_char(lex, '='))
		return g_ascii_strcasecmp(method, "none") == 0 && rn_lex_done(lex);
	word = rn_lex_word(lex, "=;");
	if (word == NULL)
		return FALSE;
	claim = g_new0(RnClaim, 1);
	claim->method = method_of(method);
	claim->pass = g_ascii_strcasecmp(word, "pass") == 0;
	claim->fail = g_ascii_strcasecmp(word, "fail") == 0;
	g_ptr_array_add(claims, claim);
	return properties(lex, claim);
}

/* The authserv-id, with its version taken; NULL if the field has none (some servers leave it out). It must
 * stand there letter by letter: a mail server that takes forged ones off by a pattern does not see one that
 * is written with backslashes or line ends, and no verifier writes it so. */
static char *
authserv_id(RnLex *lex)
{
	const char *start;
	g_autofree char *id = NULL;

	rn_lex_gap(lex);
	start = lex->at;
	id = rn_lex_item(lex, ";=");
	for (const char *p = start; p < lex->at; p++)
		if (*p == '\\' || *p == '\r' || *p == '\n')
			return NULL;
	if (id == NULL)
		return NULL;
	rn_lex_gap(lex);
	if (lex->bad || (lex->at < lex->end && *lex->at == '='))
		return NULL;
	return g_steal_pointer(&id);
}

/* A sender who gets a stray quote or parenthesis into our field must not hide what stands behind it. */
static void
doubt(const RnField *field, GPtrArray *claims)
{
	g_autofree char *text = rn_field_text(field);
	g_autofree char *low = g_ascii_strdown(text, -1);
	RnClaim *claim;

	if (strstr(low, "dmarc=fail") == NULL)
		return;
	claim = g_new0(RnClaim, 1);
	claim->method = RN_METHOD_DMARC;
	claim->fail = TRUE;
	g_ptr_array_add(claims, claim);
}

static gboolean
is_same(const char *theirs, const char *id)
{
	return theirs != NULL && g_ascii_strcasecmp(theirs, id) == 0;
}

gboolean
rn_authres_is_by(const RnField *field, const char *id)
{
	RnLex lex = rn_lex_begin(field);
	g_autofree char *theirs = authserv_id(&lex);

	return is_same(theirs, id);
}

gboolean
rn_authres_read(const RnField *field, const char *id, GPtrArray *claims, gboolean *malformed)
{
	RnLex lex = rn_lex_begin(field);
	g_autofree char *theirs = authserv_id(&lex);
	g_autofree char *version = NULL;
	gboolean ok = TRUE;

	if (!is_same(theirs, id))
		return FALSE;
	version = rn_lex_word(&lex, ";=");
	if (version != NULL && strspn(version, "0123456789") != strlen(version))
		ok = FALSE;
	/* a last ';' with nothing behind it is written by some, and says nothing */
	while (ok && rn_lex_char(&lex, ';') && !rn_lex_done(&lex))
		ok = result(&lex, claims);
	if (!ok || !rn_lex_done(&lex)) {
		*malformed = TRUE;
		doubt(field, claims);
	}
	return TRUE;
}
