/* lmtp.c: the LMTP state machine: no crash, the same answers however the bytes are cut, one reply for each
 * recipient, and dots that come off as they went on. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "prog/lmtp.h"
#include "prog/lmtp_dots.h"

#define MAX_MESSAGE 300

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gboolean
ours(const char *rcpt, G_GNUC_UNUSED gpointer data)
{
	return strchr(rcpt, '!') == NULL;
}

static RnOutcome
deliver(GBytes *raw, const RnEnvelope *env, gpointer data)
{
	GChecksum *sum = data;
	gsize len;
	const guint8 *bytes = g_bytes_get_data(raw, &len);

	if (len > MAX_MESSAGE || env->rcpt == NULL ||
	    (env->sender != NULL && strpbrk(env->sender, "\r\n") != NULL))
		abort();
	if (len > 0)
		g_checksum_update(sum, bytes, (gssize)len);
	g_checksum_update(sum, (const guint8 *)env->rcpt, -1);
	return (RnOutcome)(len % RN_OUT_N);
}

/* All answers to DATA fed in steps of STEP, and the digest of what was delivered. */
static char *
session(const uint8_t *data, size_t size, size_t step)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
	RnLmtpHost host = {
		.name = "us", .max_message = MAX_MESSAGE, .ours = ours, .deliver = deliver, .data = sum
	};
	GString *out = g_string_new(NULL);
	g_autoptr(RnLmtp) l = rn_lmtp_new(&host, out);
	gboolean open = TRUE;

	for (size_t i = 0; i < size && open; i += step)
		open = rn_lmtp_feed(l, data + i, MIN(step, size - i), out);
	if (!g_str_has_suffix(out->str, "\r\n"))
		abort();
	g_string_append(out, g_checksum_get_string(sum));
	return g_string_free(out, FALSE);
}

static void
round_trip(const uint8_t *data, size_t size)
{
	g_autoptr(GBytes) raw = g_bytes_new(data, size);
	g_autoptr(GBytes) wire = rn_dots_stuff(raw);
	RnDots d = { .max = size + 2, .data = g_byte_array_new() };
	gsize len, done = 0;
	const char *p = g_bytes_get_data(wire, &len);
	gboolean end = FALSE;

	while (done < len && !end)
		done += rn_dots_take(&d, p + done, len - done, &end);
	if (!end || done != len || d.data->len < size || (size > 0 && memcmp(d.data->data, data, size) != 0))
		abort();
	g_byte_array_unref(d.data);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *whole = session(data, size, MAX(size, 1));
	g_autofree char *bytewise = session(data, size, 1);
	g_autofree char *pieces = session(data, size, 5);

	if (strcmp(whole, bytewise) != 0 || strcmp(whole, pieces) != 0)
		abort();
	round_trip(data, size);
	return 0;
}
