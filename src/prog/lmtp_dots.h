/* lmtp_dots.h: dots at the start of a line, stuffed and taken off again (RFC 5321 4.5.2). */
#ifndef RN_PROG_LMTP_DOTS_H
#define RN_PROG_LMTP_DOTS_H

#include "base/base.h"

/* Where the next byte of a message stands. */
typedef enum { RN_DOTS_START, RN_DOTS_DOT, RN_DOTS_DOT_CR, RN_DOTS_CR, RN_DOTS_LINE } RnDotsPlace;

/* A message that is being received. Zero but for MAX and DATA is its beginning. */
typedef struct {
	RnDotsPlace	 place;
	gsize		 max;	/* bytes kept at most */
	gboolean	 over;	/* there were more: nothing is kept then, but the end is still found */
	GByteArray	*data;	/* the message without stuffed dots; the caller's */
} RnDots;

/* Takes bytes of P (LEN at least 1) and returns how many; *END is TRUE once the line with the lone dot is
 * read. */
gsize rn_dots_take(RnDots *d, const char *p, gsize len, gboolean *end);

/* RAW as it goes over the wire, with the closing dot; a last line without end gets one. RAW's line ends must
 * be CRLF. Caller frees with g_bytes_unref. */
GBytes *rn_dots_stuff(GBytes *raw);

#endif
