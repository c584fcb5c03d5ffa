# A step of training as a library, made by hand.
add_library(plexus_fake_step MODULE ${CMAKE_CURRENT_LIST_DIR}/fake_step.c)
target_link_libraries(plexus_fake_step PRIVATE plexus_rt_static) # inside, as compiled libraries have it
set_target_properties(plexus_fake_step PROPERTIES PREFIX "")
add_dependencies(unit-${name} plexus_fake_step)
target_compile_definitions(unit-${name} PRIVATE PLEXUS_FAKE_STEP="$<TARGET_FILE:plexus_fake_step>")
