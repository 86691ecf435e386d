#include "prog/explain_out.h"

#include <jansson.h>
#include <string.h>

#include "base/log.h"

static json_t *
text_or_null(const char *s)
{
	return s != NULL && *s != '\0' ? json_string(s) : json_null();
}

static json_t *
json_token(const RnFacts *f)
{
	gboolean fields = f->token_verdict == RN_TOKEN_GOOD || f->token_verdict == RN_TOKEN_EXPIRED;

	return json_pack("{s:s, s:s, s:o}", "where", rn_word(RN_WORDS_WHERE, f->where), "verdict",
	    rn_word(RN_WORDS_TOKEN, f->token_verdict), "purpose",
	    fields || f->token_verdict == RN_TOKEN_UNCHECKED ?
	        text_or_null(rn_word(RN_WORDS_PURPOSE, f->token.purpose)) :
	        json_null());
}

static json_t *
json_sender(const RnFacts *f)
{
	return json_pack("{s:o, s:s, s:b, s:o}", "from", text_or_null(f->from), "proof",
	    rn_word(RN_WORDS_PROOF, f->proof), "registered", f->registered, "why",
	    text_or_null(f->proof_why));
}

static json_t *
json_decision(const RnReading *r)
{
	return json_pack("{s:s, s:s, s:s}", "rule", r->verdict.rule, "action",
	    rn_word(RN_WORDS_ACTION, r->verdict.action), "why",
	    r->problem != NULL ? r->problem : r->verdict.why);
}

static json_t *
json_reading(const RnReading *r)
{
	const RnFacts *f = r->facts;

	if (f == NULL)
		return json_pack("{s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:o}", "class", "typed_text", "intent",
		    "matched", "token", "sender", "pec", "decision", json_decision(r));
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:n, s:o}", "class",
	    rn_word(RN_WORDS_CLASS, f->class_), "typed_text", f->typed_text != NULL ? f->typed_text : "",
	    "intent", rn_word(RN_WORDS_INTENT, f->intent), "matched", text_or_null(f->matched), "token",
	    json_token(f), "sender", json_sender(f), "pec", "decision", json_decision(r));
}

void
rn_explain_json(const RnReading *r, FILE *to)
{
	json_t *all = json_reading(r);
	char *line = json_dumps(all, JSON_COMPACT | JSON_PRESERVE_ORDER);

	fprintf(to, "%s\n", line != NULL ? line : "{}");
	free(line);
	json_decref(all);
}

static void
line(FILE *to, const char *name, const char *value, const char *why)
{
	g_autofree char *v = rn_log_quote(value != NULL ? value : "-");

	fprintf(to, "%-10s %s", name, v);
	if (why != NULL && *why != '\0') {
		g_autofree char *w = rn_log_quote(why);

		fprintf(to, "  (%s)", w);
	}
	fputc('\n', to);
}

static void
text_typed(const RnFacts *f, FILE *to)
{
	g_auto(GStrv) lines = g_strsplit(f->typed_text != NULL ? f->typed_text : "", "\n", -1);

	fputs("typed\n", to);
	for (guint i = 0; lines[i] != NULL; i++) {
		g_autofree char *clean = rn_log_quote(lines[i]);

		fprintf(to, "           | %s\n", *lines[i] != '\0' ? clean : "");
	}
}

void
rn_explain_text(const RnEngine *e, const RnReading *r, FILE *to)
{
	const RnFacts *f = r->facts;

	if (f != NULL) {
		line(to, "class", rn_word(RN_WORDS_CLASS, f->class_), f->class_why);
		text_typed(f, to);
		line(to, "intent", rn_word(RN_WORDS_INTENT, f->intent), f->intent_rule);
		line(to, "matched", f->matched, NULL);
		line(to, "token", rn_word(RN_WORDS_TOKEN, f->token_verdict),
		    f->where != RN_WHERE_NONE ? rn_word(RN_WORDS_WHERE, f->where) : NULL);
		line(to, "from", f->from, f->from_why);
		line(to, "proof", rn_word(RN_WORDS_PROOF, f->proof), f->proof_why);
	}
	line(to, "box", r->box != NULL ? r->box->name : NULL, e->store == NULL ? "no store at hand" : NULL);
	line(to, "rule", r->verdict.rule, r->problem != NULL ? r->problem : r->verdict.why);
	line(to, "action", rn_word(RN_WORDS_ACTION, r->verdict.action), NULL);
}
