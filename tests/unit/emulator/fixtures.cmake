# The plugin is opened at run time, from ../lib of the executable.
if(TARGET plexus_emulator)
  add_dependencies(unit-${name} plexus_emulator)
endif()
