#include "mail/letter_sign.h"

#include <string.h>

#include "base/text.h"

#define COLUMN 76	/* of base64 (RFC 2045 6.8) */

/* Of these the inner part is told (RFC 2045 3); Content-Language is of the letter as a whole, too. */
static gboolean
describes_content(const char *field)
{
	static const char *const names[] = { "Content-Type:", "Content-Transfer-Encoding:",
		"Content-Disposition:", "Content-ID:", "Content-Description:" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_ascii_strncasecmp(field, names[i], strlen(names[i])) == 0)
			return TRUE;
	return FALSE;
}

/* Sorts the header of TEXT, LEN bytes, into OUTER and INNER. What remains is the body, behind the empty line;
 * NULL if there is none. */
static const char *
sort_header(const char *text, gsize len, GString *outer, GString *inner)
{
	const char *end = text + len;
	GString *now = outer;

	for (const char *line = text; line < end;) {
		const char *lf = memchr(line, '\n', (gsize)(end - line));

		if (lf == NULL)
			return NULL;
		if (line[0] == '\r' && lf == line + 1)
			return lf + 1;
		if (line[0] != ' ' && line[0] != '\t')
			now = describes_content(line) ? inner : outer;
		g_string_append_len(now, line, lf + 1 - line);
		line = lf + 1;
	}
	return NULL;
}

static void
append_base64(GString *out, GBytes *data)
{
	gsize len;
	const guint8 *bytes = g_bytes_get_data(data, &len);
	g_autofree char *text = g_base64_encode(bytes, len);

	for (const char *p = text; *p != '\0'; p += MIN(strlen(p), COLUMN))
		g_string_append_printf(out, "%.*s\r\n", COLUMN, p);
}

GBytes *
rn_letter_sign(GBytes *letter, const RnSigner *signer, GError **error)
{
	gsize len;
	const char *text = g_bytes_get_data(letter, &len);
	g_autoptr(GString) out = g_string_new(NULL), inner = g_string_new(NULL);
	const char *body = sort_header(text, len, out, inner);
	g_autoptr(GBytes) covered = NULL, signature = NULL;
	g_autofree char *digest = NULL;

	if (body == NULL) {
		g_set_error(error, RN_ERROR, RN_ERR_INTERNAL, "letter: its header has no end (a bug)");
		return NULL;
	}
	g_string_append(inner, "\r\n");
	g_string_append_len(inner, body, text + len - body);
	covered = g_bytes_new(inner->str, inner->len);
	if ((signature = rn_signer_sign(signer, covered, error)) == NULL)
		return NULL;
	digest = rn_text_sha256(inner->str, inner->len);
	/* not within base64, quoted-printable or the boundaries inside, which are digests of something else
	 */
	g_string_append_printf(out,
	    "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\";\r\n"
	    "\tmicalg=sha-256; boundary=\"=_s%.32s\"\r\n\r\n"
	    "--=_s%.32s\r\n",
	    digest, digest);
	g_string_append_len(out, inner->str, (gssize)inner->len);
	g_string_append_printf(out,
	    "\r\n--=_s%.32s\r\n"
	    "Content-Type: application/pkcs7-signature; name=\"smime.p7s\"\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Content-Disposition: attachment; filename=\"smime.p7s\"\r\n\r\n",
	    digest);
	append_base64(out, signature);
	g_string_append_printf(out, "\r\n--=_s%.32s--\r\n", digest);
	return g_string_free_to_bytes(g_steal_pointer(&out));
}
