# lib/fake-cuda/libcuda.so.1, and one that lacks a function.
foreach(kind fake-cuda fake-cuda-old)
  string(REPLACE "-" "_" target plexus-${kind})
  add_library(${target} SHARED ${CMAKE_CURRENT_LIST_DIR}/../fakes/fake_cuda.cc)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_LIST_DIR}/../../../../.. ${CMAKE_CURRENT_LIST_DIR}/../../../../../runtime/include)
  set_target_properties(${target} PROPERTIES OUTPUT_NAME cuda VERSION 1 SOVERSION 1 LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib/${kind})
  add_dependencies(unit-${name} ${target})
endforeach()
target_compile_definitions(plexus_fake_cuda_old PRIVATE PLX_FAKE_CUDA_OLD)
target_compile_definitions(unit-${name} PRIVATE PLX_FAKE_CUDA="$<TARGET_FILE:plexus_fake_cuda>"
  PLX_FAKE_CUDA_OLD="$<TARGET_FILE:plexus_fake_cuda_old>")
