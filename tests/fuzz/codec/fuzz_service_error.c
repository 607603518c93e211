/*
 * fuzz_service_error: error answers. The first byte chooses the content type and whether the first
 * line behind it is the header with the type.
 */
#include "base/arena.h"
#include "base/slice.h"
#include "codec/service_error.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All of it can be read: a sanitizer sees it if not. */
static unsigned sum(kds_slice_t s)
{
    unsigned total = 0;
    for (size_t i = 0; i < s.n; i++) {
        total += s.p[i];
    }
    return total;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const types[] = {"application/x-amz-json-1.1",
                                        "application/x-amz-cbor-1.1", "text/html", ""};
    static volatile unsigned sink;
    struct kds_arena arena;
    if (size == 0) {
        return 0;
    }
    kds_slice_t rest = {data + 1, size - 1}, type = {NULL, 0};
    if (data[0] & 4) {
        size_t end = kds_slice_find(rest, '\n');
        type = kds_slice_of(rest.p, end);
        end += end < rest.n;
        rest = kds_slice_of(rest.p + end, rest.n - end);
    }
    kds_arena_init(&arena, 1024 * 1024);
    struct kds_service_error e =
        kds_service_error_read(kds_slice(types[data[0] & 3]), type, rest, &arena);
    sink = sum(e.code) + sum(e.message);
    (void)sink;
    kds_arena_clear(&arena);
    return 0;
}
