/* bare.c: the least a filter can do that has to know the recipients: it looks at nothing and accepts at DATA.
 *
 *	bare SOCKET
 *
 * What Rinnova's gate costs other people's mail is measured against it. */
#include <libmilter/mfapi.h>
#include <stdio.h>

#define LEFT_OUT \
	(SMFIP_NOCONNECT | SMFIP_NOHELO | SMFIP_NOUNKNOWN | SMFIP_NOHDRS | SMFIP_NOEOH | SMFIP_NOBODY)
#define NO_REPLY (SMFIP_NR_MAIL | SMFIP_NR_RCPT)

static sfsistat
negotiate(SMFICTX *ctx, unsigned long actions, unsigned long protocol, unsigned long f2, unsigned long f3,
    unsigned long *want_actions, unsigned long *want_protocol, unsigned long *want_f2, unsigned long *want_f3)
{
	(void)ctx;
	(void)actions;
	(void)f2;
	(void)f3;
	*want_actions = 0;
	*want_protocol = protocol & (LEFT_OUT | NO_REPLY);
	*want_f2 = *want_f3 = 0;
	return SMFIS_CONTINUE;
}

static sfsistat
from(SMFICTX *ctx, char **argv)
{
	(void)ctx;
	(void)argv;
	return SMFIS_NOREPLY;
}

static sfsistat
rcpt(SMFICTX *ctx, char **argv)
{
	(void)ctx;
	(void)argv;
	return SMFIS_NOREPLY;
}

static sfsistat
data(SMFICTX *ctx)
{
	(void)ctx;
	return SMFIS_ACCEPT;
}

int
main(int argc, char **argv)
{
	struct smfiDesc filter = {
		.xxfi_name = "bare",
		.xxfi_version = SMFI_VERSION,
		.xxfi_envfrom = from,
		.xxfi_envrcpt = rcpt,
		.xxfi_data = data,
		.xxfi_negotiate = negotiate,
	};

	if (argc != 2) {
		fputs("bare SOCKET\n", stderr);
		return 64;
	}
	if (smfi_setconn(argv[1]) != MI_SUCCESS || smfi_register(filter) != MI_SUCCESS ||
	    smfi_opensocket(1) != MI_SUCCESS)
		return 1;
	return smfi_main() == MI_SUCCESS ? 0 : 1;
}
