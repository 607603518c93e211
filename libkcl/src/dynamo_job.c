/*
 * dynamo_job: runs an operation's script, call after call; the store's life.
 */
#include "dynamo_job.h"

#include "base/alloc.h"
#include "base/error.h"
#include "base/slice.h"

#include <stdio.h>
#include <string.h>

#define ARENA_MAX (256 * 1024) /* of one request's texts */

enum turn { CALLING, RETURNED, ANSWERED };

/* ---- used by scripts ------------------------------------------------------------------------ */

bool kcl_dynamo_is(const kds_error_t *error, const char *code)
{
    return strcmp(kds_error_service_code(error), code) == 0;
}

const kds_dynamodb_attribute_t *
kcl_dynamo_key(struct kcl_dynamo_job *j, const char *name, const char *key)
{
    j->key_attribute.key = kds_slice(name);
    j->key_attribute.value = kcl_value_text(kds_slice(key));
    return &j->key_attribute;
}

void kcl_dynamo_update(struct kcl_dynamo_job *j,
                       const char *table,
                       kds_dynamodb_update_item_in_t *in)
{
    memset(in, 0, sizeof *in);
    in->struct_size = sizeof *in;
    in->table_name = kds_slice(table);
    in->key_count = 1;
    in->update_expression = kcl_expression_update(&j->e);
    in->condition_expression =
        j->e.condition.n > 0 ? kds_buf_slice(&j->e.condition) : kds_slice_of(NULL, 0);
    in->expression_attribute_names = j->e.name_count > 0 ? j->e.names : NULL;
    in->expression_attribute_names_count = j->e.name_count;
    in->expression_attribute_values = j->e.value_count > 0 ? j->e.values : NULL;
    in->expression_attribute_values_count = j->e.value_count;
}

void kcl_dynamo_finish(struct kcl_dynamo_job *j, kds_err_t err)
{
    j->result.err = err;
    j->finished = true;
    if (err == KDS_ERR_NO_MEMORY || err == KDS_ERR_PROTOCOL) {
        kds_error_set(&j->result.error, err, "lease table %s: %s", j->store->table,
                      kds_err_text(err));
    }
}

void kcl_dynamo_fail(struct kcl_dynamo_job *j, const kds_error_t *error)
{
    j->result.error = kds_error_copy(error);
    j->result.err = kds_error_code(error);
    j->finished = true;
}

/* ---- call after call ------------------------------------------------------------------------ */

static void run(struct kcl_dynamo_job *j);

static void take_answer(struct kcl_dynamo_job *j)
{
    const void *output = j->output;
    kds_error_t *error = j->error;
    j->output = NULL;
    j->error = NULL;
    kcl_dynamo_script_of(j->op.kind)->answered(j, output, error);
    if (output != NULL) {
        j->store->io.release(j->store->io.io, output);
    }
    kds_error_free(error);
}

/* On any thread, perhaps while kcl_dynamo_call() has not returned yet: then that goes on. */
static void on_answer(const void *output, kds_error_t *error, void *opaque)
{
    struct kcl_dynamo_job *j = opaque;
    j->output = output;
    j->error = error;
    if (atomic_exchange(&j->turn, ANSWERED) == RETURNED) {
        take_answer(j);
        run(j);
    }
}

void kcl_dynamo_call(struct kcl_dynamo_job *j,
                     enum kcl_dynamo_call which,
                     const void *input)
{
    struct kcl_dynamo_store *s = j->store;
    if (j->e.failed || j->arena.err != KDS_OK) {
        kds_error_t *error = NULL;
        kds_error_set(&error, KDS_ERR_NO_MEMORY, "out of memory");
        on_answer(NULL, error, j);
        return;
    }
    s->io.call(s->io.io, which, input, on_answer, j);
}

static void end(struct kcl_dynamo_job *j)
{
    struct kcl_store_result result = j->result;
    kcl_store_done_fn *done = j->done;
    void *opaque = j->opaque;
    if (result.err != KDS_OK) {
        kds_free(result.leases);
        kds_free(result.rows);
        kds_free(result.unreadable);
        result.leases = NULL;
        result.rows = NULL;
        result.unreadable = NULL;
        result.lease_count = result.row_count = result.unreadable_count = 0;
    }
    kds_arena_clear(&j->arena);
    kds_free(j->leases);
    kds_free(j);
    done(&result, opaque);
}

/* One call after the other, until one is answered elsewhere. */
static void run(struct kcl_dynamo_job *j)
{
    while (!j->finished) {
        atomic_store(&j->turn, CALLING);
        kds_arena_reset(&j->arena);
        kcl_expression_init(&j->e, &j->arena);
        kcl_dynamo_script_of(j->op.kind)->send(j);
        kcl_expression_clear(&j->e); /* the request is encoded */
        if (atomic_exchange(&j->turn, RETURNED) != ANSWERED) {
            return;
        }
        take_answer(j);
    }
    end(j);
}

/* ---- a job ---------------------------------------------------------------------------------- */

static bool copy_leases(struct kcl_dynamo_job *j)
{
    if (j->op.lease_count == 0) {
        return true;
    }
    j->leases = kds_alloc_zero(j->op.lease_count, sizeof *j->leases);
    if (j->leases == NULL) {
        return false;
    }
    memcpy(j->leases, j->op.leases, j->op.lease_count * sizeof *j->leases);
    return true;
}

static void refuse(const char *why, kds_err_t err, kcl_store_done_fn *done, void *opaque)
{
    struct kcl_store_result result;
    memset(&result, 0, sizeof result);
    result.err = kds_error_set(&result.error, err, "%s", why);
    done(&result, opaque);
}

static void start(struct kcl_store *base,
                  const struct kcl_store_op *op,
                  kcl_store_done_fn *done,
                  void *opaque)
{
    struct kcl_dynamo_store *s = (struct kcl_dynamo_store *)(void *)base;
    struct kcl_dynamo_job *j = kds_alloc_zero(1, sizeof *j);
    if (j == NULL) {
        refuse("out of memory", KDS_ERR_NO_MEMORY, done, opaque);
        return;
    }
    j->store = s;
    j->op = *op;
    j->done = done;
    j->opaque = opaque;
    kds_arena_init(&j->arena, ARENA_MAX);
    if (op->row != NULL) {
        j->row = *op->row;
        j->op.row = &j->row;
    }
    bool one = op->shard_id[0] != 0;
    if (!copy_leases(j) || (one && !kcl_lease_key(op->stream, op->shard_id, j->key))) {
        kcl_dynamo_finish(j, KDS_ERR_NO_MEMORY);
    } else if (op->kind == KCL_STORE_CHECKPOINT &&
               kcl_position_cmp(&op->position, &op->known) < 0) {
        kcl_dynamo_finish(j, KDS_ERR_LEASE_LOST); /* a checkpoint never moves backwards */
    } else if ((op->kind == KCL_STORE_CREATE || op->kind == KCL_STORE_DESCRIBE) &&
               op->lease_count == 0) {
        kcl_dynamo_finish(j, KDS_OK);
    }
    run(j);
}

/* ---- the store ------------------------------------------------------------------------------ */

static void dynamodb_free(struct kcl_store *base)
{
    struct kcl_dynamo_store *s = (struct kcl_dynamo_store *)(void *)base;
    if (s->io.free != NULL) {
        s->io.free(s->io.io); /* ends what is under way */
    }
    kds_free(s->table);
    kds_free(s->state_table);
    kds_free(s->metrics_table);
    kds_free(s->tags);
    kds_free(s);
}

static const struct kcl_store_ops ops = {.start = start, .free = dynamodb_free};

static char *join(const char *a, const char *b)
{
    size_t n = strlen(a) + strlen(b) + 1;
    char *p = kds_alloc(n);
    if (p != NULL) {
        snprintf(p, n, "%s%s", a, b);
    }
    return p;
}

kds_err_t kcl_store_dynamodb_new(const struct kcl_dynamo_options *options,
                                 const struct kcl_dynamo_io *io,
                                 struct kcl_store **store,
                                 kds_error_t **error)
{
    struct kcl_dynamo_store *s = kds_alloc_zero(1, sizeof *s);
    if (s == NULL) {
        if (io->free != NULL) {
            io->free(io->io);
        }
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    s->base.ops = &ops;
    s->io = *io;
    s->table = join(options->table, "");
    s->state_table = options->state_table
                         ? join(options->state_table, "")
                         : join(options->application, "-CoordinatorState");
    s->metrics_table = options->metrics_table
                           ? join(options->metrics_table, "")
                           : join(options->application, "-WorkerMetricStats");
    s->provisioned = options->provisioned;
    s->read_capacity = options->read_capacity;
    s->write_capacity = options->write_capacity;
    s->recovery = options->recovery;
    s->protection = options->protection;
    s->tags = join(options->tags ? options->tags : "", "");
    if (s->tags == NULL || s->table == NULL || s->state_table == NULL ||
        s->metrics_table == NULL) {
        dynamodb_free(&s->base);
        return kds_error_set(error, KDS_ERR_NO_MEMORY, "out of memory");
    }
    *store = &s->base;
    return KDS_OK;
}

/* ---- over the client ------------------------------------------------------------------------ */

static void client_call(void *io,
                        enum kcl_dynamo_call which,
                        const void *input,
                        kds_completion_fn *done,
                        void *opaque)
{
    static const char *const names[KCL_DYNAMO_CALLS] = {
        [KCL_DYNAMO_DESCRIBE_TABLE] = "DescribeTable",
        [KCL_DYNAMO_CREATE_TABLE] = "CreateTable",
        [KCL_DYNAMO_GET_ITEM] = "GetItem",
        [KCL_DYNAMO_PUT_ITEM] = "PutItem",
        [KCL_DYNAMO_UPDATE_ITEM] = "UpdateItem",
        [KCL_DYNAMO_DELETE_ITEM] = "DeleteItem",
        [KCL_DYNAMO_SCAN] = "Scan",
        [KCL_DYNAMO_QUERY] = "Query",
        [KCL_DYNAMO_UPDATE_TABLE] = "UpdateTable",
        [KCL_DYNAMO_UPDATE_BACKUPS] = "UpdateContinuousBackups"};
    kds_error_t *error = NULL;
    if (kds_client_start(io, kds_operation_find_in(KDS_SERVICE_DYNAMODB, names[which]),
                         input, NULL, done, opaque, &error) != KDS_OK) {
        done(NULL, error, opaque);
    }
}

static void client_release(void *io, const void *output)
{
    (void)io;
    kds_output_free(output);
}

static void client_free(void *io)
{
    kds_client_free(io);
}

struct kcl_dynamo_io kcl_dynamo_over_client(kds_client_t *client)
{
    return (struct kcl_dynamo_io){client_call, client_release, client_free, client};
}
