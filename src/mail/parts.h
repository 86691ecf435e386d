/* parts.h: the parts of a message as GMime sees them: which is the body, which are attachments. Rooms of
 * read.c; mail of others only in the parser child. */
#ifndef RN_MAIL_PARTS_H
#define RN_MAIL_PARTS_H

#include <gmime/gmime.h>

#include "base/base.h"

/* A leaf of the message. A message inside of the message is a leaf: nobody looks into it. */
typedef struct {
	GMimeObject	*object;	/* owned by the message */
	gboolean	 body;		/* its text belongs to the body */
	gboolean	 rival;		/* another rendering of the body, which was not chosen */
} RnLeaf;

typedef struct {
	GMimeMessage	*message;
	GArray		*leaves;	/* RnLeaf, in the order of the message */
	char		*text;		/* the body as text: quoted HTML behind "> "; "" if there is none */
	gboolean	 charset_odd;
	char		*charset_missing;	/* of a text, not at hand here; NULL if there is none */
	gboolean	 calendar_reply;	/* an answer to a meeting is inside */
	char		*html;		/* the HTML of the message, for cid: links; NULL if there is none */
	guint		 chosen;	/* while reading: alternatives around that have their text already */
} RnParts;

/* Starts GMime, if nobody has yet. Thread-safe. */
void rn_parts_start(void);

/* Parses RAW, which has passed rn_head_scan(). NULL with RN_ERR_INPUT if GMime makes no message of it. */
RnParts *rn_parts_read(GBytes *raw, GError **error);
void rn_parts_free(RnParts *parts);

/* The decoded bytes of LEAF; NULL for a message inside of the message and for broken parts. */
GBytes *rn_leaf_data(const RnLeaf *leaf);

/* Lines of format=flowed (RFC 3676) joined again; DELSP as its parameter says. Caller frees. */
char *rn_unflow(const char *text, gboolean delsp);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnParts, rn_parts_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeStream, g_object_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GMimeParser, g_object_unref)

#endif
