#include "prog/show.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "prog/prog.h"

static json_t *
text(const char *s)
{
	json_t *j = s != NULL ? json_string(s) : NULL;

	return j != NULL ? j : json_null();
}

static json_t *
day(RnDay d)
{
	g_autofree char *iso = rn_day_iso(d);

	return *iso != '\0' ? json_string(iso) : json_null();
}

/* Times are seconds since 1970 in the JSON; 0 means "not yet". */
static json_t *
when(gint64 t)
{
	return t != 0 ? json_integer(t) : json_null();
}

static json_t *
case_number(guint64 period)
{
	g_autofree char *number = period != 0 ? rn_case_number(period) : NULL;

	return text(number);
}

json_t *
rn_show_box(const RnBox *b)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:b, s:b, s:o, s:o, s:o, s:o}",
	    "box", text(b->name), "holder", text(b->holder), "reference", text(b->reference), "reference2",
	    text(b->reference2), "account", text(b->account), "convention", text(b->convention), "type",
	    text(b->type), "expiry", day(b->expiry), "state", rn_word(RN_WORDS_BOX, b->state), "document",
	    b->document, "register", b->business_register, "entitled", b->entitled, "entitled_from",
	    day(b->entitled_from), "entitled_to", day(b->entitled_to), "language", text(b->language), "case",
	    case_number(b->period_public));
}

json_t *
rn_show_order(const RnOrder *o, const char *box_name)
{
	json_t *j = json_pack("{s:I, s:o, s:o, s:s, s:o, s:o, s:o, s:I, s:i, s:i}", "id", (json_int_t)o->id,
	    "number", text(o->number), "box", text(box_name), "state", rn_word(RN_WORDS_ORDER, o->state),
	    "convention", text(o->convention), "account", text(o->account), "payer", text(o->payer),
	    "price_cents", (json_int_t)o->price, "vat", o->vat, "term_months", o->term);

	json_object_set_new(j, "old_expiry", day(o->old_expiry));
	json_object_set_new(j, "new_expiry", day(o->new_expiry));
	json_object_set_new(j, "proof", json_string(rn_word(RN_WORDS_PROOF, o->proof)));
	json_object_set_new(j, "words", text(o->words));
	json_object_set_new(j, "reference", text(o->reference));
	json_object_set_new(j, "requested_at", when(o->requested));
	json_object_set_new(j, "offered_at", when(o->offered));
	json_object_set_new(j, "accepted_at", when(o->accepted));
	json_object_set_new(j, "ended_at", when(o->ended));
	return j;
}

json_t *
rn_show_letter(const RnLetter *l)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:o, s:o, s:i, s:o, s:o, s:o, s:o}", "id",
	    (json_int_t)l->id, "what", "letter", "kind", rn_word(RN_WORDS_LETTER, l->kind), "state",
	    rn_word(RN_WORDS_SEND, l->state), "to", text(l->rcpt), "subject", text(l->subject), "key",
	    text(l->key), "attempts", l->attempts, "due_at", when(l->due), "created_at", when(l->created),
	    "sent_at", when(l->sent), "error", text(l->error));
}

json_t *
rn_show_call(const RnCall *c)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:o, s:i, s:o, s:o, s:o, s:o}", "id", (json_int_t)c->id,
	    "what", "call", "kind", rn_word(RN_WORDS_CALL, c->kind), "state",
	    rn_word(RN_WORDS_SEND, c->state), "key", text(c->key), "attempts", c->attempts, "due_at",
	    when(c->due), "created_at", when(c->created), "done_at", when(c->done), "error", text(c->error));
}

json_t *
rn_show_inbox(const RnInbox *in)
{
	json_t *j = json_pack("{s:I, s:b, s:o, s:o, s:o, s:o, s:o, s:o}", "id", (json_int_t)in->id, "held",
	    in->held, "from", text(in->from), "proof", text(in->proof), "class", text(in->class_), "intent",
	    text(in->intent), "typed_text", text(in->typed_text), "rule", text(in->rule));

	json_object_set_new(j, "action", text(in->action));
	json_object_set_new(j, "proof_why", text(in->proof_why));
	json_object_set_new(j, "taken_at", when(in->taken));
	json_object_set_new(j, "processed_at", when(in->processed));
	json_object_set_new(j, "message_id", text(in->message_id));
	json_object_set_new(j, "queue_id", text(in->queue_id));
	json_object_set_new(j, "digest", text(in->digest));
	json_object_set_new(j, "session", text(in->session));
	json_object_set_new(j, "client", text(in->client));
	json_object_set_new(j, "helo", text(in->helo));
	json_object_set_new(j, "tls", text(in->tls));
	json_object_set_new(j, "login", text(in->login));
	return j;
}

json_t *
rn_show_ledger(const RnLedgerEntry *e)
{
	return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "seq", (json_int_t)e->seq, "at", when(e->at),
	    "who", text(e->who), "what", text(e->what), "why", text(e->why), "detail", text(e->detail),
	    "digest", text(e->digest));
}

void
rn_show_json(json_t *object)
{
	char *line = json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER);

	if (line != NULL)
		puts(line);
	free(line);
	json_decref(object);
}

static char *
value_text(const char *name, const json_t *value, GTimeZone *tz)
{
	if (json_is_string(value))
		return rn_log_quote(json_string_value(value));
	if (json_is_boolean(value))
		return g_strdup(json_is_true(value) ? "yes" : "no");
	if (g_str_has_suffix(name, "_at") || strcmp(name, "at") == 0)
		return rn_time_text(json_integer_value(value), tz);
	return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
}

void
rn_show_words(json_t *object, GTimeZone *tz)
{
	const char *name;
	json_t *value;

	json_object_foreach(object, name, value)
	{
		g_autofree char *v = json_is_null(value) ? NULL : value_text(name, value, tz);

		if (v != NULL)
			printf("  %-13s %s\n", name, v);
	}
	json_decref(object);
}

/* The environment can say anything: only what a login name looks like is written down. */
static gboolean
is_login(const char *name)
{
	gsize len = strlen(name);

	return len > 0 && len <= 32 &&
	    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == len;
}

char *
rn_show_admin(void)
{
	const struct passwd *pw = getpwuid(getuid());
	const char *name = pw != NULL ? pw->pw_name : "unknown", *said = g_getenv("SUDO_USER");

	if (said == NULL || !is_login(said) || g_str_equal(said, name))
		return g_strdup_printf("admin:%s", name);
	return g_strdup_printf("admin:%s (sudo: %s)", name, said);
}

RnEngine *
rn_show_open(const char *command, const char *config, RnNeed need, int *code)
{
	g_autoptr(GError) error = NULL;
	RnEngine *e = rn_engine_open(config, need, &error);

	if (e == NULL)
		*code = rn_complain(command, error);
	return e;
}
