# A device whose memory is the host's, as a plugin.
add_library(plexus_fake_device MODULE ${CMAKE_CURRENT_LIST_DIR}/fakes/fake_device.cc)
target_include_directories(plexus_fake_device PRIVATE ${CMAKE_CURRENT_LIST_DIR}/../../../.. ${CMAKE_CURRENT_LIST_DIR}/../../../../runtime/include)
add_dependencies(unit-${name} plexus_fake_device)
target_compile_definitions(unit-${name} PRIVATE PLX_FAKE_DEVICE="$<TARGET_FILE:plexus_fake_device>")
