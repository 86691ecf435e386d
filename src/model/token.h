/* token.h: the fields of a token (design section 4) without its signature. */
#ifndef RN_MODEL_TOKEN_H
#define RN_MODEL_TOKEN_H

#include "base/day.h"
#include "model/words.h"

#define RN_TOKEN_CHARS 40	/* Crockford base32 */
#define RN_TOKEN_BYTES 25

typedef struct {
	guint8		version;	/* 1 */
	guint8		key_id;		/* 0..15 */
	RnPurpose	purpose;
	guint8		step;		/* 0..15 */
	guint64		period;		/* random public id of the box's period, 40 bits */
	RnDay		last_day;	/* last valid day */
} RnToken;

#endif
