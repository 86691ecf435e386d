/* deliver_input.c: the message as a mail server writes it to a program: line ends, From lines, caps. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "prog/deliver_input.h"

/* A descriptor to read LEN bytes of TEXT from. */
static int
source(const char *text, gsize len)
{
	int fd = memfd_create("message", MFD_CLOEXEC);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, text, len), ==, (ssize_t)len);
	g_assert_cmpint(lseek(fd, 0, SEEK_SET), ==, 0);
	return fd;
}

static void
test_line_ends(void)
{
	static const char nul[] = "a\0\377\nb";
	static const struct {
		const char	*in;
		gsize		 len;
		const char	*out;
		gsize		 out_len;
	} rows[] = {
		{ "A: 1\n\nx\n", 0, "A: 1\r\n\r\nx\r\n", 0 },
		{ "A: 1\r\n\r\nx\r\n", 0, "A: 1\r\n\r\nx\r\n", 0 },
		{ "A: 1\r\nx\ny\r\n\n", 0, "A: 1\r\nx\r\ny\r\n\r\n", 0 },
		{ "a\rb\r\rc\r\r\nd", 0, "a\rb\r\rc\r\r\nd\r\n", 0 },
		{ "x", 0, "x\r\n", 0 },
		{ "\n", 0, "\r\n", 0 },
		{ ".\n..\n", 0, ".\r\n..\r\n", 0 },
		{ "From a@b Mon Nov 23 10:00:00 2026\nA: 1\n", 0, "A: 1\r\n", 0 },
		{ "From a@b\r\nFrom c\n", 0, "From c\r\n", 0 },
		{ "From: a@b\n", 0, "From: a@b\r\n", 0 },
		{ "A: 1\nFrom here on\n", 0, "A: 1\r\nFrom here on\r\n", 0 },
		{ nul, sizeof(nul) - 1, "a\0\377\r\nb\r\n", 8 },
	};

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		gsize len = rows[i].len > 0 ? rows[i].len : strlen(rows[i].in);
		gsize want = rows[i].out_len > 0 ? rows[i].out_len : strlen(rows[i].out);
		int fd = source(rows[i].in, len);
		g_autoptr(GError) error = NULL;
		g_autoptr(GBytes) got = rn_deliver_read(fd, 1000, &error);

		g_assert_no_error(error);
		if (g_bytes_get_size(got) != want ||
		    memcmp(g_bytes_get_data(got, NULL), rows[i].out, want) != 0)
			g_error("row %u, %s: not as wanted", (guint)i, rows[i].in);
		close(fd);
	}
}

/* A CR and its LF, or a lone LF, on the two sides of what one read(2) gives. */
static void
test_pieces(void)
{
	for (gsize at = 65534; at <= 65537; at++) {
		g_autofree char *text = g_strnfill(70000, 'x');
		g_autoptr(GBytes) got = NULL;
		const char *p;
		int fd;

		memcpy(text + at, "\r\n\n", 3);
		fd = source(text, 70000);
		got = rn_deliver_read(fd, 80000, NULL);
		g_assert_cmpuint(g_bytes_get_size(got), ==, 70003);
		p = g_bytes_get_data(got, NULL);
		g_assert_cmpint(memcmp(p + at, "\r\n\r\nx", 5), ==, 0);
		close(fd);
	}
}

static void
test_refused(void)
{
	static const struct {
		const char	*in;
		RnErrorCode	 code;
	} rows[] = {
		{ "", RN_ERR_INPUT },
		{ "From a@b\n", RN_ERR_INPUT },
		{ "12345678901\n", RN_ERR_LIMIT },	/* with its CR 13 bytes of 12 */
		{ "123456789012345", RN_ERR_LIMIT },
	};
	g_autoptr(GError) error = NULL;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		int fd = source(rows[i].in, strlen(rows[i].in));

		g_assert_null(rn_deliver_read(fd, 12, &error));
		g_assert_error(error, RN_ERROR, (gint)rows[i].code);
		g_assert_cmpint(lseek(fd, 0, SEEK_CUR), ==, (off_t)strlen(rows[i].in));
		g_clear_error(&error);
		close(fd);
	}
	g_assert_null(rn_deliver_read(-1, 12, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_BUSY);
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/prog/deliver-input/line-ends", test_line_ends);
	g_test_add_func("/prog/deliver-input/pieces", test_pieces);
	g_test_add_func("/prog/deliver-input/refused", test_refused);
	return g_test_run();
}
