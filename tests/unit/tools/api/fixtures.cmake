# The device "cuda-emulated", where it is built.
if(TARGET plexus_emulator)
  add_dependencies(unit-${name} plexus_emulator)
  target_compile_definitions(unit-${name} PRIVATE PLEXUS_TEST_EMULATOR="$<TARGET_FILE:plexus_emulator>")
endif()
