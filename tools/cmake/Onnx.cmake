# onnx::onnx, the C++ library that tools/setup.sh builds once into the folder of dependencies.
if(DEFINED ENV{PLEXUS_DEPS})
  set(deps $ENV{PLEXUS_DEPS})
elseif(DEFINED ENV{XDG_CACHE_HOME})
  set(deps $ENV{XDG_CACHE_HOME}/plexus-deps)
else()
  set(deps $ENV{HOME}/.cache/plexus-deps)
endif()
set(PLEXUS_DEPS ${deps} CACHE PATH "folder of dependencies that tools/setup.sh fills; several build folders share it")
set(onnx_root ${PLEXUS_DEPS}/onnx-1.23.2)

# setup.sh writes the stamp last: without it the library is missing or half built.
if(EXISTS ${onnx_root}/stamp)
  find_package(Protobuf REQUIRED)
  add_library(onnx::proto STATIC IMPORTED)
  set_target_properties(onnx::proto PROPERTIES
    IMPORTED_LOCATION ${onnx_root}/lib/libonnx_proto.a
    INTERFACE_INCLUDE_DIRECTORIES ${onnx_root}/include # imported, hence SYSTEM
    INTERFACE_COMPILE_DEFINITIONS "ONNX_NAMESPACE=onnx;ONNX_ML=1"
    INTERFACE_LINK_LIBRARIES protobuf::libprotobuf)
  add_library(onnx::onnx STATIC IMPORTED)
  set_target_properties(onnx::onnx PROPERTIES
    IMPORTED_LOCATION ${onnx_root}/lib/libonnx.a
    INTERFACE_LINK_LIBRARIES onnx::proto)
endif()
