/* daticert.c: the DTD of RFC 6109 4.4 by hand, over a tree that libxml2 makes without DTD, entities and
 * network. Stray text between elements is met in the wild and harms nothing; an element twice is refused, for
 * readers differ in which of the two they take. */
#include "mail/daticert.h"

#include <libxml/parser.h>
#include <string.h>

#include "base/day.h"
#include "base/text.h"

#define MAX_XML (256 * 1024)
#define MAX_RECIPIENTS 2000
#define MAX_TEXT 1000

/* The one element NAME within PARENT; NULL if there is none. *TWICE if there are two. */
static const xmlNode *
child(const xmlNode *parent, const char *name, gboolean *twice)
{
	const xmlNode *found = NULL;

	for (const xmlNode *n = parent != NULL ? parent->children : NULL; n != NULL; n = n->next) {
		if (n->type != XML_ELEMENT_NODE || strcmp((const char *)n->name, name) != 0)
			continue;
		*twice |= found != NULL;
		found = n;
	}
	return found;
}

/* The text of NODE, trimmed, without control characters and cut to MAX_TEXT; NULL if it is empty or not made
 * of text alone. Caller frees. */
static char *
text_of(const xmlNode *node)
{
	g_autoptr(GString) all = g_string_new(NULL);
	g_autofree char *clean = NULL;

	for (const xmlNode *n = node != NULL ? node->children : NULL; n != NULL; n = n->next) {
		if (n->type == XML_COMMENT_NODE)
			continue;
		if (n->type != XML_TEXT_NODE && n->type != XML_CDATA_SECTION_NODE)
			return NULL;
		if (all->len <= MAX_TEXT && n->content != NULL)
			g_string_append(all, (const char *)n->content);
	}
	if (all->len > MAX_TEXT)
		return NULL;
	for (gsize i = 0; i < all->len; i++)
		if ((guchar)all->str[i] < ' ' || all->str[i] == 127)
			all->str[i] = ' ';
	clean = rn_text_utf8(all->str, -1);
	g_strstrip(clean);
	return *clean != '\0' ? g_steal_pointer(&clean) : NULL;
}

static char *
attribute(const xmlNode *node, const char *name)
{
	xmlChar *value = node != NULL ? xmlGetNoNsProp(node, (const xmlChar *)name) : NULL;
	char *copy = value != NULL ? g_strndup((const char *)value, MAX_TEXT) : NULL;

	xmlFree(value);
	return copy;
}

static char *
take(const xmlNode *parent, const char *name, gboolean *twice)
{
	return text_of(child(parent, name, twice));
}

/* Without the angle brackets of a Message-ID. */
static char *
bare_id(char *id)
{
	gsize len = id != NULL ? strlen(id) : 0;

	if (len > 2 && id[0] == '<' && id[len - 1] == '>') {
		memmove(id, id + 1, len - 2);
		id[len - 2] = '\0';
	}
	return id;
}

/* N digits of TEXT as a number, -1 if they are none. */
static int
digits(const char *text, int n)
{
	int value = 0;

	for (int i = 0; i < n; i++) {
		if (!g_ascii_isdigit(text[i]))
			return -1;
		value = value * 10 + (text[i] - '0');
	}
	return value;
}

/* dd/mm/yyyy, hh:mm:ss and [+|-]hhmm as seconds UTC; 0 if they are not of that form. */
static gint64
moment(const char *day, const char *hour, const char *zone)
{
	int d, m, y, h, min, s, zh, zm, back_y, back_m, back_d;
	RnDay date;

	if (day == NULL || hour == NULL || zone == NULL || strlen(day) != 10 || strlen(hour) != 8 ||
	    strlen(zone) != 5 || strchr("+-", *zone) == NULL || day[2] != '/' || day[5] != '/' ||
	    hour[2] != ':' || hour[5] != ':')
		return 0;
	d = digits(day, 2);
	m = digits(day + 3, 2);
	y = digits(day + 6, 4);
	h = digits(hour, 2);
	min = digits(hour + 3, 2);
	s = digits(hour + 6, 2);
	zh = digits(zone + 1, 2);
	zm = digits(zone + 3, 2);
	if (d < 1 || m < 1 || m > 12 || y < 1970 || h < 0 || h > 23 || min < 0 || min > 59 || s < 0 ||
	    s > 60 || zh < 0 || zh > 14 || zm < 0 || zm > 59)
		return 0;
	date = rn_day_from_ymd(y, m, d);
	rn_day_to_ymd(date, &back_y, &back_m, &back_d);
	if (back_d != d || back_m != m)
		return 0;
	return (gint64)date * 86400 + h * 3600 + min * 60 + s -
	    (*zone == '-' ? -1 : 1) * (zh * 3600 + zm * 60);
}

static gboolean
read_recipients(const xmlNode *head, RnRegistered *reg)
{
	for (const xmlNode *n = head->children; n != NULL; n = n->next) {
		g_autofree char *text = NULL, *kind = NULL;

		if (n->type != XML_ELEMENT_NODE || strcmp((const char *)n->name, "destinatari") != 0)
			continue;
		if (reg->recipients->len >= MAX_RECIPIENTS)
			return FALSE;
		text = text_of(n);
		kind = attribute(n, "tipo");
		if (text != NULL)
			rn_registered_add_recipient(reg, text, g_strcmp0(kind, "esterno") != 0);
	}
	return TRUE;
}

static void
read_data(const xmlNode *data, RnRegistered *reg, gboolean *twice)
{
	const xmlNode *when = child(data, "data", twice);
	g_autofree char *day = take(when, "giorno", twice), *hour = take(when, "ora", twice);
	g_autofree char *zone = attribute(when, "zona");

	reg->time = moment(day, hour, zone);
	g_free(reg->provider);
	reg->provider = take(data, "gestore-emittente", twice);
	reg->identificativo = bare_id(take(data, "identificativo", twice));
	reg->msgid = bare_id(take(data, "msgid", twice));
	reg->receipt = attribute(child(data, "ricevuta", twice), "tipo");
	reg->consegna = take(data, "consegna", twice);
	reg->code = take(data, "errore-esteso", twice);
}

static const char *
read_tree(const xmlNode *root, RnRegistered *reg)
{
	gboolean twice = FALSE;
	const xmlNode *head, *data;
	g_autofree char *kind = NULL;

	if (root == NULL || strcmp((const char *)root->name, "postacert") != 0)
		return "its root is not postacert";
	kind = attribute(root, "tipo");
	reg->kind = rn_reg_kind_read(kind);
	reg->errore = attribute(root, "errore");
	head = child(root, "intestazione", &twice);
	data = child(root, "dati", &twice);
	if (head == NULL || data == NULL)
		return "intestazione or dati is missing";
	reg->mittente = take(head, "mittente", &twice);
	if (!read_recipients(head, reg))
		return "it names too many recipients";
	read_data(data, reg, &twice);
	return twice ? "it says something twice" : NULL;
}

/* No document type, so no entity and no external file; and an encoding in which that can be seen. */
static const char *
refuse(const char *data, gsize len)
{
	if (len > MAX_XML)
		return "it is too large";
	if (len == 0 || memchr(data, '\0', len) != NULL)
		return "it is no XML in UTF-8";
	if (g_strstr_len(data, (gssize)len, "<!DOCTYPE") != NULL ||
	    g_strstr_len(data, (gssize)len, "<!ENTITY") != NULL)
		return "it has a document type";
	return NULL;
}

gboolean
rn_daticert_read(GBytes *xml, RnRegistered *reg, const char **why)
{
	gsize len;
	const char *data = g_bytes_get_data(xml, &len);
	xmlDocPtr doc;

	*why = refuse(data, len);
	if (*why != NULL)
		return FALSE;
	doc = xmlReadMemory(
	    data, (int)len, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	if (doc == NULL)
		*why = "it is no well-formed XML";
	else if (doc->intSubset != NULL || doc->extSubset != NULL)
		*why = "it has a document type";
	else
		*why = read_tree(xmlDocGetRootElement(doc), reg);
	xmlFreeDoc(doc);
	return *why == NULL;
}
