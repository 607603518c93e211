# kds_library(component name MAP list [USES name ...] [LIBS pkg=installed ...])
#
# Makes lib<name>, shared and static, from the objects of the target <name>-objects; in CMake they
# are kds::<component> and kds::<component>_static, in the build tree and when installed.
#
#   MAP   the list of exported symbols, a version script
#   USES  libraries of ours that this one links, by name
#   LIBS  what else it links: the target that this build found, and the one of CMake's own find
#         modules that an installed static library asks for

function(kds_library component name)
    cmake_parse_arguments(L "" "MAP" "USES;LIBS" ${ARGN})
    set(map ${CMAKE_CURRENT_SOURCE_DIR}/${L_MAP})

    add_library(${name} SHARED $<TARGET_OBJECTS:${name}-objects>)
    add_library(${name}-static STATIC $<TARGET_OBJECTS:${name}-objects>)
    foreach(library ${name} ${name}-static)
        set_target_properties(${library} PROPERTIES OUTPUT_NAME ${name} LINKER_LANGUAGE C)
        target_compile_features(${library} INTERFACE c_std_11)
        target_include_directories(${library} PUBLIC
            $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
            $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    endforeach()
    set_target_properties(${name} PROPERTIES
        VERSION ${PROJECT_VERSION} SOVERSION ${KDS_ABI} EXPORT_NAME ${component})
    set_target_properties(${name}-static PROPERTIES EXPORT_NAME ${component}_static)
    add_library(kds::${component} ALIAS ${name})
    add_library(kds::${component}_static ALIAS ${name}-static)

    kds_link(${name})
    target_link_options(${name} PRIVATE LINKER:-z,nodelete LINKER:--version-script=${map})
    if(NOT KDS_INSTRUMENTED)
        # clang's sanitizers leave their run-time library to the program.
        target_link_options(${name} PRIVATE LINKER:-z,defs)
    endif()
    set_property(TARGET ${name} APPEND PROPERTY LINK_DEPENDS ${map})

    foreach(used IN LISTS L_USES)
        target_link_libraries(${name} PUBLIC ${used})
        target_link_libraries(${name}-static PUBLIC ${used}-static)
    endforeach()
    foreach(pair IN LISTS L_LIBS)
        string(REPLACE "=" ";" pair ${pair})
        list(POP_FRONT pair found installed)
        target_link_libraries(${name} PRIVATE $<BUILD_INTERFACE:${found}>)
        target_link_libraries(${name}-static PUBLIC
            $<BUILD_INTERFACE:${found}> $<INSTALL_INTERFACE:${installed}>)
    endforeach()
endfunction()
