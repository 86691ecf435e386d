/* smtp.h: one letter by SMTP through libcurl. Private to net: transport.c has checked addresses and bytes. */
#ifndef RN_NET_SMTP_H
#define RN_NET_SMTP_H

#include "net/transport.h"

typedef struct RnSmtp RnSmtp;

/* As rn_transport_new(). */
RnSmtp *rn_smtp_new(const RnSite *site, GError **error);
void rn_smtp_free(RnSmtp *s);

/* As rn_transport_set_timeouts(). */
void rn_smtp_set_timeouts(RnSmtp *s, int connect, int body, int reply);

/* As rn_transport_send(). */
RnSent rn_smtp_send(RnSmtp *s, const char *sender, const char *rcpt, GBytes *raw, char **why);

/* The URL for libcurl from SITE's courier.smtp, with our domain for EHLO where it names none. The URL must be
 * smtp:// or smtps:// without user or password, and go with courier.tls and courier.user. NULL with
 * RN_ERR_CONFIG. Caller frees. */
char *rn_smtp_url(const RnSite *site, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnSmtp, rn_smtp_free)

#endif
