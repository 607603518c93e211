# What is installed: headers, libraries, the CMake package kds and the pkg-config files.

include(CMakePackageConfigHelpers)

set(kds_cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kds)

# The shared libraries need nothing of their users, the static ones need libcurl, OpenSSL and
# SQLite: two sets, so that the package can offer the first where those are not installed.
install(TARGETS kds-api kpl kcl EXPORT kds-shared
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime
    NAMELINK_COMPONENT development)
install(TARGETS kds-api-static kpl-static kcl-static EXPORT kds-static
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
foreach(library libkds-api libkpl libkcl)
    install(DIRECTORY ${PROJECT_SOURCE_DIR}/${library}/include/
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development FILES_MATCHING PATTERN "*.h")
endforeach()

foreach(kind shared static)
    install(EXPORT kds-${kind} NAMESPACE kds:: FILE kds-${kind}.cmake
        DESTINATION ${kds_cmake_dir} COMPONENT development)
endforeach()
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/kds-config.cmake.in
    ${PROJECT_BINARY_DIR}/kds-config.cmake INSTALL_DESTINATION ${kds_cmake_dir}
    NO_SET_AND_CHECK_MACRO)
# While the version is 0.x, a minor release may change an interface.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/kds-config-version.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/kds-config.cmake ${PROJECT_BINARY_DIR}/kds-config-version.cmake
    DESTINATION ${kds_cmake_dir} COMPONENT development)

# kds_pkg_config(name DESCRIPTION text [REQUIRES package] PRIVATE "libraries of a static link")
function(kds_pkg_config name)
    cmake_parse_arguments(P "" "DESCRIPTION;REQUIRES;PRIVATE" "" ${ARGN})
    set(P_NAME ${name})
    configure_file(${PROJECT_SOURCE_DIR}/cmake/library.pc.in ${PROJECT_BINARY_DIR}/lib${name}.pc @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/lib${name}.pc
        DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)
endfunction()

# A tree that was moved still works: every path counts from where the .pc file lies.
foreach(dir LIBDIR INCLUDEDIR)
    if(IS_ABSOLUTE ${CMAKE_INSTALL_${dir}})
        set(KDS_PC_${dir} ${CMAKE_INSTALL_${dir}})
    else()
        set(KDS_PC_${dir} "\${prefix}/${CMAKE_INSTALL_${dir}}")
    endif()
endforeach()
if(IS_ABSOLUTE ${CMAKE_INSTALL_LIBDIR})
    set(KDS_PC_PREFIX ${CMAKE_INSTALL_PREFIX})
else()
    file(RELATIVE_PATH kds_up /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
    string(REGEX REPLACE "/$" "" kds_up ${kds_up})
    set(KDS_PC_PREFIX "\${pcfiledir}/${kds_up}")
endif()

# Libraries by name, not Requires.private: the .pc files of libcurl and SQLite would ask for the
# development packages of everything below those two, which a dynamic link to them does not need.
kds_pkg_config(kds-api DESCRIPTION "Amazon Kinesis Data Streams: the API"
    PRIVATE "-lcurl -lnghttp2 -lssl -lcrypto -pthread")
kds_pkg_config(kpl DESCRIPTION "Amazon Kinesis Data Streams: the producer"
    REQUIRES libkds-api PRIVATE "-pthread")
kds_pkg_config(kcl DESCRIPTION "Amazon Kinesis Data Streams: the consumer"
    REQUIRES libkds-api PRIVATE "-lsqlite3 -pthread")
