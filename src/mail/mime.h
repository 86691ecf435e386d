/* mime.h: the parts of a multipart by our own byte code: nothing decoded, nothing re-written, so that what a
 * signature covers stays the bytes that came. Runs outside of the parser child too. */
#ifndef RN_MAIL_MIME_H
#define RN_MAIL_MIME_H

#include "mail/head.h"

/* A message or a part of one. */
typedef struct {
	GBytes	*raw;		/* header and body: what a signature over it covers */
	RnHead	*head;		/* NULL for a part without header fields */
	gsize	 body;		/* offset of the body in RAW */
	char	*type;		/* "multipart/signed", lower case; NULL if it has two types or an unreadable one */
	char	*boundary;	/* NULL if there is none */
	char	*name;		/* name= of Content-Type, NULL if there is none */
	char	*filename;	/* filename= of Content-Disposition, NULL if there is none */
	char	*encoding;	/* "base64", lower case; "7bit" where none is given, "?" if it is unreadable */
} RnMimePart;

/* Reads the header of RAW. Never NULL; caller frees. */
RnMimePart *rn_mime_open(GBytes *raw);
void rn_mime_part_free(RnMimePart *part);

/* The parts of the multipart PART (RFC 2046 5.1.1), as GBytes that share its bytes: each from behind its
 * delimiter line up to the line break before the next one, which belongs to the delimiter. *CLOSED FALSE if
 * the closing delimiter is missing. Empty if PART is no multipart; at most MAX parts, and then *CLOSED is
 * FALSE. Caller unrefs. */
GPtrArray *rn_mime_children(const RnMimePart *part, guint max, gboolean *closed);

/* TRUE if PART is called NAME (any case) by either of its fields. */
gboolean rn_mime_is_named(const RnMimePart *part, const char *name);

/* The decoded body of PART: identity, base64 or quoted-printable (RFC 2045 6). NULL for other encodings and
 * for what is no base64. Caller unrefs. */
GBytes *rn_mime_decode(const RnMimePart *part);

/* RAW with each line end CRLF (RFC 8551 3.1.1); the same reference where it is so already. Caller unrefs. */
GBytes *rn_mime_canonical(GBytes *raw);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnMimePart, rn_mime_part_free)

#endif
