/*
 * roster_adopt: streams that are not in the settings, and of which a leader assigned leases to this worker: they are read, as
 * every worker of the KCL reads what it was assigned, so that a stream that was added elsewhere first does not wait.
 */
#include "roster_internal.h"

#include "base/alloc.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/slice.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define AGAIN_US (60 * KDS_US_PER_S) /* after it could not be described */

/* account:name:creation. @return false if it is none */
static bool
read_id(const char *id, kds_slice_t *account, kds_slice_t *name, int64_t *created_s)
{
    kds_slice_t rest = kds_slice(id);
    size_t first = kds_slice_find(rest, ':');
    if (first >= rest.n) {
        return false;
    }
    *account = kds_slice_of(rest.p, first);
    rest = kds_slice_of(rest.p + first + 1, rest.n - first - 1);
    size_t second = kds_slice_find(rest, ':');
    *name = kds_slice_of(rest.p, second);
    return second > 0 && second < rest.n &&
           kds_parse_i64(kds_slice_of(rest.p + second + 1, rest.n - second - 1),
                         created_s);
}

static void tell_stranger(struct kcl_core *core, const char *id)
{
    char why[320];
    if (!core->roster.stranger_told) {
        snprintf(
            why, sizeof why,
            "leases of %.170s are assigned to this worker, whose settings have %s; they "
            "are not read",
            id[0] != 0 ? id : "a single stream",
            id[0] != 0 ? "a single stream" : "several");
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, why);
    }
    core->roster.stranger_told = true;
}

/* Its ARN: where the streams of the settings are, in its own account. */
static bool name_by_arn(struct kcl_stream *stream,
                        const char *like,
                        kds_slice_t account,
                        kds_slice_t name)
{
    size_t prefix = 0; /* arn:aws:kinesis:REGION: */
    for (unsigned colons = 0; colons < 4 && like[prefix] != 0; prefix++) {
        colons += like[prefix] == ':';
    }
    int n = snprintf(stream->subscriber.stream_arn, KCL_ARN_BYTES, "%.*s%.*s:stream/%.*s",
                     (int)prefix, like, (int)account.n, (const char *)account.p,
                     (int)name.n, (const char *)name.p);
    stream->arn = kds_slice(stream->subscriber.stream_arn);
    return n > 0 && n < KCL_ARN_BYTES;
}

static void add(struct kcl_roster *r, const char *id)
{
    kds_slice_t account, name;
    int64_t created_s;
    struct kcl_stream **streams =
        kds_realloc_array(r->streams, r->stream_count + 1, sizeof *streams);
    if (streams == NULL) {
        return; /* at the next look */
    }
    r->streams = streams;
    struct kcl_stream *stream = kds_alloc_zero(1, sizeof *stream);
    if (stream == NULL) {
        return;
    }
    snprintf(stream->id, sizeof stream->id, "%s", id);
    stream->adopted = stream->leased = true;
    stream->listed_us = -1;
    if (!read_id(id, &account, &name, &created_s) ||
        !name_by_arn(stream, r->streams[0]->subscriber.stream_arn, account, name)) {
        kds_free(stream);
        return;
    }
    r->streams[r->stream_count++] = stream;
}

void kcl_roster_adopt(struct kcl_core *core, const char *id)
{
    struct kcl_roster *r = &core->roster;
    kds_slice_t account, name;
    int64_t created_s;
    if (r->fleet.mode != KCL_MODE_ASSIGNED || kcl_roster_find_stream(r, id) != NULL ||
        kcl_roster_is_former(core, id)) {
        return;
    }
    if (core->conf->streams == NULL || !read_id(id, &account, &name, &created_s)) {
        tell_stranger(core, id);
    } else if (r->stream_count < KCL_STREAMS_MAX) {
        add(r, id);
    }
}

void kcl_roster_adopt_all(struct kcl_core *core)
{
    const struct kcl_view *v = &core->roster.view;
    uint32_t me = kcl_names_find(&v->people, core->worker_id);
    uint32_t last = KCL_NO_NAME;
    for (size_t i = 0; me != KCL_NO_NAME && i < v->count; i++) {
        const struct kcl_row *row = &v->rows[i];
        if (row->owner == me && row->reader == me && !row->ended && row->stream != last) {
            last = row->stream;
            kcl_roster_adopt(core, v->words.texts[row->stream]);
        }
    }
}

struct kcl_stream *kcl_roster_to_adopt(const struct kcl_roster *r, int64_t now_us)
{
    for (size_t i = 0; i < r->stream_count; i++) {
        struct kcl_stream *stream = r->streams[i];
        if (stream->adopted && !stream->described && now_us >= stream->adopt_at_us) {
            return stream;
        }
    }
    return NULL;
}

int64_t kcl_roster_adopt_at_us(const struct kcl_roster *r)
{
    int64_t at_us = KDS_NEVER_US;
    for (size_t i = 0; i < r->stream_count; i++) {
        const struct kcl_stream *stream = r->streams[i];
        if (stream->adopted && !stream->described && stream->adopt_at_us < at_us) {
            at_us = stream->adopt_at_us;
        }
    }
    return at_us;
}

static void
refuse(struct kcl_core *core, int64_t now_us, struct kcl_stream *stream, const char *why)
{
    char message[400];
    stream->adopt_at_us = now_us + AGAIN_US;
    if (!stream->told) {
        snprintf(message, sizeof message,
                 "leases of stream %.170s, which is not in streams, are assigned to this "
                 "worker and not read: %.120s",
                 stream->id, why);
        kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, message);
    }
    stream->told = true;
}

void kcl_roster_adopted(struct kcl_core *core,
                        int64_t now_us,
                        const kds_describe_stream_summary_out_t *output,
                        const kds_error_t *error)
{
    struct kcl_stream *stream = core->roster.adopting;
    char message[256];
    kds_slice_t account, name;
    int64_t created_s = 0;
    core->roster.adopting = NULL;
    if (output == NULL) {
        refuse(core, now_us, stream, kds_error_message(error));
        return;
    }
    const kds_stream_description_summary_t *d = &output->stream_description_summary;
    read_id(stream->id, &account, &name, &created_s);
    if (d->stream_creation_timestamp_ms / 1000 != created_s) {
        refuse(core, now_us, stream, "it was deleted and made anew");
        return;
    }
    stream->created_ms = d->stream_creation_timestamp_ms;
    stream->described = true;
    kcl_roster_pin_start(core, now_us, stream);
    snprintf(message, sizeof message,
             "stream %.170s is not in streams, and is read, because leases of it are "
             "assigned to this worker",
             stream->id);
    kcl_note(core, KCL_EVENT_TROUBLE, NULL, NULL, message);
    kcl_roster_look_soon(core, now_us);
    core->roster.index.look_at_us = now_us;
}
