/* aruba.h: talking to the partner API of Aruba PEC. Private to net. */
#ifndef RN_NET_ARUBA_H
#define RN_NET_ARUBA_H

#include "net/driver.h"
#include "net/provider_json.h"

#define RN_ARUBA_URL "https://api.pec.aruba.it"

typedef enum {
	RN_ARUBA_OK,		/* 2xx, and body is its JSON (NULL if it was empty) */
	RN_ARUBA_REFUSED,	/* it says no to this request */
	RN_ARUBA_AWAY,		/* nothing has happened: no connection, no login, "come back later" */
	RN_ARUBA_LOST		/* it may have happened */
} RnArubaEnd;

typedef struct {
	RnArubaEnd	 end;
	json_t		*body;
	char		*why;
	int		 wait;		/* seconds that it asked for; 0 = not said */
} RnArubaGot;

/* Posts BODY (taken over) to /service/public/partner/pec/v3/accounts and PATH ("/info"), logged in: by the
 * token at hand, else by refreshing it, else by provider-user and provider-password-file. A token that is
 * turned away (401) is renewed once. */
void rn_aruba_post(RnProvider *p, const char *path, json_t *body, RnArubaGot *got);
void rn_aruba_got_clear(RnArubaGot *got);

/* Logs in with the password, whatever is known from before. *WHY in words; caller frees. */
gboolean rn_aruba_login(RnProvider *p, char **why);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(RnArubaGot, rn_aruba_got_clear)

#endif
