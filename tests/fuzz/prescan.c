/* prescan: any bytes as a message. What passes the limits before any library sees it keeps within them when
 * GMime takes it apart: depth, parts, fields of every header and their size. */
#include <gmime/gmime.h>
#include <stdint.h>
#include <string.h>

#include "mail/head.h"
#include "mail/read.h"

static const RnLimits limits = { .max_head = 1500,
	.max_field = 200,
	.max_fields = 12,
	.max_addresses = 10,
	.max_parts = 12,
	.max_depth = 3 };

static guint leaves;

static void
check_fields(GMimeObject *object)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	int n = list != NULL ? g_mime_header_list_get_count(list) : 0;

	g_assert_cmpint(n, <=, (int)limits.max_fields);
	for (int i = 0; i < n; i++) {
		const char *raw = g_mime_header_get_raw_value(g_mime_header_list_get_header_at(list, i));

		g_assert_true(raw == NULL || strlen(raw) <= limits.max_field + 3);
	}
}

/* A multipart/digest makes messages of parts that announce nothing: one more step for each. */
static void
walk(GMimeObject *object, guint depth)
{
	g_assert_cmpuint(depth, <=, 2 * limits.max_depth + 1);
	if (object == NULL)
		return;
	check_fields(object);
	if (GMIME_IS_MULTIPART(object)) {
		for (int i = 0; i < g_mime_multipart_get_count(GMIME_MULTIPART(object)); i++)
			walk(g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1);
	} else if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));

		if (inner == NULL)
			return;
		check_fields(GMIME_OBJECT(inner));
		walk(g_mime_message_get_mime_part(inner), depth + 1);
	} else {
		leaves++;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static gsize ready;
	g_autoptr(GBytes) raw = g_bytes_new(data, size);
	g_autoptr(RnHead) head = rn_head_scan(raw, &limits, NULL);
	GMimeStream *stream;
	GMimeParser *parser;
	GMimeMessage *message;

	if (head == NULL)
		return 0;
	if (g_once_init_enter(&ready)) {
		rn_read_init();
		g_once_init_leave(&ready, 1);
	}
	stream = g_mime_stream_mem_new_with_buffer((const char *)data, size);
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	leaves = 0;
	if (message != NULL) {
		check_fields(GMIME_OBJECT(message));
		walk(g_mime_message_get_mime_part(message), 0);
		g_assert_cmpuint(leaves, <=, limits.max_parts + 2 * limits.max_depth + 1);
		g_object_unref(message);
	}
	g_object_unref(parser);
	g_object_unref(stream);
	return 0;
}
