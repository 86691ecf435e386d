/* token.h: signed tokens (design section 4), the key ring, and where tokens stand in a message. Own byte
 * code. */
#ifndef RN_MAIL_TOKEN_H
#define RN_MAIL_TOKEN_H

#include "mail/head.h"
#include "model/envelope.h"
#include "model/facts.h"
#include "model/settings.h"

/* A ring of at most 16 keys of 32 bytes. File: one line a key, "ID HEX64 YYYY-MM-DD" (id 0..15, key, day it
 * was made), '#' comments; the newest (last line) signs, all verify. Mode 0600 or 0640 (or fewer rights),
 * else it is refused. */
typedef struct RnKeyRing RnKeyRing;

RnKeyRing *rn_keyring_read(const char *file, GError **error);

/* RING with other secrets, random ones that nobody else has: what it signs is good in this process alone, and
 * what others have signed is not good here. Caller frees. */
RnKeyRing *rn_keyring_rehearsal(const RnKeyRing *ring);
void rn_keyring_free(RnKeyRing *ring);

/* Makes FILE with one fresh key; RN_ERR_STATE if it exists. Durable (write, fsync, rename, fsync the folder).
 */
gboolean rn_keyring_create(const char *file, RnDay today, GError **error);

/* Adds a fresh key that signs from now on. RN_ERR_STATE if all 16 ids are taken: retire one first. */
gboolean rn_keyring_rotate(const char *file, RnDay today, guint *id, GError **error);

/* Takes key ID out. RN_ERR_STATE for the one that signs, RN_ERR_NOT_FOUND for one that is not there. */
gboolean rn_keyring_retire(const char *file, guint id, GError **error);

/* Keys in the ring, oldest first: id and day made of the I-th; the last one signs. */
guint rn_keyring_n(const RnKeyRing *ring);
void rn_keyring_at(const RnKeyRing *ring, guint i, guint *id, RnDay *made);

/* The token text (40 characters) for the fields of T (version and key_id are set here), signed for DOMAIN.
 * Caller frees. */
char *rn_token_mint(const RnKeyRing *ring, const RnToken *t, const char *domain);

/* Reads TEXT (40 characters after dropping '-'; case, i/l -> 1, o -> 0) into T and BYTES (25), without
 * checking the signature. FALSE if it is not shaped like a token of version 1. BYTES may be NULL. */
gboolean rn_token_decode(const char *text, RnToken *t, guint8 *bytes);

/* Decodes and checks TEXT: signature first (CRYPTO_memcmp), then the last day against TODAY. T is filled when
 * the verdict is good, expired or unchecked. What is no token is bad. RING NULL: RN_TOKEN_UNCHECKED if it has
 * the shape. */
RnTokenVerdict rn_token_check(
    const RnKeyRing *ring, const char *text, const char *domain, RnDay today, RnToken *t);

/* The canonical spelling (lower case, no dashes) of TEXT, or NULL if it has not the shape. Caller frees. */
char *rn_token_canonical(const char *text);

/* The address that carries TOKEN ("rinnovo+TOKEN@domain", or "TOKEN@domain" where the delimiter is empty).
 * TOKEN NULL: the public address "rinnovo@domain". Caller frees. */
char *rn_token_address(const RnSite *site, const char *token);

/* The token text in the local part of RCPT, if RCPT is one of our addresses (localpart + delimiter ('+' and
 * '-' both understood) + 40 characters, or the 40 alone; domain compared without case): canonical, NULL if
 * none. Caller frees. */
char *rn_token_in_address(const RnSite *site, const char *rcpt);

/* TRUE if RCPT is an address of ours at all: public, with a token, with something garbled behind the
 * delimiter, or the one that verifies. */
gboolean rn_token_address_ours(const RnSite *site, const char *rcpt);

/* TRUE if RCPT is the address at which administrators ask how the site is: selftest@domain, or the word
 * behind the local part and a delimiter. */
gboolean rn_token_selftest(const RnSite *site, const char *rcpt);

/* The address that members forward a mail to that may not be ours ("verifica@domain"); "" where SITE has
 * none. Caller frees. */
char *rn_token_verify_address(const RnSite *site);

/* TRUE if RCPT (may be NULL) is that address. */
gboolean rn_token_address_verify(const RnSite *site, const char *rcpt);

/* TRUE if RCPT is an address of ours that held a token once: where one would stand are 16 letters, digits and
 * dashes or more, and they are none by their shape. */
gboolean rn_token_garbled(const RnSite *site, const char *rcpt);

/* Our Message-ID (without <>) for TOKEN: "KIND.TOKEN@domain", KIND a short word ("n", "s"). UNIQUE, if not
 * NULL, is put between: "n.UNIQUE.TOKEN@domain". Caller frees. */
char *rn_token_message_id(const RnSite *site, const char *kind, const char *unique, const char *token);

/* The same fenced for a letter's body: "[codice: xxxxx-xxxxx-...-xxxxx]" (8 groups of 5). Caller frees. */
char *rn_token_fence(const char *token);

/* Finds the token of a message and fills where, token_verdict, token_conflict, token, token_text of FACTS:
 * recipient, then In-Reply-To and References (also with commas), then facts->body_token; the first place that
 * holds a good one wins, else the first expired, else the first bad; two good ones that differ in period or
 * purpose-family: conflict. HEAD may be NULL. */
void rn_token_find(const RnKeyRing *ring, const RnSite *site, const RnEnvelope *env, const RnHead *head,
    RnDay today, RnFacts *facts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnKeyRing, rn_keyring_free)

#endif
