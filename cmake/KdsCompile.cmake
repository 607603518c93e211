# Warnings and hardening for every target of the project: kds_compile(target).

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

set(KDS_WARNINGS
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wformat=2 -Wundef -Wvla
    -Wcast-qual -Wpointer-arith -Wwrite-strings -Wstrict-prototypes -Wmissing-prototypes
    -Wold-style-definition -Wnull-dereference -Wimplicit-fallthrough -Wdate-time -Walloca
    -Wswitch-enum)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    list(APPEND KDS_WARNINGS -Wlogical-op -Wduplicated-cond -Wduplicated-branches
        -Wstringop-overflow=4 -Wcast-align=strict -Wstack-usage=16384)
elseif(CMAKE_C_COMPILER_ID MATCHES "Clang")
    list(APPEND KDS_WARNINGS -Wcast-align -Wcomma -Wassign-enum -Wconditional-uninitialized
        -Wshift-sign-overflow)
endif()
if(KDS_WERROR)
    list(APPEND KDS_WARNINGS -Werror)
endif()

function(kds_compile target)
    target_compile_options(${target} PRIVATE ${KDS_WARNINGS} -fno-strict-aliasing -fno-common)
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
endfunction()
