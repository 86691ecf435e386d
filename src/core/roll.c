#include "core/roll.h"

#include <string.h>

#include "base/text.h"
#include "policy/policy.h"

#define PAGE 500
#define MAX_NAMES 1000	/* of each kind in a report; all are counted */

typedef enum {
	CHANGE_NEW,
	CHANGE_LEFT,
	CHANGE_BACK,
	CHANGE_ADDRESS,
	CHANGE_EXPIRY,
	CHANGE_PAST,
	CHANGE_N
} Change;

/* What happened to the boxes of one convention. */
typedef struct {
	char		*id;
	gint64		 known;		/* not closed, before */
	guint		 n[CHANGE_N];
	GPtrArray	*names[CHANGE_N];
} Part;

struct RnRoll {
	RnDesk		*d;
	gboolean	 whole;
	GPtrArray	*parts;
	GHashTable	*seen;		/* ids of boxes, where the file is the whole roll */
};

static const char *const labels_en[CHANGE_N] = { "new", "left the roll, closed", "back on the roll",
	"other reference address", "other expiry", "expiry now in the past" };
static const char *const labels_it[CHANGE_N] = { "Nuove", "Uscite dall'albo (chiuse)", "Rientrate nell'albo",
	"Indirizzo di riferimento cambiato", "Scadenza cambiata", "Scadenza ora nel passato" };

static void
part_free(gpointer data)
{
	Part *p = data;

	for (int i = 0; i < CHANGE_N; i++)
		g_ptr_array_unref(p->names[i]);
	g_free(p->id);
	g_free(p);
}

RnRoll *
rn_roll_new(RnDesk *d, gboolean whole)
{
	RnRoll *roll = g_new0(RnRoll, 1);

	roll->d = d;
	roll->whole = whole;
	roll->parts = g_ptr_array_new_with_free_func(part_free);
	roll->seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	return roll;
}

void
rn_roll_free(RnRoll *roll)
{
	if (roll == NULL)
		return;
	g_ptr_array_unref(roll->parts);
	g_hash_table_unref(roll->seen);
	g_free(roll);
}

static Part *
part_of(const RnRoll *roll, const char *convention)
{
	for (guint i = 0; i < roll->parts->len; i++) {
		Part *p = g_ptr_array_index(roll->parts, i);

		if (strcmp(p->id, convention) == 0)
			return p;
	}
	return NULL;
}

gboolean
rn_roll_meet(RnRoll *roll, const char *convention, GError **error)
{
	Part *p;

	if (part_of(roll, convention) != NULL)
		return TRUE;
	p = g_new0(Part, 1);
	p->id = g_strdup(convention);
	for (int i = 0; i < CHANGE_N; i++)
		p->names[i] = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(roll->parts, p);
	return rn_store_box_known(roll->d->tx, convention, &p->known, error);
}

G_GNUC_PRINTF(3, 4)
static void
note(Part *p, Change change, const char *format, ...)
{
	va_list args;

	if (p->n[change]++ >= MAX_NAMES)
		return;
	va_start(args, format);
	g_ptr_array_add(p->names[change], g_strdup_vprintf(format, args));
	va_end(args);
}

/* The old address learns that it is one no more, and nothing else: no token goes there. */
static gboolean
announce(RnRoll *roll, const RnBox *old, const RnBox *now, GError **error)
{
	g_autofree char *key = g_strdup_printf("box/%" G_GINT64_FORMAT "/moved/%d/%s", now->id,
	    rn_day_of(roll->d->now, roll->d->e->settings->tz), old->reference);
	RnLetterAsk ask = {
		.kind = RN_LETTER_MOVED, .key = key, .purpose = RN_PURPOSE_NONE, .box = now, .to = old->reference,
		.convention = rn_settings_convention(roll->d->e->settings, now->convention), .expiry = now->expiry,
	};

	return rn_desk_letter(roll->d, &ask, NULL, error);
}

static gboolean
compare(RnRoll *roll, Part *p, const RnBox *old, const RnBox *now, GError **error)
{
	g_autofree char *was = rn_day_iso(old->expiry);
	g_autofree char *is = rn_day_iso(now->expiry);
	gboolean moved = strcmp(old->reference, now->reference) != 0;

	if (old->state == RN_BOX_CLOSED && now->state != RN_BOX_CLOSED)
		note(p, CHANGE_BACK, "%s", now->name);
	if (old->state != RN_BOX_CLOSED && now->state == RN_BOX_CLOSED)
		note(p, CHANGE_LEFT, "%s", now->name);
	if (moved)
		note(p, CHANGE_ADDRESS, "%s: %s -> %s", now->name, old->reference, now->reference);
	if (old->expiry != now->expiry)
		note(p, CHANGE_EXPIRY, "%s: %s -> %s", now->name, was, is);
	if (old->expiry != now->expiry && now->expiry < rn_day_of(roll->d->now, roll->d->e->settings->tz))
		note(p, CHANGE_PAST, "%s: %s -> %s", now->name, was, is);
	return !moved || now->state == RN_BOX_CLOSED || announce(roll, old, now, error);
}

gboolean
rn_roll_note(RnRoll *roll, const RnBox *old, const RnBox *now, GError **error)
{
	Part *p = part_of(roll, now->convention);

	if (roll->whole) {
		gint64 *id = g_new(gint64, 1);

		*id = now->id;
		g_hash_table_add(roll->seen, id);
	}
	if (old != NULL)
		return compare(roll, p, old, now, error);
	note(p, CHANGE_NEW, "%s", now->name);
	return TRUE;
}

static gboolean
close_one(RnRoll *roll, Part *p, RnBox *box, GError **error)
{
	RnPut put;
	gint64 id;

	if (g_hash_table_contains(roll->seen, &box->id) ||
	    !rn_box_step(box->state, RN_BOX_EV_CLOSE, &box->state))
		return TRUE;
	box->entitled = FALSE;
	note(p, CHANGE_LEFT, "%s", box->name);
	return rn_store_box_put(roll->d->tx, box, &put, &id, error) &&
	    rn_desk_ledger(roll->d, "box closed: not on the roll", box, NULL, NULL, error);
}

static gboolean
close_part(RnRoll *roll, Part *p, GError **error)
{
	RnBoxFilter filter = { .convention = p->id, .state = -1, .from = RN_DAY_NONE, .to = RN_DAY_NONE };
	gint64 after = 0;

	for (;;) {
		g_autoptr(GPtrArray) boxes = NULL;

		if (!rn_store_boxes(roll->d->tx, &filter, after, PAGE, &boxes, error))
			return FALSE;
		if (boxes->len == 0)
			return TRUE;
		for (guint i = 0; i < boxes->len; i++) {
			RnBox *box = g_ptr_array_index(boxes, i);

			after = box->id;
			if (!close_one(roll, p, box, error))
				return FALSE;
		}
	}
}

gboolean
rn_roll_close_others(RnRoll *roll, GError **error)
{
	for (guint i = 0; i < roll->parts->len; i++)
		if (!close_part(roll, g_ptr_array_index(roll->parts, i), error))
			return FALSE;
	return TRUE;
}

gboolean
rn_roll_brake(const RnRoll *roll, int percent, GError **error)
{
	static const struct {
		Change		 change;
		const char	*what;
	} brakes[] = { { CHANGE_LEFT, "would be closed" },
		{ CHANGE_ADDRESS, "would get another reference address" },
		{ CHANGE_PAST, "would get an expiry in the past" } };

	for (guint i = 0; i < roll->parts->len; i++)
		for (gsize k = 0; k < G_N_ELEMENTS(brakes); k++) {
			const Part *p = g_ptr_array_index(roll->parts, i);
			guint n = p->n[brakes[k].change];

			if (n <= 1 || (gint64)n * 100 <= percent * p->known)
				continue;
			g_set_error(error, RN_ERROR, RN_ERR_STATE,
			    "the brake: %u of the %" G_GINT64_FORMAT
			    " known boxes of convention %s %s, more than import-brake-percent = %d; nothing was imported. "
			    "If it is right: --force --reason TEXT",
			    n, p->known, p->id, brakes[k].what, percent);
			return FALSE;
		}
	return TRUE;
}

static void
report_part(const Part *p, const char *const *labels, GString *to)
{
	for (int i = 0; i < CHANGE_N; i++) {
		g_string_append_printf(to, "%s: %u\n", labels[i], p->n[i]);
		for (guint k = 0; k < p->names[i]->len; k++)
			g_string_append_printf(
			    to, "    %s\n", (const char *)g_ptr_array_index(p->names[i], k));
		if (p->n[i] > p->names[i]->len)
			g_string_append_printf(to, "    ... +%u\n", p->n[i] - p->names[i]->len);
	}
}

char *
rn_roll_report(const RnRoll *roll)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < roll->parts->len; i++) {
		const Part *p = g_ptr_array_index(roll->parts, i);

		g_string_append_printf(
		    text, "convention %s, %" G_GINT64_FORMAT " boxes known before\n", p->id, p->known);
		report_part(p, labels_en, text);
	}
	return g_string_free(text, FALSE);
}

static gboolean
mail_part(RnRoll *roll, const Part *p, GError **error)
{
	const RnConvention *c = rn_settings_convention(roll->d->e->settings, p->id);
	g_autofree char *key = NULL, *digest = NULL;
	g_autoptr(GString) text = g_string_new(NULL);
	RnLetterAsk ask = {
		.kind = RN_LETTER_ADMIN, .subject = "Albo aggiornato: che cosa è cambiato", .convention = c
	};

	g_string_append_printf(text,
	    "Abbiamo letto l'albo della convenzione %s. Prima le caselle erano %" G_GINT64_FORMAT ".\n\n",
	    c != NULL ? c->name : p->id, p->known);
	report_part(p, labels_it, text);
	digest = rn_text_sha256(text->str, text->len);
	key = g_strdup_printf("roll/%s/%" G_GINT64_FORMAT "/%.8s", p->id, roll->d->now, digest);
	ask.key = key;
	ask.text = text->str;
	ask.to = c != NULL && *c->secretary != '\0' ? c->secretary : roll->d->e->settings->site.admin;
	return rn_desk_letter(roll->d, &ask, NULL, error);
}

gboolean
rn_roll_mail(RnRoll *roll, GError **error)
{
	for (guint i = 0; i < roll->parts->len; i++)
		if (!mail_part(roll, g_ptr_array_index(roll->parts, i), error))
			return FALSE;
	return TRUE;
}
