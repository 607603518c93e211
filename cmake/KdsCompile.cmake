# What every target is compiled and linked with: kds_compile(target), kds_link(target).
#
# Warnings always, hardening in optimised builds, sanitizers and coverage when asked for. Nothing
# here is global, so that another project can add_subdirectory() this one.

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

include(CheckPIESupported)
check_pie_supported(OUTPUT_VARIABLE kds_pie LANGUAGES C)

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

# Sanitizers and coverage: KDS_INSTRUMENT goes to compiler and linker, and to whoever links our
# static libraries.
set(KDS_INSTRUMENT "")
if(KDS_SANITIZE)
    set(kds_checks ${KDS_SANITIZE})
    if(kds_checks MATCHES "undefined")
        string(APPEND kds_checks ",float-divide-by-zero,float-cast-overflow")
        if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
            string(APPEND kds_checks ",bounds-strict")
        else()
            string(APPEND kds_checks ",implicit-conversion,local-bounds")
        endif()
    endif()
    list(APPEND KDS_INSTRUMENT
        -fsanitize=${kds_checks} -fno-sanitize-recover=all -fno-omit-frame-pointer)
endif()
if(KDS_FUZZ)
    list(APPEND KDS_INSTRUMENT -fsanitize=fuzzer-no-link)
endif()
if(KDS_COVERAGE)
    list(APPEND KDS_INSTRUMENT --coverage)
endif()
if(KDS_INSTRUMENT OR CMAKE_C_FLAGS MATCHES "-fsanitize")
    set(KDS_INSTRUMENTED ON)
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        # What the sanitizers insert keeps gcc 12 from seeing what a variable may hold. The release build, of
        # whose code these warnings are true, has them all.
        list(APPEND KDS_WARNINGS -Wno-maybe-uninitialized -Wno-null-dereference -Wno-format-truncation)
    endif()
endif()

# Sanitizers replace what _FORTIFY_SOURCE would wrap, so a build has the one or the other.
set(KDS_HARDEN_COMPILE "")
if(KDS_HARDENING AND NOT KDS_INSTRUMENTED)
    list(APPEND KDS_HARDEN_COMPILE
        -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-protector-strong -fstack-clash-protection
        -fno-delete-null-pointer-checks -fno-strict-overflow -fexceptions
        -ffile-prefix-map=${PROJECT_SOURCE_DIR}=. -ffile-prefix-map=${PROJECT_BINARY_DIR}=./build)
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|i.86)$")
        list(APPEND KDS_HARDEN_COMPILE -fcf-protection=full)
    elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "^(aarch64|arm64)$")
        list(APPEND KDS_HARDEN_COMPILE -mbranch-protection=standard)
    endif()
    if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
        list(APPEND KDS_HARDEN_COMPILE -ftrivial-auto-var-init=zero
            -fzero-call-used-regs=used-gpr -fno-semantic-interposition)
    else()
        # Without an unlock option, clang 14 knows no initial value but a pattern.
        list(APPEND KDS_HARDEN_COMPILE -ftrivial-auto-var-init=pattern)
    endif()
endif()

set(KDS_LINK_OPTIONS
    LINKER:-z,relro LINKER:-z,now LINKER:-z,noexecstack LINKER:-z,separate-code
    LINKER:--as-needed LINKER:--build-id=sha1)

# Link options of programs and shared libraries.
function(kds_link target)
    target_link_options(${target} PRIVATE ${KDS_LINK_OPTIONS} ${KDS_INSTRUMENT})
endfunction()

function(kds_compile target)
    target_compile_options(${target} PRIVATE ${KDS_WARNINGS} -fno-strict-aliasing -fno-common
        ${KDS_INSTRUMENT}
        "$<$<CONFIG:Release,RelWithDebInfo,MinSizeRel>:${KDS_HARDEN_COMPILE}>")
    target_compile_definitions(${target} PRIVATE _GNU_SOURCE)
    if(CMAKE_SIZEOF_VOID_P EQUAL 4)
        # Files beyond 2 GiB, inodes of 64 bits and times after 2038; no header of ours has such a type.
        target_compile_definitions(${target} PRIVATE _FILE_OFFSET_BITS=64 _TIME_BITS=64)
    endif()
    kds_link(${target})
endfunction()
