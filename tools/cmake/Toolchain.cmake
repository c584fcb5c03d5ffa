# Compiler, build type and compiler cache. Included before project(); whatever the user gives wins.

# clang 22 builds everything (precompiled templates, sanitizers and emitted code come from one LLVM); runtime/ also builds with gcc 12.
if(NOT DEFINED CMAKE_CXX_COMPILER AND NOT DEFINED ENV{CXX})
  find_program(PLEXUS_CLANGXX NAMES clang++-22 PATHS /usr/lib/llvm-22/bin NO_CACHE)
  find_program(PLEXUS_CLANG NAMES clang-22 PATHS /usr/lib/llvm-22/bin NO_CACHE)
  if(NOT PLEXUS_CLANGXX OR NOT PLEXUS_CLANG)
    message(FATAL_ERROR "clang 22 was not found. Run tools/setup.sh, or name a compiler with -DCMAKE_CXX_COMPILER=...")
  endif()
  set(CMAKE_CXX_COMPILER ${PLEXUS_CLANGXX})
  if(NOT DEFINED CMAKE_C_COMPILER AND NOT DEFINED ENV{CC})
    set(CMAKE_C_COMPILER ${PLEXUS_CLANG})
  endif()
endif()

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Release keeps our asserts" FORCE)
endif()
# No NDEBUG: asserts state what the verifiers guarantee, and their cost is not in any hot path (kernels are emitted code).
set(CMAKE_C_FLAGS_RELEASE "-O2" CACHE STRING "")
set(CMAKE_CXX_FLAGS_RELEASE "-O2" CACHE STRING "")

# ccache refuses precompiled headers without these; "env" because ccache reads them from the environment only.
find_program(PLEXUS_CCACHE ccache)
if(PLEXUS_CCACHE AND NOT DEFINED CMAKE_CXX_COMPILER_LAUNCHER)
  set(launcher env CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${PLEXUS_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${launcher})
endif()
