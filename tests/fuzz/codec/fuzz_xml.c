/*
 * fuzz_xml: answers in XML, and the search for one element.
 */
#include "codec/xml.h"
#include "shape_round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kds_arena arena;
    kds_slice_t text, body = {data, size};
    shape_round_trip(KDS_FORMAT_QUERY, data, size);
    kds_arena_init(&arena, (size_t)1024 * 1024);
    kds_xml_find_text(body, "Code", &arena, &text);
    kds_xml_root(body, &text);
    kds_arena_clear(&arena);
    return 0;
}
