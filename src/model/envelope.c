/* envelope.c: what the mail server said about a message. */
#include "model/envelope.h"

RnEnvelope *
rn_envelope_new(const char *rcpt, const char *sender)
{
	RnEnvelope *env = g_new0(RnEnvelope, 1);

	env->rcpt = g_strdup(rcpt);
	env->sender = g_strdup(sender);
	return env;
}

RnEnvelope *
rn_envelope_copy(const RnEnvelope *env)
{
	RnEnvelope *copy = rn_envelope_new(env->rcpt, env->sender);

	copy->queue_id = g_strdup(env->queue_id);
	copy->client = g_strdup(env->client);
	copy->taken = env->taken;
	return copy;
}

void
rn_envelope_free(RnEnvelope *env)
{
	if (env == NULL)
		return;
	g_free(env->rcpt);
	g_free(env->sender);
	g_free(env->queue_id);
	g_free(env->client);
	g_free(env);
}
