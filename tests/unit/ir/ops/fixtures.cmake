# The value tests of ops, read from the source tree.
target_compile_definitions(unit-${name} PRIVATE PLEXUS_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
