#include "prog/deliver_input.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 65536

typedef struct {
	GByteArray	*data;
	gsize		 max;
	gboolean	 over;
	gboolean	 after_cr;
} Input;

static void
keep(Input *in, const guint8 *p, gsize len)
{
	if (in->over || in->data->len + len > in->max) {
		in->over = TRUE;
		return;
	}
	g_byte_array_append(in->data, p, (guint)len);
}

/* Appends LEN bytes with every bare line feed made CRLF. */
static void
take(Input *in, const guint8 *p, gsize len)
{
	while (len > 0) {
		const guint8 *lf = memchr(p, '\n', len);
		gsize n = lf != NULL ? (gsize)(lf - p) : len;

		if (n > 0) {
			keep(in, p, n);
			in->after_cr = p[n - 1] == '\r';
		}
		if (lf == NULL)
			return;
		keep(in, (const guint8 *)(in->after_cr ? "\n" : "\r\n"), in->after_cr ? 1 : 2);
		in->after_cr = FALSE;
		p += n + 1;
		len -= n + 1;
	}
}

static void
drop_from_line(GByteArray *data)
{
	const guint8 *lf;

	if (data->len < 5 || memcmp(data->data, "From ", 5) != 0)
		return;
	lf = memchr(data->data, '\n', data->len);
	if (lf != NULL)
		g_byte_array_remove_range(data, 0, (guint)(lf + 1 - data->data));
}

static gboolean
read_all(int fd, Input *in, GError **error)
{
	g_autofree guint8 *chunk = g_malloc(CHUNK);

	for (;;) {
		ssize_t n = read(fd, chunk, CHUNK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			g_set_error(
			    error, RN_ERROR, RN_ERR_BUSY, "cannot read the message: %s", g_strerror(errno));
			return FALSE;
		}
		if (n == 0)
			return TRUE;
		take(in, chunk, (gsize)n);
	}
}

GBytes *
rn_deliver_read(int fd, gsize max, GError **error)
{
	g_autoptr(GByteArray) data = g_byte_array_new();
	Input in = { .data = data, .max = max };

	if (!read_all(fd, &in, error))
		return NULL;
	if (data->len > 0 && data->data[data->len - 1] != '\n')
		keep(&in, (const guint8 *)"\r\n", 2);
	if (in.over) {
		g_set_error(error, RN_ERROR, RN_ERR_LIMIT,
		    "the message is larger than %" G_GSIZE_FORMAT " bytes (lmtp.max-message)", max);
		return NULL;
	}
	drop_from_line(data);
	if (data->len == 0) {
		g_set_error_literal(error, RN_ERROR, RN_ERR_INPUT, "there is no message on standard input");
		return NULL;
	}
	return g_byte_array_free_to_bytes(g_steal_pointer(&data));
}
