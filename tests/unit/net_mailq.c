/* What lies in the mail server's queue, in the words of Postfix and of sendmail. */
#include "net/mailq.h"

static const RnQueued *
at(GPtrArray *list, guint i)
{
	g_assert_cmpuint(i, <, list->len);
	return g_ptr_array_index(list, i);
}

static void
test_postfix(void)
{
	static const char text[] =
	    "{\"queue_name\": \"deferred\", \"queue_id\": \"4A\", \"arrival_time\": 1796000000, \"message_size\": 900, "
	    "\"forced_expire\": false, \"sender\": \"Maria@Posta.example\", \"recipients\": [{\"address\": "
	    "\"rinnovo+abc@ordine.example\", \"delay_reason\": \"connect: refused\"}, {\"address\": \"x@y.example\"}]}\n"
	    "{\"queue_name\": \"active\", \"queue_id\": \"4B\", \"arrival_time\": 1796000001, \"sender\": \"MAILER-DAEMON\", "
	    "\"recipients\": []}\n";
	static const char *const bad[] = { "fatal: down\n", "{\"sender\": \"a\"}\n", "[]\n",
		"{\"sender\": \"a\", \"arrival_time\": \"x\", \"recipients\": []}\n",
		"{\"sender\": \"a\", \"arrival_time\": 1, \"recipients\": [7]}\n" };
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = rn_mailq_postfix(text, &error);
	g_autoptr(GPtrArray) none = rn_mailq_postfix("", NULL);

	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 2);
	g_assert_cmpint(at(list, 0)->arrived, ==, 1796000000);
	g_assert_cmpuint(at(list, 0)->rcpts->len, ==, 2);
	g_assert_cmpstr(g_ptr_array_index(at(list, 0)->rcpts, 0), ==, "rinnovo+abc@ordine.example");
	g_assert_cmpuint(none->len, ==, 0);
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autoptr(GError) why = NULL;

		g_assert_null(rn_mailq_postfix(bad[i], &why));
		g_assert_error(why, RN_ERROR, RN_ERR_INPUT);
	}
}

static void
test_sendmail(void)
{
	/* what Sendmail 8.17 printed */
	static const char text[] =
	    "\t\t/var/spool/mqueue (2 requests)\n"
	    "-----Q-ID----- --Size-- -Priority- ---Q-Time--- --------Sender/Recipient--------\n"
	    "5B1234567890*     900     210286 Nov 30 23:59 <maria@posta.example>\n"
	    "          8BITMIME   (Deferred: Connection refused by relay@ordine.example)\n"
	    "\t\t\t\t\t\t<rinnovo+2087styzr890975fq6xb43adx7z2esr589wztyee@ordine.example>\n"
	    "\t\t (Deferred: Connection refused by relay@ordine.example)\n"
	    "5B1234567891      100     240287 Nov 30 23:59 MAILER-DAEMON\n"
	    "\t\t\t\t\t\t<x@y.example>\n"
	    "\t\tTotal requests: 2\n";
	static const char cut[] = "5B1234567890*     900 Mon Nov 30 23:59 <maria@posta.example>\n"
	                          "\t\t\t\t\t <rinnovo+2087styzr890975fq6xb43adx7z2e\n";
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) list = rn_mailq_sendmail(text, &error);
	g_autoptr(GPtrArray) empty =
	    rn_mailq_sendmail("/var/spool/mqueue is empty\n\t\tTotal requests: 0\n", NULL);

	g_assert_no_error(error);
	g_assert_cmpuint(list->len, ==, 2);
	g_assert_cmpstr(at(list, 0)->sender, ==, "maria@posta.example");
	g_assert_cmpint(at(list, 0)->arrived, ==, 0);
	g_assert_cmpuint(at(list, 0)->rcpts->len, ==, 1);
	g_assert_cmpstr(g_ptr_array_index(at(list, 0)->rcpts, 0), ==,
	    "rinnovo+2087styzr890975fq6xb43adx7z2esr589wztyee@ordine.example");
	g_assert_cmpstr(at(list, 1)->sender, ==, "");
	g_assert_cmpuint(empty->len, ==, 0);
	g_assert_null(rn_mailq_sendmail(" \n", &error));
	g_assert_error(error, RN_ERROR, RN_ERR_INPUT);
	g_clear_error(&error);
	g_assert_null(rn_mailq_sendmail(cut, &error));
	g_assert_error(error, RN_ERROR, RN_ERR_INPUT);
}

/* A queue that cannot be read is no empty queue. */
static void
test_unread(void)
{
	static const char *const programs[] = { "/bin/false", "/nonexistent/postqueue", "/bin/echo" };

	for (gsize i = 0; i < G_N_ELEMENTS(programs); i++) {
		g_autofree char *program = g_strdup(programs[i]);
		char none[] = "";
		RnSite site = { .mail_queue = RN_QUEUE_POSTFIX,
			.mail_queue_config = none,
			.mail_queue_command = program };
		g_autoptr(GError) error = NULL;

		g_assert_null(rn_mailq_read(&site, &error));
		g_assert_error(error, RN_ERROR, RN_ERR_BUSY);
		site.mail_queue = RN_QUEUE_NONE;
		g_clear_error(&error);
		g_ptr_array_unref(rn_mailq_read(&site, &error));
		g_assert_no_error(error);
	}
}

int
main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/mailq/postfix", test_postfix);
	g_test_add_func("/mailq/sendmail", test_sendmail);
	g_test_add_func("/mailq/unread", test_unread);
	return g_test_run();
}
