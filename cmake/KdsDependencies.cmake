# Everything we link against, as Debian packages it, found by pkg-config.

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3.0)
pkg_check_modules(SSL REQUIRED IMPORTED_TARGET libssl>=3.0)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl>=7.88)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3>=3.40)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2>=1.52)
pkg_check_modules(JANSSON REQUIRED IMPORTED_TARGET jansson>=2.14)

# Oracles and tools of tests and benchmarks; no library of ours uses them.
if(KDS_TESTS OR KDS_BENCH)
    pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
    pkg_check_modules(PROTOBUFC REQUIRED IMPORTED_TARGET libprotobuf-c)
    pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
    pkg_check_modules(CBOR REQUIRED IMPORTED_TARGET libcbor)
endif()
