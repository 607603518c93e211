# agg-oracle: protobuf-c's generated code for the aggregated record, and a small door to it.

if(TARGET agg-oracle)
    return()
endif()

find_program(PROTOC_C protoc-c REQUIRED)
set(oracle_proto ${PROJECT_SOURCE_DIR}/tests/support/aggregated_record.proto)
set(oracle_dir ${PROJECT_BINARY_DIR}/agg-oracle)
file(MAKE_DIRECTORY ${oracle_dir})

add_custom_command(
    OUTPUT ${oracle_dir}/aggregated_record.pb-c.c ${oracle_dir}/aggregated_record.pb-c.h
    COMMAND ${PROTOC_C} --proto_path=${PROJECT_SOURCE_DIR}/tests/support
        --c_out=${oracle_dir} ${oracle_proto}
    DEPENDS ${oracle_proto} VERBATIM)

# Not our code: without our warnings.
add_library(agg-oracle-generated STATIC
    ${oracle_dir}/aggregated_record.pb-c.c ${oracle_dir}/aggregated_record.pb-c.h)
target_include_directories(agg-oracle-generated SYSTEM PUBLIC ${oracle_dir})
target_link_libraries(agg-oracle-generated PUBLIC PkgConfig::PROTOBUFC)

add_library(agg-oracle STATIC ${PROJECT_SOURCE_DIR}/tests/support/agg_oracle.c)
kds_compile(agg-oracle)
target_include_directories(agg-oracle PUBLIC ${PROJECT_SOURCE_DIR}/tests)
target_link_libraries(agg-oracle
    PUBLIC agg-oracle-generated kds-api-static kds-api-internal
    PRIVATE PkgConfig::CRYPTO)
