# kds_add_test(name SOURCES a.c ... [LIBS target ...] [LABEL unit] [ARGS ...]): a cmocka program.
# kds_add_fuzz(name SOURCES fuzz_x.c CORPUS dir [LIBS ...]): a libFuzzer target; outside a fuzz build
# the same source with a driver that replays its corpus as a test.

set(KDS_TEST_TIMEOUT 120 CACHE STRING "Seconds that each of these tests may take")

function(kds_add_test name)
    cmake_parse_arguments(T "" "LABEL" "SOURCES;LIBS;ARGS" ${ARGN})
    if(NOT T_LABEL)
        set(T_LABEL unit)
    endif()
    add_executable(${name} ${T_SOURCES} ${PROJECT_SOURCE_DIR}/tests/support/sanitizers.c)
    kds_compile(${name})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests
        ${PROJECT_SOURCE_DIR}/libkds-api/include)
    target_link_libraries(${name} PRIVATE ${T_LIBS} PkgConfig::CMOCKA PkgConfig::JANSSON)
    add_test(NAME ${name} COMMAND ${name} ${T_ARGS})
    set_tests_properties(${name} PROPERTIES LABELS ${T_LABEL} TIMEOUT ${KDS_TEST_TIMEOUT})
endfunction()

function(kds_add_fuzz name)
    cmake_parse_arguments(F "" "CORPUS" "SOURCES;LIBS" ${ARGN})
    add_executable(${name} ${F_SOURCES})
    kds_compile(${name})
    target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests
        ${PROJECT_SOURCE_DIR}/libkds-api/include)
    target_link_libraries(${name} PRIVATE ${F_LIBS})
    if(KDS_FUZZ)
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
        add_test(NAME ${name} COMMAND ${name} -runs=0 ${F_CORPUS})
    else()
        target_sources(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests/fuzz/replay.c)
        add_test(NAME ${name} COMMAND ${name} ${F_CORPUS})
    endif()
    set_tests_properties(${name} PROPERTIES LABELS fuzz TIMEOUT ${KDS_TEST_TIMEOUT})
endfunction()
