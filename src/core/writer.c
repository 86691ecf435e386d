#include "core/writer.h"

#include <unistd.h>

#include "base/log.h"
#include "base/world.h"
#include "core/reading.h"

#define GROUP_MAX 64	/* messages that share one commit */

struct RnWriter {
	RnEngine	*e;
	GThread		*thread;
	GAsyncQueue	*jobs;
};

typedef struct {
	RnReading	*reading;
	GBytes		*raw;
	const RnEnvelope *env;
	RnOutcome	 outcome;
	GError		*error;
	gboolean	 done;
	GMutex		 lock;
	GCond		 cond;
} Job;

static Job last_job;	/* pushed to end the thread; never read */

/* One message within the common transaction: its own trouble undoes only itself. */
static gboolean
take_one(RnWriter *w, RnTx *tx, Job *job)
{
	if (!rn_tx_mark(tx, &job->error))
		return FALSE;
	if (rn_delivery_apply(
	        w->e, tx, job->reading, job->raw, job->env, rn_now(), &job->outcome, &job->error))
		return rn_tx_release(tx, &job->error);
	job->outcome = RN_OUT_LATER;
	return rn_tx_back(tx, NULL);
}

static void
answer(Job *job, const GError *trouble)
{
	g_mutex_lock(&job->lock);
	if (trouble != NULL) {
		job->outcome = RN_OUT_LATER;
		if (job->error == NULL)
			job->error = g_error_copy(trouble);
	}
	job->done = TRUE;
	g_cond_signal(&job->cond);
	g_mutex_unlock(&job->lock);
}

/* Commits what GROUP holds and only then answers. A commit whose outcome nobody knows ends the process: the
 * mail server asks again. */
static void
commit_group(RnWriter *w, GPtrArray *group)
{
	g_autoptr(GError) trouble = NULL;
	RnTx *tx = rn_tx_begin(w->e->store, &trouble);
	gboolean ok = tx != NULL;

	for (guint i = 0; ok && i < group->len; i++)
		ok = take_one(w, tx, g_ptr_array_index(group, i));
	if (ok)
		ok = rn_tx_commit(&tx, &trouble);
	else if (tx != NULL)
		rn_tx_rollback(tx);
	if (!ok && trouble == NULL)
		g_set_error_literal(&trouble, RN_ERROR, RN_ERR_BUSY,
		    "the transaction was broken off by another message of the group");
	for (guint i = 0; i < group->len; i++)
		answer(g_ptr_array_index(group, i), trouble);
	if (trouble != NULL && trouble->code == RN_ERR_STORE) {
		rn_log(RN_LOG_ERROR, "-", "store-failed", "error", trouble->message, "do",
		    "this door ends; look at the disk", NULL);
		/* Give the waiting sessions the time to say 451; what they cannot say, a cut connection says
		 * as well. */
		g_usleep(G_USEC_PER_SEC / 2);
		_exit(70);
	}
}

static gpointer
writer_thread(gpointer data)
{
	RnWriter *w = data;
	gboolean last = FALSE;

	while (!last) {
		g_autoptr(GPtrArray) group = g_ptr_array_new();
		Job *job = g_async_queue_pop(w->jobs);

		for (; job != NULL; job = group->len < GROUP_MAX ? g_async_queue_try_pop(w->jobs) : NULL) {
			if (job == &last_job) {
				last = TRUE;
				break;
			}
			g_ptr_array_add(group, job);
		}
		if (group->len > 0)
			commit_group(w, group);
	}
	return NULL;
}

RnWriter *
rn_writer_start(RnEngine *e)
{
	RnWriter *w = g_new0(RnWriter, 1);

	w->e = e;
	w->jobs = g_async_queue_new();
	w->thread = g_thread_new("writer", writer_thread, w);
	return w;
}

RnOutcome
rn_writer_deliver(RnWriter *w, RnReading *reading, GBytes *raw, const RnEnvelope *env, GError **error)
{
	Job job = { .reading = reading, .raw = raw, .env = env };

	g_mutex_init(&job.lock);
	g_cond_init(&job.cond);
	g_async_queue_push(w->jobs, &job);
	g_mutex_lock(&job.lock);
	while (!job.done)
		g_cond_wait(&job.cond, &job.lock);
	g_mutex_unlock(&job.lock);
	g_mutex_clear(&job.lock);
	g_cond_clear(&job.cond);
	if (job.error != NULL)
		g_propagate_error(error, job.error);
	return job.outcome;
}

void
rn_writer_stop(RnWriter *w)
{
	g_async_queue_push(w->jobs, &last_job);
	g_thread_join(w->thread);
	g_async_queue_unref(w->jobs);
	g_free(w);
}
