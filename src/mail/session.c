/* session.c: writing and believing the record of an SMTP session. */
#include "mail/session.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/secret.h"
#include "base/text.h"
#include "mail/keyring.h"

#define MAC_BYTES 32
#define RCPT_BYTES 8
#define TEXT_MAX 200		/* bytes of one text, before %XX */
#define VALUE_MAX 5000		/* of a field that is worth reading */

/* The fields that say what the message is, what it answers and how its body is read, as far as a mail server
 * leaves them alone. Its sender can read the record (a DSN of success brings the header back): without these
 * it would do for another letter with the same body, and lend it its time. */
static const char *const covered_fields[] = { "Message-ID", "In-Reply-To", "References", "Content-Type",
	"Content-Transfer-Encoding" };

/* Labels with their NUL: what is signed for one purpose is never good for another. */
static const char label_session[] = "rinnova-session/1";
static const char label_rcpt[] = "rinnova-session-rcpt/1";

/* HMAC-SHA-256 with KEY over LABEL, NUL, and the strings behind it, each with its NUL; ends with NULL. */
static void G_GNUC_NULL_TERMINATED
mac(const RnKey *key, guint8 out[MAC_BYTES], const char *label, ...)
{
	g_autoptr(GByteArray) input = g_byte_array_new();
	va_list ap;

	va_start(ap, label);
	for (const char *part = label; part != NULL; part = va_arg(ap, const char *))
		g_byte_array_append(input, (const guint8 *)part, (guint)strlen(part) + 1);
	va_end(ap);
	rn_hmac(key->secret, RN_KEY_BYTES, input->data, input->len, out);
}

/* Those fields of HEAD, white space left out (servers fold); a Message-ID that is not the sender's own is put
 * in behind the milter and does not count. HEAD NULL: a message without a header. Caller frees. */
static char *
covered(const RnHead *head, gboolean has_id)
{
	GString *text = g_string_new(NULL);
	const RnField *field;

	for (gsize k = has_id ? 0 : 1; k < G_N_ELEMENTS(covered_fields); k++)
		for (guint n = 0; head != NULL && (field = rn_head_find(head, covered_fields[k], n)) != NULL;
		     n++) {
			g_string_append_printf(text, "%s:", covered_fields[k]);
			for (gsize i = 0; i < field->value_len; i++)
				if (field->value[i] != '\0' && strchr(" \t\r\n", field->value[i]) == NULL)
					g_string_append_c(text, field->value[i]);
			g_string_append_c(text, '\n');
		}
	return g_string_free(text, FALSE);
}

static void
append_hex(GString *to, const guint8 *bytes, gsize len)
{
	for (gsize i = 0; i < len; i++)
		g_string_append_printf(to, "%02x", bytes[i]);
}

static void
append_rcpt(GString *to, const RnKey *key, const char *domain, const char *rcpt)
{
	g_autofree char *folded = rn_addr_fold(rcpt);
	guint8 sum[MAC_BYTES];

	mac(key, sum, label_rcpt, domain, folded, NULL);
	append_hex(to, sum, RCPT_BYTES);
}

static gboolean
stands_plain(char c)
{
	return g_ascii_isalnum(c) || (c != '\0' && strchr("-._:@+/[]", c) != NULL);
}

/* "NAME=TEXT;" with TEXT cut and what could part fields written %XX. */
static void
append_text(GString *to, char name, const char *text)
{
	g_autofree char *clean = rn_text_utf8(text != NULL ? text : "", -1);
	const char *end = clean + MIN(strlen(clean), TEXT_MAX);

	while (((guchar)*end & 0xc0) == 0x80)	/* not through the middle of a letter */
		end--;
	g_string_append_printf(to, "%c=", name);
	for (const char *p = clean; p < end; p++)
		if (stands_plain(*p))
			g_string_append_c(to, *p);
		else
			g_string_append_printf(to, "%%%02X", (guchar)*p);
	g_string_append_c(to, ';');
}

/* VALUE without white space. */
static char *
squeeze(const char *value)
{
	GString *s = g_string_new(NULL);

	for (; *value != '\0'; value++)
		if (strchr(" \t\r\n", *value) == NULL)
			g_string_append_c(s, *value);
	return g_string_free(s, FALSE);
}

/* TEXT, "v=1;k=0;...", with a blank behind each ';' and a new line where one would grow long. */
static char *
fold(const char *text)
{
	g_auto(GStrv) fields = g_strsplit(text, ";", -1);
	GString *s = g_string_new(fields[0]);
	gsize line = s->len + strlen(RN_SESSION_FIELD) + 2;

	for (guint i = 1; fields[i] != NULL; i++) {
		gsize len = strlen(fields[i]) + 2;

		line = line + len > 76 ? len : line + len;
		g_string_append_printf(s, ";%s%s", line == len ? "\n\t" : " ", fields[i]);
	}
	return g_string_free(s, FALSE);
}

char *
rn_session_sign(const RnKeyRing *ring, const char *domain, const RnSession *s, char *const *rcpts, guint n,
    const RnHead *head, const char *digest)
{
	const RnKey *key = &ring->keys[ring->n - 1];
	g_autoptr(GString) text = g_string_new(NULL);
	g_autofree char *host = g_ascii_strdown(domain, -1), *fields = covered(head, s->has_id);
	guint8 sum[MAC_BYTES];

	if (n > RN_SESSION_RCPTS)
		return NULL;
	g_string_printf(text, "v=1;k=%u;t=%" G_GINT64_FORMAT ";", key->id, s->taken);
	append_text(text, 'q', s->queue_id);
	append_text(text, 'c', s->client);
	append_text(text, 'h', s->helo);
	append_text(text, 's', s->tls);
	append_text(text, 'a', s->user);
	g_string_append_printf(text, "i=%d;f=%d;r=", s->has_id ? 1 : 0, s->stripped ? 1 : 0);
	for (guint i = 0; i < n; i++) {
		if (i > 0)
			g_string_append_c(text, ',');
		append_rcpt(text, key, host, rcpts[i]);
	}
	g_string_append_c(text, ';');
	mac(key, sum, label_session, host, text->str, fields, digest, NULL);
	g_string_append(text, "m=");
	append_hex(text, sum, MAC_BYTES);
	return fold(text->str);
}

/* --- reading --- */

/* Takes "NAME=" and all up to the next ';' off *AT; NULL if that is not what stands there. Caller frees. */
static char *
take_field(const char **at, char name)
{
	const char *start = *at, *end;

	if (start[0] != name || start[1] != '=' || (end = strchr(start, ';')) == NULL)
		return NULL;
	*at = end + 1;
	return g_strndup(start + 2, (gsize)(end - start - 2));
}

static gboolean
take_number(const char **at, char name, gint64 max, gint64 *n)
{
	g_autofree char *text = take_field(at, name);
	guint64 value;

	if (text == NULL || !g_ascii_isdigit(*text) ||
	    !g_ascii_string_to_unsigned(text, 10, 0, (guint64)max, &value, NULL))
		return FALSE;
	*n = (gint64)value;
	return TRUE;
}

/* The bytes of TEXT with %XX undone; NULL if it is not what append_text() writes. Caller frees. */
static char *
decode(const char *text)
{
	g_autoptr(GString) s = g_string_new(NULL);

	for (const char *p = text; *p != '\0'; p++) {
		int c = (guchar)*p;

		if (*p == '%') {
			if (!g_ascii_isxdigit(p[1]) || !g_ascii_isxdigit(p[2]))
				return NULL;
			c = g_ascii_xdigit_value(p[1]) * 16 + g_ascii_xdigit_value(p[2]);
			p += 2;
		} else if (!stands_plain(*p))
			return NULL;
		if (c < ' ' || c == 0x7f)
			c = '?';
		g_string_append_c(s, (char)c);
	}
	if (!g_utf8_validate(s->str, (gssize)s->len, NULL))
		return NULL;
	return g_string_free(g_steal_pointer(&s), FALSE);
}

/* *TEXT gets NULL where the field is empty. */
static gboolean
take_text(const char **at, char name, char **text)
{
	g_autofree char *raw = take_field(at, name);
	char *clean = raw != NULL ? decode(raw) : NULL;

	if (clean == NULL)
		return FALSE;
	if (*clean == '\0')
		g_clear_pointer(&clean, g_free);
	*text = clean;
	return TRUE;
}

/* What stands in a record beside the session itself. */
typedef struct {
	gint64	 key;
	char	*rcpts;
	char	*mac;		/* into the text */
	char	*text;		/* the whole, without white space */
} Record;

static void
record_clear(Record *r)
{
	g_free(r->rcpts);
	g_free(r->text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Record, record_clear)

static gboolean
parse(Record *r, const char *value, RnSession *s)
{
	const char *at;
	gint64 version, id, stripped;

	r->text = squeeze(value);
	at = r->text;
	if (!take_number(&at, 'v', 1, &version) || version != 1 ||
	    !take_number(&at, 'k', RN_KEYS_MAX - 1, &r->key) ||
	    !take_number(&at, 't', G_MAXINT64, &s->taken) || !take_text(&at, 'q', &s->queue_id) ||
	    !take_text(&at, 'c', &s->client) || !take_text(&at, 'h', &s->helo) ||
	    !take_text(&at, 's', &s->tls) || !take_text(&at, 'a', &s->user) ||
	    !take_number(&at, 'i', 1, &id) || !take_number(&at, 'f', 1, &stripped) ||
	    (r->rcpts = take_field(&at, 'r')) == NULL)
		return FALSE;
	s->has_id = id != 0;
	s->stripped = stripped != 0;
	r->mac = r->text + (at - r->text);
	return g_str_has_prefix(at, "m=") && strlen(at) == 2 + 2 * MAC_BYTES;
}

static gboolean
mac_fits(const Record *r, const RnKey *key, const char *domain, const char *fields, const char *digest)
{
	g_autofree char *before = g_strndup(r->text, (gsize)(r->mac - r->text));
	g_autoptr(GString) want = g_string_new("m=");
	guint8 sum[MAC_BYTES];

	mac(key, sum, label_session, domain, before, fields, digest, NULL);
	append_hex(want, sum, MAC_BYTES);
	return CRYPTO_memcmp(want->str, r->mac, want->len) == 0;
}

static gboolean
names(const Record *r, const RnKey *key, const char *domain, const char *rcpt)
{
	g_autoptr(GString) one = g_string_new(NULL);
	g_auto(GStrv) all = g_strsplit(r->rcpts, ",", RN_SESSION_RCPTS + 1);

	append_rcpt(one, key, domain, rcpt);
	return g_strv_contains((const char *const *)all, one->str);
}

/* What is wrong with VALUE (static), NULL if nothing. */
static const char *
check(const RnKeyRing *ring, const char *domain, const char *value, const char *rcpt, const RnHead *head,
    const char *digest, RnSession *s)
{
	g_auto(Record) r = { 0 };
	g_autofree char *host = g_ascii_strdown(domain, -1), *fields = NULL;
	const RnKey *key;

	if (strlen(value) > VALUE_MAX || !parse(&r, value, s))
		return "it is not written as ours are";
	key = rn_keyring_find(ring, (guint)r.key);
	if (key == NULL)
		return "it is signed with an unknown key";
	fields = covered(head, s->has_id);
	if (!mac_fits(&r, key, host, fields, digest))
		return "its signature does not fit: forged, of another message, or the body was changed";
	if (rcpt != NULL && !names(&r, key, host, rcpt))
		return "it is for another recipient";
	return NULL;
}

static void
empty(RnSession *s)
{
	g_clear_pointer(&s->queue_id, g_free);
	g_clear_pointer(&s->client, g_free);
	g_clear_pointer(&s->helo, g_free);
	g_clear_pointer(&s->tls, g_free);
	g_clear_pointer(&s->user, g_free);
	*s = (RnSession){ 0 };
}

RnSessionVerdict
rn_session_check(const RnKeyRing *ring, const char *domain, const char *value, const char *rcpt,
    const RnHead *head, const char *digest, RnSession *s, const char **why)
{
	*why = ring == NULL ? "no key is at hand to check it" :
	                      check(ring, domain, value, rcpt, head, digest, s);
	if (*why == NULL)
		return RN_SESSION_GOOD;
	empty(s);
	return ring == NULL ? RN_SESSION_NONE : RN_SESSION_BAD;
}

RnSessionVerdict
rn_session_of(const RnKeyRing *ring, const char *domain, const RnHead *head, const char *rcpt,
    const char *digest, RnSession *s, const char **why)
{
	guint n = rn_head_count(head, RN_SESSION_FIELD);
	g_autofree char *value = n == 1 ? rn_head_text(head, RN_SESSION_FIELD) : NULL;

	*why = n > 1 ? "there are several" : "there is none";
	if (n != 1)
		return n > 1 ? RN_SESSION_BAD : RN_SESSION_NONE;
	return rn_session_check(ring, domain, value, rcpt, head, digest, s, why);
}
