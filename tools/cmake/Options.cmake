# What every target of the tree shares: language, warnings, sanitizers, output folders.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_BUILD_RPATH_USE_ORIGIN ON) # a copied build folder still runs
set(CMAKE_INSTALL_RPATH "$ORIGIN/../lib")

set(PLEXUS_SANITIZE "" CACHE STRING "sanitizers, e.g. address,undefined or thread")

add_compile_options(-Wall -Wextra -Werror)
add_compile_options(-fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=) # asserts name files by their path in the tree
add_link_options(-Wl,--as-needed) # Abseil's targets name 28 libraries where two are used; each would be loaded at the start
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  # Without it each precompiled header carries the time it was made, and ccache never hits.
  add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
  add_link_options(-fuse-ld=lld)
endif()
if(PLEXUS_SANITIZE)
  # -fno-sanitize=function: emitted code has no type hashes before its functions, where that check reads them.
  add_compile_options(-fsanitize=${PLEXUS_SANITIZE} -fno-sanitize=function -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${PLEXUS_SANITIZE})
endif()

# What compiled models are linked with has no sanitizers: lld as a library knows nothing of their runtimes. So where they are on
# there are two of each, of which the one without them lies where the compiler looks.
function(plexus_goes_into_models target)
  if(PLEXUS_SANITIZE)
    target_compile_options(${target} PRIVATE -fno-sanitize=all)
  endif()
endfunction()
