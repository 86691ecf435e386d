#include "model/session.h"

RnSession *
rn_session_new(void)
{
	return g_new0(RnSession, 1);
}

void
rn_session_free(RnSession *s)
{
	if (s == NULL)
		return;
	g_free(s->queue_id);
	g_free(s->client);
	g_free(s->helo);
	g_free(s->tls);
	g_free(s->user);
	g_free(s);
}
