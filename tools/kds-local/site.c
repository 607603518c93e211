/*
 * site: asking the plan, and what of its doing belongs to no connection.
 */
#include "site.h"

#include "base/clock.h"
#include "base/slice.h"

#include <string.h>

bool site_ask(struct site *site,
              enum fault_point at,
              struct fault_scene *scene,
              struct fault *fault)
{
    if (site->plan == NULL) {
        return false;
    }
    scene->now_ms = (site->now_us - site->began_us) / KDS_US_PER_MS;
    if (!fault_plan_ask(site->plan, at, scene, fault)) {
        return false;
    }
    if (site->faults != NULL) {
        fault_log_add(site->faults, fault, scene);
    }
    return true;
}

static bool reshard(struct site *site,
                    const struct fault_reshard *r,
                    struct kds_arena *arena,
                    struct local_fault *fault)
{
    const kds_split_shard_in_t split = {
        .struct_size = sizeof split,
        .stream_name = kds_slice(r->stream),
        .shard_to_split = kds_slice(r->shard ? r->shard : ""),
        .new_starting_hash_key = kds_slice(r->hash_key ? r->hash_key : "")};
    const kds_merge_shards_in_t merge = {
        .struct_size = sizeof merge,
        .stream_name = kds_slice(r->stream),
        .shard_to_merge = kds_slice(r->shard ? r->shard : ""),
        .adjacent_shard_to_merge = kds_slice(r->adjacent ? r->adjacent : "")};
    const kds_update_shard_count_in_t scale = {.struct_size = sizeof scale,
                                               .stream_name = kds_slice(r->stream),
                                               .target_shard_count = r->target,
                                               .scaling_type =
                                                   kds_slice("UNIFORM_SCALING")};
    union {
        kds_split_shard_out_t split;
        kds_merge_shards_out_t merge;
        kds_update_shard_count_out_t scale;
    } out;
    const struct {
        enum kds_operation_id id;
        const void *input;
    } calls[] = {[FAULT_SPLIT] = {KDS_OP_SPLIT_SHARD, &split},
                 [FAULT_MERGE] = {KDS_OP_MERGE_SHARDS, &merge},
                 [FAULT_SCALE] = {KDS_OP_UPDATE_SHARD_COUNT, &scale}};
    return local_service_call(site->service, site->now_us, calls[r->kind].id,
                              calls[r->kind].input, &out, arena, fault);
}

void site_reshard(struct site *site, const struct fault_reshard *r)
{
    struct kds_arena arena;
    struct local_fault fault;
    kds_arena_init(&arena, 65536);
    if (!reshard(site, r, &arena, &fault) && site->faults != NULL) {
        fault_log_refused(site->faults, "reshard", fault.message);
    }
    kds_arena_clear(&arena);
}
