/* head.h: the header block of a message, read by our own byte code: no library, nothing decoded, nothing
 * merged (law 7). All later decisions about From, tokens, Authentication-Results and Received stand on this.
 */
#ifndef RN_MAIL_HEAD_H
#define RN_MAIL_HEAD_H

#include "base/base.h"

/* What a message may have before any parser sees it. Zero members mean the built-in default. */
typedef struct {
	gsize	max_bytes;	/* whole message; default 10 MiB */
	gsize	max_head;	/* header block; default 128 KiB */
	gsize	max_field;	/* one field; default 16 KiB (Received chains and PEC stay far below) */
	guint	max_fields;	/* default 300 */
	guint
	    max_addresses; /* ':' ';' ',' '<' in one address field; default 512 (GMime recurses on "g:g:") */
	guint	max_parts;	/* lines that begin with "--": each could open a part; default 400 */
	guint	max_depth;	/* multiparts and messages announced by Content-Type; default 20 */
} RnLimits;

typedef struct {
	const char	*name;		/* into the raw bytes; not terminated */
	gsize		 name_len;
	const char	*value;		/* after the colon, still folded; not terminated */
	gsize		 value_len;
} RnField;

typedef struct RnHead RnHead;

/* Scans RAW (CRLF or LF, also mixed). Keeps a reference to RAW. NULL with RN_ERR_LIMIT naming the limit and
 * the field, or RN_ERR_INPUT if the first line is no header field at all (a leading mbox "From " line is
 * skipped). */
RnHead *rn_head_scan(GBytes *raw, const RnLimits *limits, GError **error);
void rn_head_free(RnHead *head);

guint rn_head_n(const RnHead *head);
const RnField *rn_head_at(const RnHead *head, guint i);		/* from the top, 0.. */

/* How many fields are called NAME (any case), and the N-th of them from the top (NULL if none). */
guint rn_head_count(const RnHead *head, const char *name);
const RnField *rn_head_find(const RnHead *head, const char *name, guint n);

/* The value unfolded (RFC 5322 2.2.3: CRLF before white space removed), trimmed, NUL shown as U+FFFD; caller
 * frees. */
char *rn_field_text(const RnField *field);

/* The first NAME's unfolded value, NULL if there is none; caller frees. */
char *rn_head_text(const RnHead *head, const char *name);

/* Offset of the body in the raw bytes. */
gsize rn_head_body(const RnHead *head);

/* The digest (hex) of the body, the same by every door: see mail/digest.h. Caller frees. */
char *rn_head_body_digest(const RnHead *head);

/* Message-ID without <> and white space; NULL if there is none or several. Caller frees. */
char *rn_head_message_id(const RnHead *head);

/* When our own mail server took it: the time of the topmost Received whose "by" host is one of RECEIVED_BY
 * (strv, any case); 0 if none of them is there or the date is no date. RFC 5322 3.6.7, RFC 5321 4.4. */
gint64 rn_head_taken(const RnHead *head, char *const *received_by);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(RnHead, rn_head_free)

#endif
