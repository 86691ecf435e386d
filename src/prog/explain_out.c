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

/* How well the text could be read: "missing" is a charset that is not at hand here, so that the text is a
 * guess. */
static json_t *
json_charset(const RnFacts *f)
{
	return json_pack("{s:b, s:o}", "clean", !f->charset_odd && f->charset_missing == NULL, "missing",
	    text_or_null(f->charset_missing));
}

/* What our milter recorded, where it is to be believed. */
static json_t *
json_session(const RnReading *r)
{
	const RnSession *s = r->session;
	gboolean good = r->session_verdict == RN_SESSION_GOOD;

	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "verdict",
	    rn_word(RN_WORDS_SESSION, r->session_verdict), "why", text_or_null(r->session_why), "taken_at",
	    good ? json_integer(s->taken) : json_null(), "queue_id", text_or_null(good ? s->queue_id : NULL),
	    "client", text_or_null(good ? s->client : NULL), "helo", text_or_null(good ? s->helo : NULL),
	    "tls", text_or_null(good ? s->tls : NULL), "login", text_or_null(good ? s->user : NULL));
}

/* A member's own signature is no registered mail: the proof alone speaks of it. */
static json_t *
json_pec(const RnReading *r)
{
	const RnRegistered *reg = r->registered;

	if (reg == NULL || reg->kind == RN_REG_SMIME)
		return json_null();
	return json_pack("{s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "kind",
	    rn_reg_kind_word(reg->kind), "signature", rn_signature_word(reg->signature), "mittente",
	    text_or_null(reg->mittente), "msgid", text_or_null(reg->msgid), "identificativo",
	    text_or_null(reg->identificativo), "consegna", text_or_null(reg->consegna), "provider",
	    text_or_null(reg->provider), "fault",
	    reg->fault != RN_FAULT_NONE ? json_string(rn_fault_word(reg->fault)) : json_null(), "detail",
	    text_or_null(reg->detail), "sha1", reg->weak);
}

static json_t *
json_reading(const RnReading *r)
{
	const RnFacts *f = r->facts;

	if (f == NULL)
		return json_pack("{s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:n, s:o}", "class", "typed_text",
		    "intent", "matched", "intent_rule", "intent_why", "token", "sender", "pec", "decision",
		    json_decision(r));
	return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "class",
	    rn_word(RN_WORDS_CLASS, f->class_), "typed_text", f->typed_text != NULL ? f->typed_text : "",
	    "intent", rn_word(RN_WORDS_INTENT, f->intent), "matched", text_or_null(f->matched), "intent_rule",
	    text_or_null(f->intent_rule), "intent_why", text_or_null(r->intent_why), "token", json_token(f),
	    "sender", json_sender(f), "pec", json_pec(r), "decision", json_decision(r));
}

void
rn_explain_json(const RnReading *r, FILE *to)
{
	json_t *all = json_reading(r);
	gboolean added = json_object_set_new(all, "session", json_session(r)) == 0 &&
	    json_object_set_new(all, "charset", r->facts != NULL ? json_charset(r->facts) : json_null()) == 0;
	char *line = json_dumps(all, JSON_COMPACT | JSON_PRESERVE_ORDER);

	fprintf(to, "%s\n", line != NULL && added ? line : "{}");
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

static void
text_charset(const RnFacts *f, FILE *to)
{
	if (f->charset_missing != NULL)
		line(to, "charset", f->charset_missing,
		    "not at hand here: the text is a guess, and no answer is taken from it");
	else if (f->charset_odd)
		line(to, "charset", "not clean", "some of the bytes are no letters in it");
}

static void
text_pec(const RnRegistered *reg, FILE *to)
{
	g_autofree char *seal = NULL;

	if (reg == NULL || reg->kind == RN_REG_SMIME)
		return;
	seal = reg->fault != RN_FAULT_NONE ?
	    g_strdup_printf("%s%s%s", rn_fault_word(reg->fault), reg->detail != NULL ? ": " : "",
	        reg->detail != NULL ? reg->detail : "") :
	    g_strdup(reg->weak ? "SHA-1" : NULL);
	line(to, "pec", rn_reg_kind_word(reg->kind), reg->identificativo);
	line(to, "signature", rn_signature_word(reg->signature), seal);
	line(to, "mittente", reg->mittente, reg->provider);
	line(to, "msgid", reg->msgid, NULL);
	if (reg->consegna != NULL)
		line(to, "consegna", reg->consegna, reg->code);
}

/* Where it stood, what it is for, and what of that could not be checked. */
static void
text_token(const RnFacts *f, FILE *to)
{
	gboolean known = f->token_verdict == RN_TOKEN_GOOD || f->token_verdict == RN_TOKEN_EXPIRED ||
	    f->token_verdict == RN_TOKEN_UNCHECKED;
	g_autofree char *where = NULL;

	if (f->where != RN_WHERE_NONE)
		where = g_strdup_printf("in the %s%s%s%s", rn_word(RN_WORDS_WHERE, f->where),
		    known ? ", for: " : "", known ? rn_word(RN_WORDS_PURPOSE, f->token.purpose) : "",
		    f->token_conflict ? ", and another good one disagrees" : "");
	line(to, "token", rn_word(RN_WORDS_TOKEN, f->token_verdict), where);
}

/* What our milter recorded, where it is to be believed. */
static void
text_session(const RnEngine *e, const RnReading *r, FILE *to)
{
	const RnSession *s = r->session;
	const struct {
		const char	*name, *value;
	} said[] = { { "client", s != NULL ? s->client : NULL }, { "helo", s != NULL ? s->helo : NULL },
		{ "tls", s != NULL ? s->tls : NULL }, { "login", s != NULL ? s->user : NULL },
		{ "queue-id", s != NULL ? s->queue_id : NULL } };
	g_autofree char *taken = NULL;

	line(to, "session", rn_word(RN_WORDS_SESSION, r->session_verdict), r->session_why);
	if (s == NULL || r->session_verdict != RN_SESSION_GOOD)
		return;
	taken = rn_time_text(s->taken, e->settings->tz);
	line(to, "  taken", taken, NULL);
	for (guint i = 0; i < G_N_ELEMENTS(said); i++)
		if (said[i].value != NULL && *said[i].value != '\0') {
			g_autofree char *name = g_strconcat("  ", said[i].name, NULL);

			line(to, name, said[i].value, NULL);
		}
}

void
rn_explain_text(const RnEngine *e, const RnReading *r, FILE *to)
{
	const RnFacts *f = r->facts;

	if (f != NULL) {
		line(to, "class", rn_word(RN_WORDS_CLASS, f->class_), f->class_why);
		text_typed(f, to);
		text_charset(f, to);
		line(to, "intent", rn_word(RN_WORDS_INTENT, f->intent), f->intent_rule);
		line(to, "matched", f->matched, r->intent_why);
		text_token(f, to);
		text_pec(r->registered, to);
		line(to, "from", f->from, f->from_why);
		line(to, "registered",
		    e->store == NULL  ? "no store at hand" :
		        f->registered ? "yes" :
		                        "no",
		    NULL);
		line(to, "proof", rn_word(RN_WORDS_PROOF, f->proof), f->proof_why);
	}
	text_session(e, r, to);
	line(to, "box", r->box != NULL ? r->box->name : NULL, e->store == NULL ? "no store at hand" : NULL);
	line(to, "rule", r->verdict.rule, r->problem != NULL ? r->problem : r->verdict.why);
	line(to, "action", rn_word(RN_WORDS_ACTION, r->verdict.action), NULL);
}
