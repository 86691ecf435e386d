#include "mail/charset.h"

#include <errno.h>
#include <string.h>

/* What mail from Italy and its neighbours comes in, and what spam and old programs add. */
static const char *const known[] = {
	"windows-1252", "iso-8859-1", "iso-8859-15", "iso-8859-2", "iso-8859-3", "iso-8859-4", "iso-8859-5",
	"iso-8859-6", "iso-8859-7", "iso-8859-8",
	"iso-8859-9", "iso-8859-10", "iso-8859-13", "iso-8859-14", "iso-8859-16", "windows-1250",
	"windows-1251", "windows-1253", "windows-1254",
	"windows-1255", "windows-1256", "windows-1257", "windows-1258", "macintosh", "cp850", "cp437",
	"cp858", "koi8-r", "koi8-u", "utf-7", "utf-16",
	"utf-16le", "utf-16be", "utf-32", "utf-32le", "utf-32be", "iso-2022-jp", "shift_jis", "euc-jp",
	"gb2312", "gbk", "gb18030", "big5",
	"euc-kr", "tis-620",
};

/* Names that programs write and iconv does not know, or that mean something else in practice. */
static const char *const aliases[][2] = {
	{ "us-ascii", "windows-1252" }, { "ascii", "windows-1252" }, { "ansi_x3.4-1968", "windows-1252" },
	{ "iso-8859-1", "windows-1252" },
	{ "latin1", "windows-1252" }, { "latin-1", "windows-1252" }, { "iso8859-1", "windows-1252" },
	{ "iso_8859-1", "windows-1252" },
	{ "cp1252", "windows-1252" }, { "ansi", "windows-1252" }, { "iso-8859-9", "windows-1254" },
	{ "latin9", "iso-8859-15" },
	{ "iso8859-15", "iso-8859-15" }, { "iso_8859-15", "iso-8859-15" }, { "x-mac-roman", "macintosh" },
	{ "mac", "macintosh" },
	{ "macroman", "macintosh" }, { "ibm850", "cp850" }, { "ibm437", "cp437" },
	{ "unicode-1-1-utf-7", "utf-7" }, { "utf7", "utf-7" },
	{ "unicode", "utf-16" }, { "ucs-2", "utf-16" }, { "utf16", "utf-16" },
	{ "ks_c_5601-1987", "euc-kr" }, { "gb_2312-80", "gb18030" },
	{ "gb2312", "gb18030" }, { "gbk", "gb18030" }, { "x-sjis", "shift_jis" }, { "utf8", "utf-8" },
	{ "unicode-1-1-utf-8", "utf-8" },
	{ "x-unknown", "" }, { "unknown-8bit", "" }, { "unknown", "" }, { "default", "" },
	{ "_autodetect_all", "" },
};

/* The one piece of state of this floor: handles that keep glibc's converters loaded. */
static GIConv kept[G_N_ELEMENTS(known)];

void
rn_charset_init(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
		if (kept[i] == NULL)
			kept[i] = g_iconv_open("UTF-8", known[i]);
	}
}

/* LABEL as we use it, lower case; "" if it says nothing. Caller frees. */
static char *
canonical(const char *label)
{
	g_autofree char *low = g_ascii_strdown(label != NULL ? label : "", -1);
	g_autofree char *bare = NULL;

	g_strdelimit(low, "\"'", ' ');
	g_strstrip(low);
	bare = g_strndup(low, strcspn(low, " ;*"));
	for (guint i = 0; i < G_N_ELEMENTS(aliases); i++) {
		if (strcmp(bare, aliases[i][0]) == 0)
			return g_strdup(aliases[i][1]);
	}
	return g_steal_pointer(&bare);
}

/* In these, bytes under 128 are not ASCII, so that a text of ASCII alone is none of them. */
static gboolean
is_wide(const char *name)
{
	return g_str_has_prefix(name, "utf-16") || g_str_has_prefix(name, "utf-32");
}

/* How "si" is written in charsets whose names begin so; in all others as in ASCII. */
static const struct {
	const char	*name, *bytes;
	gsize		 len;
} samples[] = {
	{ "utf-16be", "\0s\0i", 4 },
	{ "utf-16", "s\0i\0", 4 },
	{ "utf-32be", "\0\0\0s\0\0\0i", 8 },
	{ "utf-32", "s\0\0\0i\0\0\0", 8 },
	{ "", "si", 2 },
};

/* It is read as "si". A converter that cannot be loaded is refused when it is opened. */
static gboolean
works(const char *name)
{
	GIConv cd = g_iconv_open("UTF-8", name);
	char in[8] = "", out[8] = "", *from = in, *to = out;
	gsize left, room = sizeof(out) - 1, got;
	guint i = 0;

	if (cd == (GIConv)-1)
		return FALSE;
	while (!g_str_has_prefix(name, samples[i].name))
		i++;
	left = samples[i].len;
	memcpy(in, samples[i].bytes, left);
	got = g_iconv(cd, &from, &left, &to, &room);
	if (got != (gsize)-1)	/* what it may hold back */
		got = g_iconv(cd, NULL, NULL, &to, &room);
	g_iconv_close(cd);
	return got != (gsize)-1 && strcmp(out, "si") == 0;
}

char *
rn_charset_missing(void)
{
	GString *names = g_string_new(NULL);

	for (guint i = 0; i < G_N_ELEMENTS(known); i++) {
		if (!works(known[i]))
			g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", known[i]);
	}
	return g_string_free(names, FALSE);
}

/* The charset that a byte order mark tells; *SKIP gets its length. NULL if there is none. */
static const char *
by_mark(const char *data, gsize len, gsize *skip)
{
	*skip = 3;
	if (len >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0)
		return "utf-8";
	*skip = 4;
	if (len >= 4 && memcmp(data, "\xff\xfe\0\0", 4) == 0)
		return "utf-32le";
	*skip = 2;
	if (len >= 2 && memcmp(data, "\xff\xfe", 2) == 0)
		return "utf-16le";
	if (len >= 2 && memcmp(data, "\xfe\xff", 2) == 0)
		return "utf-16be";
	*skip = 0;
	return NULL;
}

/* Without a mark, UTF-16 shows by NUL at every other place. */
static const char *
by_nulls(const char *data, gsize len)
{
	gsize even = 0, uneven = 0;

	len = MIN(len, 4096);
	for (gsize i = 0; i < len; i++) {
		if (data[i] == '\0') {
			even += i % 2 == 0;
			uneven += i % 2;
		}
	}
	if (uneven * 4 > len && even * 8 < len)
		return "utf-16le";
	return even * 4 > len && uneven * 8 < len ? "utf-16be" : NULL;
}

/* In these, as in the wide ones, bytes under 128 are not ASCII: a text of ASCII alone must be decoded all the
 * same. */
static gboolean
is_escaped(const char *name)
{
	return strcmp(name, "utf-7") == 0 || g_str_has_prefix(name, "iso-2022");
}

/* The first byte from P on that is not ASCII; END if there is none. Eight at a time: most mail has few. */
static const char *
high_byte(const char *p, const char *end)
{
	guint64 eight;

	for (; end - p >= (gssize)sizeof(eight); p += sizeof(eight)) {
		memcpy(&eight, p, sizeof(eight));
		if (eight & G_GUINT64_CONSTANT(0x8080808080808080))
			break;
	}
	while (p < end && (guchar)*p < 0x80)
		p++;
	return p;
}

/* DATA, which has no NUL, is UTF-8: each run of bytes that are not ASCII by itself, as no character goes
 * over the end of one. */
static gboolean
is_utf8(const char *data, gsize len)
{
	const char *end = data + len;

	for (const char *p = high_byte(data, end), *stop; p < end; p = high_byte(stop, end)) {
		for (stop = p; stop < end && (guchar)*stop >= 0x80;)
			stop++;
		if (!g_utf8_validate(p, stop - p, NULL))
			return FALSE;
	}
	return TRUE;
}

/* What to read DATA with. */
static const char *
choose(const char *data, gsize len, const char *name, gboolean *valid, gboolean *odd)
{
	gboolean nulls = memchr(data, '\0', len) != NULL;
	const char *wide = nulls ? by_nulls(data, len) : NULL;

	if (is_wide(name))
		return wide != NULL ? wide : nulls ? name : "utf-8";
	if (wide != NULL && len >= 6 && len % 2 == 0)
		return wide;
	if (is_escaped(name))
		return name;
	if (high_byte(data, data + len) == data + len || (!nulls && is_utf8(data, len))) {
		*valid = TRUE;
		return "utf-8";
	}
	if (*name != '\0' && strcmp(name, "utf-8") != 0)
		return name;
	*odd = TRUE;
	return "windows-1252";
}

/* DATA through CD; what it refuses becomes U+FFFD, UNIT bytes at a time. */
static void
convert(GIConv cd, const char *data, gsize len, gsize unit, GString *out, gboolean *odd)
{
	char *in = (char *)(gpointer)data;
	char chunk[4096];

	while (len > 0) {
		char *to = chunk;
		gsize room = sizeof(chunk), got = g_iconv(cd, &in, &len, &to, &room);
		int problem = errno;

		g_string_append_len(out, chunk, to - chunk);
		if (got != (gsize)-1 || problem == E2BIG)
			continue;
		*odd = TRUE;
		g_string_append(out, "\xef\xbf\xbd");
		if (problem == EINVAL || len < unit)
			break;
		in += unit;
		len -= unit;
		g_iconv(cd, NULL, NULL, NULL, NULL);
	}
}

/* CRLF and lone CR of TEXT as LF, in its place. */
static void
unix_lines(GString *text)
{
	const char *from = text->str, *end = text->str + text->len, *cr;
	char *to = text->str;

	while ((cr = memchr(from, '\r', (gsize)(end - from))) != NULL) {
		memmove(to, from, (gsize)(cr - from));
		to += cr - from;
		if (cr + 1 == end || cr[1] != '\n')
			*to++ = '\n';
		from = cr + 1;
	}
	memmove(to, from, (gsize)(end - from));
	g_string_truncate(text, (gsize)(to + (end - from) - text->str));
}

/* Line breaks as LF, NUL and the byte order mark out, valid for certain. */
static char *
clean(GString *text, gboolean valid_already, gboolean *odd)
{
	if (memchr(text->str, '\0', text->len) != NULL)
		valid_already = FALSE;
	if (!valid_already && !g_utf8_validate(text->str, (gssize)text->len, NULL)) {
		char *valid;

		*odd = TRUE;
		for (gsize i = 0; i < text->len; i++) {
			if (text->str[i] == '\0')
				text->str[i] = '\xff';		/* as bad as any other */
		}
		valid = g_utf8_make_valid(text->str, (gssize)text->len);
		g_string_assign(text, valid);
		g_free(valid);
	}
	unix_lines(text);
	return g_string_free(text, FALSE);
}

gboolean
rn_charset_readable(const char *label, gsize len)
{
	g_autofree char *text = g_strndup(label, len);
	g_autofree char *name = canonical(text);
	GIConv cd;

	if (*name == '\0' || strcmp(name, "utf-8") == 0)
		return TRUE;
	cd = g_iconv_open("UTF-8", name);
	if (cd == (GIConv)-1)
		return FALSE;
	g_iconv_close(cd);
	return TRUE;
}

/* Notes that NAME is not at hand, in letters that may be printed. */
static void
note_missing(const char *name, char **missing)
{
	if (missing == NULL || *missing != NULL)
		return;
	*missing = g_strndup(name, 40);
	g_strcanon(*missing, "abcdefghijklmnopqrstuvwxyz0123456789-_.:+", '?');
}

char *
rn_charset_decode(const char *data, gsize len, const char *label, gboolean *odd, char **missing)
{
	g_autofree char *name = canonical(label);
	GString *out = g_string_new(NULL);
	gboolean valid = FALSE;
	gsize skip;
	const char *from = by_mark(data, len, &skip);
	GIConv cd;

	data += skip;
	len -= skip;
	if (from == NULL)
		from = choose(data, len, name, &valid, odd);
	if (strcmp(from, "utf-8") == 0) {
		g_string_append_len(out, data, (gssize)len);
		return clean(out, valid, odd);
	}
	cd = g_iconv_open("UTF-8", from);
	if (cd == (GIConv)-1) {
		*odd = TRUE;
		note_missing(from, missing);
		cd = g_iconv_open("UTF-8", "windows-1252");
	}
	if (cd != (GIConv)-1) {
		convert(cd, data, len,
		    g_str_has_prefix(from, "utf-16")     ? 2 :
		        g_str_has_prefix(from, "utf-32") ? 4 :
		                                           1,
		    out, odd);
		g_iconv_close(cd);
	}
	return clean(out, FALSE, odd);
}
