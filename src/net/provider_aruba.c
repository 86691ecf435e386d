/* provider_aruba.c: renewing, suspending and taking back by Aruba's partner API. Its renew is not idempotent:
 * the end date before and after is the only witness. */
#include <string.h>

#include "net/aruba.h"

#define SAME_END \
	31 /* days by which roll and provider may differ about one end; a renewal moves it by a year */

/* An account as far as it matters here. */
typedef struct {
	RnDay		 end;
	gboolean	 suspended;
	char		 renewal_type[8];
} Account;

/* The day of "2027-12-24T23:59:59+01:00" in our zone; of "2027-12-24" that day. */
static RnDay
read_day(const char *text, GTimeZone *tz)
{
	g_autoptr(GDateTime) at = NULL;
	RnDay day;

	if (text == NULL)
		return RN_DAY_NONE;
	if (strlen(text) == 10 && text[4] == '-' && rn_day_parse(text, &day))
		return day;
	at = g_date_time_new_from_iso8601(text, tz);
	return at != NULL ? rn_day_of(g_date_time_to_unix(at), tz) : RN_DAY_NONE;
}

static gboolean
is_given(const json_t *body, const char *key)
{
	const json_t *value = json_object_get(body, key);

	return value != NULL && !json_is_null(value);
}

static gboolean
read_account(const RnProvider *p, const json_t *body, const char *box, Account *a)
{
	const char *name = json_string_value(json_object_get(body, "name"));
	const char *type = json_string_value(json_object_get(json_object_get(body, "renewalData"), "type"));

	a->end = read_day(json_string_value(json_object_get(body, "endDate")), p->tz);
	a->suspended = is_given(body, "suspensionDate");
	g_strlcpy(a->renewal_type, type != NULL && *type != '\0' ? type : "T", sizeof(a->renewal_type));
	return name != NULL && g_ascii_strcasecmp(name, box) == 0 && a->end != RN_DAY_NONE;
}

/* Looks the account up. FALSE with *SAYS and SAID, where it cannot be told how it stands. */
static gboolean
look(RnProvider *p, const RnAsk *ask, Account *a, RnSays *says, RnSaid *said)
{
	g_auto(RnArubaGot) got = { 0 };

	rn_aruba_post(p, "/info", json_pack("{s:s}", "name", ask->box), &got);
	if (got.end == RN_ARUBA_OK && read_account(p, got.body, ask->box, a))
		return TRUE;
	g_clear_pointer(&said->why, g_free);
	if (got.end == RN_ARUBA_REFUSED) {
		said->why = g_strdup_printf("account not found: %s", got.why);
		*says = RN_SAYS_REFUSED;
	} else if (got.end == RN_ARUBA_OK) {
		*says = rn_said_away(said, 0, g_strdup("accounts/info gives no account with an end date"));
	} else {
		*says = rn_said_away(said, got.wait, g_steal_pointer(&got.why));
	}
	return FALSE;
}

static RnSays
say(RnSaid *said, RnSays says, char *why)
{
	g_free(said->why);
	said->why = why;
	return says;
}

/* What is renewed can be used: we had it suspended when it expired, and a renewal need not change that. Asked
 * for again it does no harm; what is not known of it goes the way of a renewal of which nothing is known, and
 * finds it renewed the next time. */
static RnSays
lift(RnProvider *p, const RnAsk *ask, const Account *now, char *why, RnSaid *said)
{
	g_auto(RnArubaGot) got = { 0 };
	char *trouble;

	said->new_expiry = now->end;
	if (!now->suspended)
		return say(said, RN_SAYS_DONE, why);
	rn_aruba_post(p, "/suspend-undo", json_pack("{s:s}", "name", ask->box), &got);
	if (got.end == RN_ARUBA_OK)
		return say(said, RN_SAYS_DONE, why);
	trouble = g_strdup_printf("%s, and still suspended: %s", why, got.why);
	g_free(why);
	return got.end == RN_ARUBA_AWAY ? rn_said_away(said, got.wait, trouble) :
	                                  say(said, RN_SAYS_UNKNOWN, trouble);
}

/* Our own end date in words; caller frees. */
static char *
ours(const RnAsk *ask)
{
	return ask->expiry != RN_DAY_NONE ? rn_day_iso(ask->expiry) : g_strdup("not known");
}

/* It has moved, and yet it is not renewed as was asked: where its date was before ours a person has to say
 * what is right. */
static RnSays
not_after_ours(const RnAsk *ask, const char *was, RnDay now, RnSaid *said)
{
	g_autofree char *our_end = ours(ask);
	g_autofree char *end = rn_day_iso(now);

	return say(said, RN_SAYS_UNKNOWN,
	    g_strdup_printf("asked, and the end date moved from %s to %s, which is not after ours, %s", was,
	        end, our_end));
}

/* After a request that may have been carried out: only the end date tells. */
static RnSays
look_after(RnProvider *p, const RnAsk *ask, const Account *before, const RnArubaGot *renew, RnSaid *said)
{
	g_autofree char *was = rn_day_iso(before->end);
	Account after;
	RnSays says;

	if (!look(p, ask, &after, &says, said))
		return say(said, RN_SAYS_UNKNOWN,
		    g_strdup_printf("asked (%s), and the account cannot be looked up afterwards: %s",
		        renew->why, said->why));
	if (after.end <= before->end)
		return say(said, RN_SAYS_UNKNOWN,
		    g_strdup_printf("asked (%s), but the end date is still %s", renew->why, was));
	if (ask->expiry != RN_DAY_NONE && after.end <= ask->expiry)
		return not_after_ours(ask, was, after.end, said);
	/* "Later" would say that nothing was done, and have it renewed again where the date tells nothing. */
	says = lift(p, ask, &after, g_strdup_printf("end date moved from %s", was), said);
	return says == RN_SAYS_LATER ? RN_SAYS_UNKNOWN : says;
}

static RnSays
renew(RnProvider *p, const RnAsk *ask, const Account *before, RnSaid *said)
{
	g_auto(RnArubaGot) got = { 0 };
	g_autofree char *end = rn_day_iso(before->end);
	g_autofree char *our_end = ours(ask);

	if (ask->expiry != RN_DAY_NONE && before->end > ask->expiry + SAME_END)
		return lift(
		    p, ask, before, g_strdup_printf("found renewed until %s, not asked again", end), said);
	if (ask->doubt)
		return say(said, RN_SAYS_UNKNOWN,
		    g_strdup_printf("an earlier request may be, or have been, carried out;"
		                    " the end date is %s, ours is %s",
		        end, our_end));
	rn_aruba_post(p, "/renew",
	    json_pack("{s:s, s:{s:s, s:i}}", "name", ask->box, "renewalData", "type", before->renewal_type,
	        "duration", ask->term / 12),
	    &got);
	if (got.end == RN_ARUBA_AWAY)
		return rn_said_away(said, got.wait, g_steal_pointer(&got.why));
	if (got.end == RN_ARUBA_REFUSED)
		return say(said, RN_SAYS_REFUSED, g_steal_pointer(&got.why));
	return look_after(p, ask, before, &got, said);
}

/* Suspending and taking it back may be repeated: it is the state that is asked for. */
static RnSays
switch_to(RnProvider *p, const RnAsk *ask, const Account *now, gboolean suspended, RnSaid *said)
{
	g_auto(RnArubaGot) got = { 0 };
	g_autofree char *end = rn_day_iso(now->end);

	if (now->suspended == suspended)
		return say(said, RN_SAYS_DONE,
		    g_strdup(suspended ? "found suspended" : "found active, nothing to take back"));
	if (suspended && ask->expiry != RN_DAY_NONE && now->end > ask->expiry)
		return say(said, RN_SAYS_REFUSED,
		    g_strdup_printf("the provider has it renewed until %s: it is not suspended", end));
	rn_aruba_post(
	    p, suspended ? "/suspend" : "/suspend-undo", json_pack("{s:s}", "name", ask->box), &got);
	if (got.end == RN_ARUBA_AWAY)
		return rn_said_away(said, got.wait, g_steal_pointer(&got.why));
	return say(said,
	    got.end == RN_ARUBA_OK         ? RN_SAYS_DONE :
	        got.end == RN_ARUBA_REFUSED ? RN_SAYS_REFUSED :
	                                      RN_SAYS_UNKNOWN,
	    g_steal_pointer(&got.why));
}

RnSays
rn_driver_aruba(RnProvider *p, const RnAsk *ask, RnSaid *said)
{
	Account account;
	RnSays says;

	if (!look(p, ask, &account, &says, said))
		return says;
	if (ask->kind == RN_CALL_RENEW)
		return renew(p, ask, &account, said);
	return switch_to(p, ask, &account, ask->kind == RN_CALL_DEACTIVATE, said);
}
