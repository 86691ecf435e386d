/* store_alias.c: other addresses of a box, authorizations, the rows of a list, and what is owed. */
#include "store_house.h"

typedef struct {
	House	 house;
	RnTx	*tx;
	RnBox	*box;
} Room;

static void
room_begin(Room *r)
{
	g_autoptr(RnBox) box = sample_box("uno@pec.example");
	RnPut put;
	gint64 id;

	house_begin(&r->house);
	r->tx = begin(r->house.store);
	g_free(box->convention);
	box->convention = g_strdup("fnomceo");
	g_assert_true(rn_store_box_put(r->tx, box, &put, &id, NULL));
	g_assert_true(rn_store_box_get(r->tx, id, &r->box, NULL));
}

static void
room_end(Room *r)
{
	rn_box_free(r->box);
	rn_tx_rollback(r->tx);
	house_end(&r->house);
}

static guint
boxes_of(Room *r, const char *address)
{
	g_autoptr(GPtrArray) boxes = NULL;

	g_assert_true(rn_store_boxes_of_address(r->tx, address, &boxes, NULL));
	return boxes->len;
}

static void
test_aliases(void)
{
	Room r;
	g_autoptr(GPtrArray) list = NULL;
	const RnAlias *a;
	gboolean changed;

	room_begin(&r);
	g_assert_cmpuint(boxes_of(&r, "due@posta.example"), ==, 0);
	g_assert_true(
	    rn_store_alias_add(r.tx, r.box->id, "due@posta.example", "delegate", 7, &changed, NULL));
	g_assert_true(changed);
	g_assert_true(
	    rn_store_alias_add(r.tx, r.box->id, "due@posta.example", "authorized", 8, &changed, NULL));
	g_assert_false(changed);
	g_assert_true(rn_store_aliases(r.tx, r.box->id, &list, NULL));
	g_assert_cmpuint(list->len, ==, 1);
	a = g_ptr_array_index(list, 0);
	g_assert_cmpstr(a->kind, ==, "delegate");
	g_assert_cmpint(a->since, ==, 7);
	g_assert_cmpuint(boxes_of(&r, "due@posta.example"), ==, 1);
	g_assert_true(rn_store_alias_remove(r.tx, r.box->id, "due@posta.example", &changed, NULL));
	g_assert_true(changed);
	g_assert_true(rn_store_alias_remove(r.tx, r.box->id, "due@posta.example", &changed, NULL));
	g_assert_false(changed);
	g_assert_cmpuint(boxes_of(&r, "due@posta.example"), ==, 0);
	g_assert_false(rn_store_alias_add(r.tx, r.box->id, "x@posta.example", "friend", 7, &changed, NULL));
	room_end(&r);
}

static void
test_authorizations(void)
{
	Room r;
	g_autoptr(RnInbox) in = rn_inbox_new();
	g_autoptr(RnAuthorization) found = NULL, none = NULL;
	RnAuthorization a = {
		.step = 3, .at = 9, .address = (char *)"due@posta.example", .state = (char *)"asked"
	};
	gboolean fresh;

	room_begin(&r);
	in->rcpt = g_strdup("r");
	in->message_id = g_strdup("m");
	in->digest = g_strdup("d");
	g_assert_true(rn_store_inbox_add(r.tx, in, &fresh, NULL));
	a.inbox_id = in->id;
	g_assert_true(rn_store_authorization_add(r.tx, r.box->period_id, &a, NULL));
	g_assert_true(rn_store_authorization_set(r.tx, r.box->period_id, 3, "granted", NULL));
	g_assert_true(rn_store_authorization_find(r.tx, r.box->period_id, 3, &found, NULL));
	g_assert_cmpstr(found->state, ==, "granted");
	g_assert_cmpstr(found->address, ==, "due@posta.example");
	g_assert_cmpint(found->inbox_id, ==, in->id);
	g_assert_true(rn_store_authorization_find(r.tx, r.box->period_id, 4, &none, NULL));
	g_assert_null(none);
	g_assert_false(rn_store_authorization_set(r.tx, r.box->period_id, 4, "granted", NULL));
	room_end(&r);
}

static gint64
add_list(Room *r, const char *key)
{
	g_autoptr(RnLetter) l = rn_letter_new();
	gboolean fresh;

	l->key = g_strdup(key);
	l->kind = RN_LETTER_LIST;
	l->box_id = r->box->id;
	l->period_id = r->box->period_id;
	l->rcpt = g_strdup("uno@posta.example");
	l->sender = g_strdup("");
	l->message_id = g_strconcat(key, "@id", NULL);
	l->raw = g_bytes_new_static("x", 1);
	g_assert_true(rn_store_letter_add(r->tx, l, &fresh, NULL));
	return l->id;
}

static guint
rows_of(Room *r, const char *message_id, guint64 *first)
{
	g_autoptr(GArray) rows = NULL;

	g_assert_true(rn_store_letter_rows(r->tx, message_id, r->box->period_id, &rows, NULL));
	*first = rows->len > 0 ? g_array_index(rows, guint64, 0) : 0;
	return rows->len;
}

/* The list that is named counts; without a name only one that is alone. */
static void
test_rows(void)
{
	static const guint64 one[] = { 30, 10, 20 }, two[] = { 40 };
	Room r;
	guint64 first;

	room_begin(&r);
	g_assert_cmpuint(rows_of(&r, NULL, &first), ==, 0);
	g_assert_true(rn_store_letter_rows_add(r.tx, add_list(&r, "a"), one, 3, NULL));
	g_assert_cmpuint(rows_of(&r, NULL, &first), ==, 3);
	g_assert_cmpuint(first, ==, 30);
	g_assert_true(rn_store_letter_rows_add(r.tx, add_list(&r, "b"), two, 1, NULL));
	g_assert_cmpuint(rows_of(&r, NULL, &first), ==, 0);
	g_assert_cmpuint(rows_of(&r, "b@id", &first), ==, 1);
	g_assert_cmpuint(first, ==, 40);
	g_assert_cmpuint(rows_of(&r, "a@id", &first), ==, 3);
	g_assert_cmpuint(rows_of(&r, "c@id", &first), ==, 0);
	room_end(&r);
}

static void
test_owed(void)
{
	Room r;
	g_autoptr(RnOrder) o = rn_order_new();
	gint64 cents;

	room_begin(&r);
	o->box_id = r.box->id;
	o->period_id = r.box->period_id;
	o->convention = g_strdup("fnomceo");
	o->number = g_strdup("2026-000001");
	o->state = RN_ORDER_ACCEPTED;
	o->price = 1220;
	o->accepted = 1000;
	o->old_expiry = EXPIRY;
	o->new_expiry = EXPIRY + 365;
	g_assert_true(rn_store_order_add(r.tx, o, NULL));
	for (int i = 0; i < 3; i++) {	/* before, within, after: the end is not of the span */
		g_autoptr(GPtrArray) list = NULL;
		gint64 from = i == 2 ? 1001 : 0, to = i == 0 ? 1000 : 2000;

		g_assert_true(rn_store_orders_owed(r.tx, "fnomceo", from, to, 0, 10, &list, NULL));
		g_assert_true(rn_store_orders_spent(r.tx, "fnomceo", from, to, &cents, NULL));
		g_assert_cmpuint(list->len, ==, i == 1 ? 1 : 0);
		g_assert_cmpint(cents, ==, i == 1 ? 1220 : 0);
	}
	g_assert_true(rn_store_orders_spent(r.tx, "other", 0, 2000, &cents, NULL));
	g_assert_cmpint(cents, ==, 0);
	room_end(&r);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/alias/aliases", test_aliases);
	g_test_add_func("/store/alias/authorizations", test_authorizations);
	g_test_add_func("/store/alias/rows", test_rows);
	g_test_add_func("/store/alias/owed", test_owed);
	return g_test_run();
}
