/* load.h: what the load generator's parts share. */
#pragma once

#include <glib.h>

/* One message of the corpus. */
typedef struct {
	char	 *sender;
	char	**rcpts;
	char	 *text;		/* CRLF lines */
	gsize	  len;
	char	 *stuffed;	/* the same with dots doubled and the final dot, for SMTP and LMTP */
	gsize	  stuffed_len;
} Mail;

/* A connection with what was read ahead on it, and the longest wait for one answer in this message. */
typedef struct {
	int	 fd;
	char	 buf[65536];
	gsize	 have;
	gsize	 at;
	guint32	 protocol;	/* milter: what the filter wants left out */
	gint64	 longest;	/* microseconds */
} Wire;

typedef struct {
	const char *name;
	gboolean    (*open)(Wire *);
	/* Gives MAIL away; the verdict, one word (for LMTP and SMTP the code), is put into VERDICT. FALSE:
	 * the connection is of no more use. */
	gboolean    (*give)(Wire *, const Mail *, GString *verdict);
	void	    (*close)(Wire *);
} Protocol;

extern const Protocol load_smtp, load_lmtp, load_milter;

gboolean wire_write(Wire *, const void *, gsize);
gboolean wire_read(Wire *, void *, gsize);	/* exactly so many bytes */
gboolean wire_line(Wire *, char *, gsize);	/* a line, without its end */
