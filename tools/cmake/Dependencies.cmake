find_package(GTest QUIET)
find_package(Threads REQUIRED)
if(NOT GTest_FOUND)
  message(FATAL_ERROR "GoogleTest was not found. Run tools/setup.sh, which installs what is missing.")
endif()
if(PLEXUS_RUNTIME_ONLY)
  return()
endif()

# LLVM and MLIR by their two shared libraries. Their component targets must not be linked beside these: the same options
# would be registered twice and every tool would die at its start.
foreach(package MLIR LLD absl)
  find_package(${package} QUIET CONFIG PATHS /usr/lib/llvm-22)
  if(NOT ${package}_FOUND)
    message(FATAL_ERROR "${package} was not found. Run tools/setup.sh, which installs what is missing.")
  endif()
endforeach()
if(NOT LLVM_VERSION_MAJOR EQUAL 22)
  message(FATAL_ERROR "LLVM is ${LLVM_PACKAGE_VERSION} (${LLVM_DIR}); Plexus is built with LLVM 22. Run tools/setup.sh.")
endif()
find_program(MLIR_TBLGEN mlir-tblgen HINTS ${LLVM_TOOLS_BINARY_DIR} REQUIRED NO_DEFAULT_PATH)

# plx_llvm: what a target that includes MLIR or LLVM compiles and links with.
add_library(plx_llvm INTERFACE)
target_include_directories(plx_llvm SYSTEM INTERFACE ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
separate_arguments(definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
target_compile_options(plx_llvm INTERFACE ${definitions})
target_link_libraries(plx_llvm INTERFACE MLIR LLVM)

# plx_generated: headers written by mlir-tblgen, included as "ir/ops/Pad.h.inc". SYSTEM: they do not pass -Wextra.
add_library(plx_generated INTERFACE)
target_include_directories(plx_generated SYSTEM INTERFACE ${PROJECT_BINARY_DIR}/generated)

# Debian's Abseil by its shared libraries: its archives are not position-independent.
add_library(plx_absl INTERFACE)
target_link_libraries(plx_absl INTERFACE absl::status absl::statusor absl::strings)
