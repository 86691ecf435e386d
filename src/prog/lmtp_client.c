#include "prog/lmtp_client.h"

#include <errno.h>
#include <string.h>

#include "base/world.h"
#include "prog/lmtp_args.h"
#include "prog/lmtp_dots.h"
#include "prog/lmtp_peer.h"

#define ADDRESS_MAX 512

gboolean
rn_lmtp_address_safe(const char *addr)
{
	for (const char *p = addr; *p != '\0'; p++)
		if ((guchar)*p <= ' ' || *p == 0x7f || *p == '<' || *p == '>')
			return FALSE;
	return strlen(addr) <= ADDRESS_MAX && g_utf8_validate(addr, -1, NULL);
}

static gboolean
addresses_safe(const RnEnvelope *env, char *const *rcpts, guint n, GError **error)
{
	gboolean safe = env->sender == NULL || rn_lmtp_address_safe(env->sender);

	for (guint i = 0; i < n; i++)
		safe = safe && rcpts[i] != NULL && *rcpts[i] != '\0' && rn_lmtp_address_safe(rcpts[i]);
	if (!safe)
		g_set_error_literal(error, RN_ERROR, RN_ERR_INPUT,
		    "an envelope address holds characters that cannot be sent");
	return safe;
}

/* Evidence only: a door that refuses it takes the mail all the same. */
static gboolean
forward(const RnLmtpPeer *p, const RnEnvelope *env, GString *out)
{
	g_autofree char *id = env->queue_id != NULL ? rn_lmtp_xtext_encode(env->queue_id) : NULL;
	g_autofree char *client = env->client != NULL ? rn_lmtp_xtext_encode(env->client) : NULL;

	if (!p->xforward || (id == NULL && client == NULL))
		return FALSE;
	g_string_append(out, "XFORWARD");
	if (id != NULL)
		g_string_append_printf(out, " IDENT=%s", id);
	if (client != NULL)
		g_string_append_printf(out, " ADDR=%s%s", strchr(client, ':') != NULL ? "IPV6:" : "", client);
	g_string_append(out, "\r\n");
	return TRUE;
}

/* All commands at once (RFC 2920): a round trip for each would eat up a short deadline. */
static gboolean
say_envelope(
    RnLmtpPeer *p, const RnEnvelope *env, char *const *rcpts, guint n, gboolean *xforward, GError **error)
{
	g_autoptr(GString) out = g_string_new(NULL);
	const char *sender = env->sender != NULL ? env->sender : "";

	*xforward = forward(p, env, out);
	g_string_append_printf(out, "MAIL FROM:<%s>%s%s\r\n", sender,
	    p->utf8 && !g_str_is_ascii(sender) ? " SMTPUTF8" : "",
	    p->no_sender && env->sender == NULL ? " XNOSENDER" : "");
	for (guint i = 0; i < n; i++)
		g_string_append_printf(out, "RCPT TO:<%s>\r\n", rcpts[i]);
	g_string_append(out, "DATA\r\n");
	return rn_lmtp_peer_send(p, out->str, out->len, "MAIL", error);
}

/* The answers to it. ACCEPTED[i]: the I-th recipient gets a reply of its own behind the message. The first
 * that does not is told in *WHY. */
static gboolean
hear_envelope(RnLmtpPeer *p, gboolean xforward, guint n, gboolean *accepted, GError **why, GError **error)
{
	g_autofree char *forwarded = xforward ? rn_lmtp_peer_reply(p, "XFORWARD", error) : NULL;

	if ((xforward && forwarded == NULL) || !rn_lmtp_peer_expect(p, '2', "MAIL", NULL, error))
		return FALSE;
	for (guint i = 0; i < n; i++) {
		g_autoptr(GError) refused = NULL;

		accepted[i] = rn_lmtp_peer_expect(p, '2', "RCPT", NULL, &refused);
		if (refused != NULL && *why == NULL)
			*why = g_steal_pointer(&refused);
	}
	if (rn_lmtp_peer_expect(p, '3', "DATA", NULL, *why == NULL ? why : NULL))
		return TRUE;
	g_propagate_error(error, g_steal_pointer(why));
	return FALSE;
}

/* One whole transaction. Where the connection breaks, TAKEN keeps what was said until then. */
static gboolean
transact(RnLmtpPeer *p, GBytes *wire, const RnEnvelope *env, char *const *rcpts, guint n, gboolean *taken,
    GError **error)
{
	g_autofree gboolean *accepted = g_new0(gboolean, n);
	g_autoptr(GError) why = NULL;
	gboolean any = FALSE, xforward;

	if (!rn_lmtp_peer_greet(p, error) || !say_envelope(p, env, rcpts, n, &xforward, error) ||
	    !hear_envelope(p, xforward, n, accepted, &why, error) ||
	    !rn_lmtp_peer_send(p, g_bytes_get_data(wire, NULL), g_bytes_get_size(wire), "the message", error))
		return FALSE;
	for (guint i = 0; i < n; i++) {
		taken[i] = accepted[i] &&
		    rn_lmtp_peer_expect(p, '2', "the message", NULL, why == NULL ? &why : NULL);
		any |= taken[i];
	}
	if (any)
		rn_lmtp_peer_send(p, "QUIT\r\n", 6, "QUIT", NULL);	/* politeness; it is stored already */
	if (why != NULL)
		g_propagate_error(error, g_steal_pointer(&why));
	return any;
}

/* Does ERRNUM of connect(2) say that no door is there, rather than that it is busy? */
static gboolean
is_away(int errnum)
{
	return errnum == ENOENT || errnum == ECONNREFUSED || errnum == ENOTDIR || errnum == EACCES ||
	    errnum == ENOTSOCK || errnum == ENAMETOOLONG;
}

static RnLmtpResult
send_by(RnLmtpPeer *p, const char *path, GBytes *raw, const RnEnvelope *env, char *const *rcpts, guint n,
    gboolean *taken, GError **error)
{
	g_autoptr(GBytes) wire = NULL;
	gboolean any;

	if (!addresses_safe(env, rcpts, n, error))
		return RN_LMTP_NOT_TAKEN;
	if (!rn_lmtp_peer_connect(p, path)) {
		int why = errno;

		g_set_error(error, RN_ERROR, RN_ERR_NET, "%s: %s", path, g_strerror(why));
		return is_away(why) ? RN_LMTP_AWAY : RN_LMTP_NOT_TAKEN;
	}
	wire = rn_dots_stuff(raw);
	any = transact(p, wire, env, rcpts, n, taken, error);
	rn_lmtp_peer_close(p);
	return any ? RN_LMTP_TAKEN : RN_LMTP_NOT_TAKEN;
}

RnLmtpResult
rn_lmtp_send(const char *path, GBytes *raw, const RnEnvelope *env, int seconds, GError **error)
{
	RnLmtpPeer peer = { .fd = -1, .each = seconds * G_USEC_PER_SEC };
	gboolean taken = FALSE;

	return send_by(&peer, path, raw, env, &env->rcpt, 1, &taken, error);
}

gboolean
rn_lmtp_send_within(const char *path, GBytes *raw, const RnEnvelope *env, char *const *rcpts, guint n, int ms,
    gboolean *taken, GError **error)
{
	RnLmtpPeer peer = { .fd = -1, .until = rn_monotonic() + ms * (G_USEC_PER_SEC / 1000) };

	for (guint i = 0; i < n; i++)
		taken[i] = FALSE;
	return send_by(&peer, path, raw, env, rcpts, n, taken, error) == RN_LMTP_TAKEN;
}
