# The library is opened at run time, from ../lib of the executable.
add_dependencies(unit-${name} plexus_host)
