#include "core/writer.h"

#include <pthread.h>
#include <unistd.h>

#include "base/log.h"
#include "base/world.h"
#include "core/latency.h"
#include "core/reading.h"

#define GROUP_MAX 64	/* messages that share one commit */
#define NOTE_US (60 * G_USEC_PER_SEC)	/* so often the latencies go into the store, with a commit */

/* POSIX locks rather than GLib's: the race detector knows them. */
struct RnWriter {
	RnEngine	*e;
	pthread_t	 thread;
	pthread_mutex_t	 lock;		/* of all that follows, and of every job's `done` */
	pthread_cond_t	 waiting;	/* there are jobs, or it is time to end */
	pthread_cond_t	 answered;	/* some job is done */
	GPtrArray	*jobs;
	gboolean	 ending;

	RnLatency	 latency;	/* of commits; the thread's alone, as is what follows */
	gboolean	 counting;	/* it goes on from what the store had */
	gint64		 noted;		/* when it was written (rn_monotonic()) */
};

typedef struct {
	RnReading	*reading;
	GBytes		*raw;
	const RnEnvelope *env;
	const RnPoison	*mark;
	RnOutcome	 outcome;
	GError		*error;
	gboolean	 done;
} Job;

/* One message within the common transaction: its own trouble undoes only itself. */
static gboolean
take_marked(RnWriter *w, RnTx *tx, Job *job)
{
	if (!rn_tx_mark(tx, &job->error))
		return FALSE;
	if (rn_delivery_apply(
	        w->e, tx, job->reading, job->raw, job->env, rn_now(), &job->outcome, &job->error))
		return rn_tx_release(tx, &job->error);
	job->outcome = RN_OUT_LATER;
	return rn_tx_back(tx, NULL);
}

static gboolean
take_one(RnWriter *w, RnTx *tx, Job *job)
{
	gboolean ok;

	rn_poison_at(job->mark);
	ok = take_marked(w, tx, job);
	rn_poison_at(NULL);
	return ok;
}

static void
answer(RnWriter *w, GPtrArray *group, const GError *trouble)
{
	pthread_mutex_lock(&w->lock);
	for (guint i = 0; i < group->len; i++) {
		Job *job = g_ptr_array_index(group, i);

		if (trouble != NULL) {
			job->outcome = RN_OUT_LATER;
			if (job->error == NULL)
				job->error = g_error_copy(trouble);
		}
		job->done = TRUE;
	}
	pthread_cond_broadcast(&w->answered);
	pthread_mutex_unlock(&w->lock);
}

/* Once a minute the latencies so far go along with a commit that is made anyway. */
static gboolean
note_latency(RnWriter *w, RnTx *tx, GError **error)
{
	RnLatency before;
	gint64 now = rn_monotonic();

	if (w->counting && now - w->noted < NOTE_US)
		return TRUE;
	if (!w->counting) {
		if (!rn_latency_get(tx, &before, error))
			return FALSE;
		for (guint i = 0; i <= RN_LATENCY_BUCKETS; i++)
			w->latency.bucket[i] += before.bucket[i];
		w->latency.us += before.us;
	}
	w->counting = TRUE;
	w->noted = now;
	return rn_latency_put(tx, &w->latency, error);
}

/* Commits what GROUP holds and only then answers. A commit whose outcome nobody knows ends the process: the
 * mail server asks again. */
static void
commit_group(RnWriter *w, GPtrArray *group)
{
	g_autoptr(GError) trouble = NULL;
	gint64 start = rn_monotonic();
	RnTx *tx = rn_tx_begin(w->e->store, &trouble);
	gboolean ok = tx != NULL && note_latency(w, tx, &trouble);

	for (guint i = 0; ok && i < group->len; i++)
		ok = take_one(w, tx, g_ptr_array_index(group, i));
	if (ok)
		ok = rn_tx_commit(&tx, &trouble);
	else if (tx != NULL)
		rn_tx_rollback(tx);
	if (!ok && trouble == NULL)
		g_set_error_literal(&trouble, RN_ERROR, RN_ERR_BUSY,
		    "the transaction was broken off by another message of the group");
	if (ok)
		rn_latency_add(&w->latency, rn_monotonic() - start);
	answer(w, group, trouble);
	if (trouble != NULL && trouble->code == RN_ERR_STORE) {
		rn_log(RN_LOG_ERROR, "-", "store-failed", "error", trouble->message, "do",
		    "this door ends; look at the disk", NULL);
		/* Give the waiting sessions the time to say 451; what they cannot say, a cut connection says
		 * as well. */
		g_usleep(G_USEC_PER_SEC / 2);
		_exit(70);
	}
}

/* What waits, at most GROUP_MAX; NULL at the end, when nothing waits any more. */
static GPtrArray *
next_group(RnWriter *w)
{
	GPtrArray *group = NULL;

	pthread_mutex_lock(&w->lock);
	while (w->jobs->len == 0 && !w->ending)
		pthread_cond_wait(&w->waiting, &w->lock);
	if (w->jobs->len > 0) {
		guint n = MIN(w->jobs->len, GROUP_MAX);

		group = g_ptr_array_new();
		for (guint i = 0; i < n; i++)
			g_ptr_array_add(group, g_ptr_array_index(w->jobs, i));
		g_ptr_array_remove_range(w->jobs, 0, n);
	}
	pthread_mutex_unlock(&w->lock);
	return group;
}

static void *
writer_thread(void *data)
{
	RnWriter *w = data;
	GPtrArray *group;

	while ((group = next_group(w)) != NULL) {
		commit_group(w, group);
		g_ptr_array_unref(group);
	}
	return NULL;
}

RnWriter *
rn_writer_start(RnEngine *e)
{
	RnWriter *w = g_new0(RnWriter, 1);

	w->e = e;
	w->jobs = g_ptr_array_new();
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->waiting, NULL);
	pthread_cond_init(&w->answered, NULL);
	if (pthread_create(&w->thread, NULL, writer_thread, w) != 0)
		g_error("the writer thread cannot be started");
	return w;
}

RnOutcome
rn_writer_deliver(
    RnWriter *w, RnReading *reading, GBytes *raw, const RnEnvelope *env, const RnPoison *mark, GError **error)
{
	Job job = { .reading = reading, .raw = raw, .env = env, .mark = mark };

	pthread_mutex_lock(&w->lock);
	g_ptr_array_add(w->jobs, &job);
	pthread_cond_signal(&w->waiting);
	while (!job.done)
		pthread_cond_wait(&w->answered, &w->lock);
	pthread_mutex_unlock(&w->lock);
	if (job.error != NULL)
		g_propagate_error(error, job.error);
	return job.outcome;
}

void
rn_writer_stop(RnWriter *w)
{
	pthread_mutex_lock(&w->lock);
	w->ending = TRUE;
	pthread_cond_signal(&w->waiting);
	pthread_mutex_unlock(&w->lock);
	pthread_join(w->thread, NULL);
	pthread_cond_destroy(&w->answered);
	pthread_cond_destroy(&w->waiting);
	pthread_mutex_destroy(&w->lock);
	g_ptr_array_unref(w->jobs);
	g_free(w);
}
