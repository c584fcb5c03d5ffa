# plexus-fake-model: an executable made as the compiler makes them, by lld alone (by the driver where sanitizers are on).
add_library(plexus_fake_model_object OBJECT ${CMAKE_CURRENT_LIST_DIR}/fake_model.c)
target_include_directories(plexus_fake_model_object PRIVATE ${CMAKE_CURRENT_LIST_DIR}/../../../../runtime/include)
set(executable ${CMAKE_RUNTIME_OUTPUT_DIRECTORY}/plexus-fake-model)
find_program(PLEXUS_LLD ld.lld HINTS /usr/lib/llvm-22/bin)
if(PLEXUS_SANITIZE OR NOT PLEXUS_LLD OR NOT CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  add_executable(plexus_fake_model $<TARGET_OBJECTS:plexus_launcher> $<TARGET_OBJECTS:plexus_fake_model_object>)
  target_link_libraries(plexus_fake_model PRIVATE plexus_rt_static)
  set_target_properties(plexus_fake_model PROPERTIES OUTPUT_NAME plexus-fake-model)
else()
  set(libraries)
  foreach(library libc.so.6 libm.so.6 libc_nonshared.a)
    execute_process(COMMAND ${CMAKE_C_COMPILER} -print-file-name=${library}
                    OUTPUT_VARIABLE path OUTPUT_STRIP_TRAILING_WHITESPACE)
    list(APPEND libraries ${path})
  endforeach()
  add_custom_command(
    OUTPUT ${executable}
    COMMAND ${PLEXUS_LLD} -pie --gc-sections -dynamic-linker /lib64/ld-linux-x86-64.so.2 -o ${executable}
            ${PROJECT_BINARY_DIR}/lib/plexus_start.o $<TARGET_OBJECTS:plexus_fake_model_object>
            $<TARGET_FILE:plexus_rt_static> ${libraries}
    DEPENDS plexus_start plexus_fake_model_object plexus_rt_static $<TARGET_OBJECTS:plexus_fake_model_object>
            ${PROJECT_BINARY_DIR}/lib/plexus_start.o
    COMMAND_EXPAND_LISTS VERBATIM)
  add_custom_target(plexus_fake_model DEPENDS ${executable})
endif()
add_dependencies(unit-${name} plexus_rt plexus_fake_model)
if(PLEXUS_SANITIZE)
  target_compile_definitions(unit-${name} PRIVATE PLX_SANITIZED)
endif()
