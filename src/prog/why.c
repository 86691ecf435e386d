#include "prog/why.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
#include "core/desk.h"
#include "core/heldwords.h"
#include "prog/prog.h"
#include "prog/show.h"

#define PAGE 500

/* What happens in one second is told in this order. */
typedef enum { EV_MAIL, EV_LEDGER, EV_CALL, EV_LETTER, EV_RECEIPT, EV_BACK } Kind;

/* One thing that happened. */
typedef struct {
	gint64	 at, id;
	Kind	 kind;
	GString	*words;
	json_t	*facts;
} Event;

typedef struct {
	RnEngine	*e;
	RnTx		*tx;
	RnBox		*box;
	GPtrArray	*events;	/* Event */
} Story;

static const char *const kinds[] = { "mail", "ledger", "call", "letter", "receipt", "came-back" };

static void
event_free(gpointer p)
{
	Event *ev = p;

	g_string_free(ev->words, TRUE);
	json_decref(ev->facts);
	g_free(ev);
}

/* A new event, of which the caller goes on to tell. FACTS is taken over. */
static Event *
event(Story *s, Kind kind, gint64 at, gint64 id, json_t *facts)
{
	Event *ev = g_new0(Event, 1);

	ev->kind = kind;
	ev->at = at;
	ev->id = id;
	ev->words = g_string_new(NULL);
	ev->facts = json_pack("{s:I, s:s}", "at", (json_int_t)at, "event", kinds[kind]);
	json_object_update(ev->facts, facts);
	json_decref(facts);
	g_ptr_array_add(s->events, ev);
	return ev;
}

/* " NAME VALUE", where there is a value; hostile bytes escaped. */
static void
tell(Event *ev, const char *name, const char *value)
{
	g_autofree char *clean = value != NULL && *value != '\0' ? rn_log_quote(value) : NULL;

	if (clean != NULL)
		g_string_append_printf(
		    ev->words, "%s%s%s", ev->words->len > 0 ? " " : "", name, *name != '\0' ? " " : "");
	if (clean != NULL)
		g_string_append(ev->words, clean);
}

static gint
by_time(gconstpointer a, gconstpointer b)
{
	const Event *x = *(Event *const *)a, *y = *(Event *const *)b;

	if (x->at != y->at)
		return x->at < y->at ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void
add_mail(Story *s, const RnInbox *in)
{
	const char *why = rn_held_reason(in->rule);
	Event *ev = event(s, EV_MAIL, in->taken, in->id, rn_show_inbox(in));

	json_object_set_new(
	    ev->facts, "matched", in->matched != NULL ? json_string(in->matched) : json_null());
	json_object_set_new(ev->facts, "why", why != NULL ? json_string(why) : json_null());
	json_object_set_new(ev->facts, "names_box", json_boolean(in->box_id != 0));
	g_string_append_printf(ev->words, "mail %" G_GINT64_FORMAT, in->id);
	tell(ev, "from", in->from);
	tell(ev, "id", in->message_id);
	tell(ev, "of", g_strcmp0(in->class_, "human") == 0 ? "a person" : in->class_);
	tell(ev, "proof", in->proof);
	tell(ev, "typed", in->typed_text);
	tell(ev, "read as", in->intent);
	tell(ev, "by the words", in->matched);
	tell(ev, "rule", in->rule);
	tell(ev, "->", in->held ? "held, waits for a person" : in->action);
	if (why != NULL)
		g_string_append_printf(ev->words, " (%s)", why);
	if (in->box_id == 0)
		g_string_append(ev->words, "; it named no box");
}

static void
add_ledger(Story *s, const RnLedgerEntry *l)
{
	Event *ev = event(s, EV_LEDGER, l->at, l->id, rn_show_ledger(l));

	json_object_set_new(ev->facts, "mail", l->inbox_id != 0 ? json_integer(l->inbox_id) : json_null());
	json_object_set_new(
	    ev->facts, "letter", l->letter_id != 0 ? json_integer(l->letter_id) : json_null());
	g_string_append_printf(ev->words, "%s: %s", l->who, l->what);
	if (*l->why != '\0')
		g_string_append_printf(ev->words, " because %s", l->why);
	if (l->letter_id != 0)
		g_string_append_printf(ev->words, ", letter L%" G_GINT64_FORMAT, l->letter_id);
	if (l->inbox_id != 0)
		g_string_append_printf(ev->words, ", mail %" G_GINT64_FORMAT, l->inbox_id);
	tell(ev, ":", l->detail);
}

/* When it was written stands in the ledger; here what became of it. */
static void
add_letter(Story *s, const RnLetter *l)
{
	g_autofree char *id = rn_desk_public_id(l->message_id);
	Event *ev = event(s, EV_LETTER, l->sent != 0 ? l->sent : l->created, l->id, rn_show_letter(l));

	json_object_set_new(ev->facts, "message_id", json_string(id));
	g_string_append_printf(ev->words, "letter L%" G_GINT64_FORMAT " %s %s", l->id,
	    rn_word(RN_WORDS_LETTER, l->kind),
	    l->state == RN_SEND_DROPPED ? "not sent" : rn_word(RN_WORDS_SEND, l->state));
	if (l->state == RN_SEND_SENT)	/* then it is what the server said */
		tell(ev, "", l->error);
	else
		tell(ev, l->state == RN_SEND_DROPPED ? "because" : "error", l->error);
	tell(ev, "to", l->rcpt);
	tell(ev, "id", id);
}

static void
add_call(Story *s, const RnCall *c)
{
	Event *ev = event(s, EV_CALL, c->done != 0 ? c->done : c->created, c->id, rn_show_call(c));

	g_string_append_printf(ev->words, "provider asked to %s: %s after %d attempts",
	    rn_word(RN_WORDS_CALL, c->kind), rn_word(RN_WORDS_SEND, c->state), c->attempts);
	tell(ev, "key", c->key);
	tell(ev, "answer", c->error);
}

static void
add_receipt(Story *s, const RnRegisteredRow *r)
{
	Event *ev = event(s, EV_RECEIPT, r->at, r->id, rn_show_receipt(r));

	g_string_append_printf(ev->words, "receipt %s of letter L%" G_GINT64_FORMAT, r->kind, r->letter_id);
	tell(ev, "for", r->consegna);
	tell(ev, "by", r->provider);
	tell(ev, "number", r->identificativo);
	tell(ev, "does not count:", r->fault);
}

static void
add_delivery(Story *s, const RnDelivery *d)
{
	Event *ev = event(s, EV_BACK, d->at, d->letter_id,
	    json_pack("{s:I, s:s, s:s?, s:s?}", "letter", (json_int_t)d->letter_id, "state", d->state, "code",
	        d->code, "why", d->why));
	g_autofree char *day = rn_day_iso(d->back_on);

	g_string_append_printf(ev->words, "letter L%" G_GINT64_FORMAT " %s", d->letter_id,
	    strcmp(d->state, "away") == 0 ? "reached somebody who is away" : d->state);
	tell(ev, "until", day);
	tell(ev, "code", d->code);
	tell(ev, "words:", d->why);
}

/* How one kind of thing is read, page by page. */
typedef gboolean (*Reader)(Story *s, gint64 after, GPtrArray **rows, GError **error);

static gboolean
read_mails(Story *s, gint64 after, GPtrArray **rows, GError **error)
{
	return rn_store_inbox(s->tx, FALSE, s->box->id, after, PAGE, rows, error);
}

static gboolean
read_strays(Story *s, gint64 after, GPtrArray **rows, GError **error)
{
	return rn_store_inbox_of_holder(s->tx, s->box->id, after, PAGE, rows, error);
}

static gboolean
read_ledger(Story *s, gint64 after, GPtrArray **rows, GError **error)
{
	return rn_store_ledger(s->tx, NULL, s->box->id, after, PAGE, rows, error);
}

static gboolean
read_letters(Story *s, gint64 after, GPtrArray **rows, GError **error)
{
	return rn_store_letters(s->tx, -1, s->box->id, after, PAGE, rows, error);
}

static gboolean
read_calls(Story *s, gint64 after, GPtrArray **rows, GError **error)
{
	return rn_store_calls_of_box(s->tx, s->box->id, after, PAGE, rows, error);
}

static gboolean
read_receipts(Story *s, gint64 after, GPtrArray **rows, GError **error)
{
	return rn_store_receipts(s->tx, 0, s->box->id, after, PAGE, rows, error);
}

static gint64
add_row(Story *s, Reader reader, gconstpointer row)
{
	if (reader == read_ledger)
		return add_ledger(s, row), ((const RnLedgerEntry *)row)->id;
	if (reader == read_letters)
		return add_letter(s, row), ((const RnLetter *)row)->id;
	if (reader == read_calls)
		return add_call(s, row), ((const RnCall *)row)->id;
	if (reader == read_receipts)
		return add_receipt(s, row), ((const RnRegisteredRow *)row)->id;
	return add_mail(s, row), ((const RnInbox *)row)->id;
}

static gboolean
add_all(Story *s, Reader reader, GError **error)
{
	for (gint64 after = 0;;) {
		g_autoptr(GPtrArray) rows = NULL;

		if (!reader(s, after, &rows, error))
			return FALSE;
		for (guint i = 0; i < rows->len; i++)
			after = add_row(s, reader, g_ptr_array_index(rows, i));
		if (rows->len < PAGE)
			return TRUE;
	}
}

static gboolean
add_deliveries(Story *s, GError **error)
{
	g_autoptr(GHashTable) all = rn_show_deliveries(s->tx, s->box->id, error);
	GHashTableIter it;
	gpointer list;

	if (all == NULL)
		return FALSE;
	g_hash_table_iter_init(&it, all);
	while (g_hash_table_iter_next(&it, NULL, &list))
		for (guint i = 0; i < ((GPtrArray *)list)->len; i++)
			add_delivery(s, g_ptr_array_index((GPtrArray *)list, i));
	return TRUE;
}

static guint
count_held(const Story *s)
{
	guint n = 0;

	for (guint i = 0; i < s->events->len; i++) {
		const Event *ev = g_ptr_array_index(s->events, i);

		n += ev->kind == EV_MAIL && json_is_true(json_object_get(ev->facts, "held"));
	}
	return n;
}

/* How it stands now: the last word of the story. */
static gboolean
print_end(Story *s, gboolean json, GError **error)
{
	g_autofree char *expiry = rn_day_iso(s->box->expiry);
	const char *box = rn_word(RN_WORDS_BOX, s->box->state), *state = NULL, *number = NULL;
	g_autoptr(GPtrArray) orders = NULL;
	guint held = count_held(s);

	if (!rn_store_orders_of_box(s->tx, s->box->id, &orders, error))
		return FALSE;
	if (orders->len > 0) {
		const RnOrder *o = g_ptr_array_index(orders, orders->len - 1);

		state = rn_word(RN_WORDS_ORDER, o->state);
		number = o->number;
	}
	if (json)
		rn_show_json(
		    json_pack("{s:s, s:s, s:s, s:s, s:s?, s:s?, s:i}", "event", "now", "box", s->box->name,
		        "state", box, "expiry", expiry, "order", state, "number", number, "held", (int)held));
	else
		printf("now: %s, last day %s, %s%s%s%s; %u held\n", box, expiry,
		    state != NULL ? "order " : "no order", number != NULL ? number : "",
		    number != NULL ? " " : "", state != NULL ? state : "", held);
	return TRUE;
}

static gboolean
story(Story *s, const char *name, gboolean json, GError **error)
{
	static const Reader readers[] = { read_mails, read_strays, read_ledger, read_letters, read_calls,
		read_receipts };
	g_autofree char *folded = rn_addr_fold(name);

	if (!rn_store_box_find(s->tx, folded, &s->box, error))
		return FALSE;
	if (s->box == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_NOT_FOUND,
		    "there is no box \"%s\"; `rinnova box list` shows all", name);
		return FALSE;
	}
	for (guint i = 0; i < G_N_ELEMENTS(readers); i++)
		if (!add_all(s, readers[i], error))
			return FALSE;
	if (!add_deliveries(s, error))
		return FALSE;
	g_ptr_array_sort(s->events, by_time);
	for (guint i = 0; i < s->events->len; i++) {
		const Event *ev = g_ptr_array_index(s->events, i);
		g_autofree char *at = rn_time_text(ev->at, s->e->settings->tz);

		if (json)
			rn_show_json(json_incref(ev->facts));
		else
			printf("%s  %s\n", at, ev->words->str);
	}
	return print_end(s, json, error);
}

int
rn_why_run(const char *name, gboolean json, const char *config)
{
	g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(event_free);
	g_autoptr(RnEngine) e = NULL;
	g_autoptr(RnTx) tx = NULL;
	g_autoptr(GError) error = NULL;
	Story s = { .events = events };
	int code = RN_EXIT_OK;

	e = rn_show_open("box", config, RN_NEED_SETTINGS | RN_NEED_STORE | RN_NEED_READ_ONLY, &code);
	if (e == NULL)
		return code;
	s.e = e;
	s.tx = tx = rn_tx_look(e->store, &error);
	if (tx == NULL || !story(&s, name, json, &error))
		code = rn_complain("box", error);
	rn_box_free(s.box);
	return code;
}
