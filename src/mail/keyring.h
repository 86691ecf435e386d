/* keyring.h: the inside of the key ring, for the codec and for the file. */
#ifndef RN_MAIL_KEYRING_H
#define RN_MAIL_KEYRING_H

#include "mail/token.h"

#define RN_KEYS_MAX 16
#define RN_KEY_BYTES 32

typedef struct {
	guint	id;
	guint8	secret[RN_KEY_BYTES];
	RnDay	made;
} RnKey;

struct RnKeyRing {
	guint	n;
	RnKey	keys[RN_KEYS_MAX];	/* oldest first; the last one signs */
};

/* The key ID, NULL if it is not in RING. Borrowed. */
const RnKey *rn_keyring_find(const RnKeyRing *ring, guint id);

/* Reads the lines of TEXT, which stands for FILE in errors. NULL with RN_ERR_CONFIG. */
RnKeyRing *rn_keyring_parse(const char *text, const char *file, GError **error);

/* As rn_keyring_read, and *OPENED (may be NULL) gets mode and owner of the file. */
struct stat;
RnKeyRing *rn_keyring_load(const char *file, struct stat *opened, GError **error);

#endif
