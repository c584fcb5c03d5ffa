# LLVM and MLIR by their two shared libraries. Their component targets must not be linked beside these: the same options
# would be registered twice and every tool would die at its start.
find_package(MLIR REQUIRED CONFIG PATHS /usr/lib/llvm-22)
find_package(LLD REQUIRED CONFIG PATHS /usr/lib/llvm-22)
find_package(absl REQUIRED CONFIG)
find_package(GTest REQUIRED)
find_package(Threads REQUIRED)
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
