# mlir-tblgen. One run a file, so that an edit of one op rebuilds what includes that op and nothing else.
#
# A file's name says what it defines, hence what is generated beside it in build/generated:
#   Dialect.td                        -> Dialect.h.inc .cpp.inc            the dialect
#   *Enum.td *Enums.td                -> X.h.inc .cpp.inc                  enums; XAttrs.h.inc .cpp.inc: their attributes (EnumAttr)
#   *Attr.td *Attrs.td                -> X.h.inc .cpp.inc                  attributes
#   *Type.td *Types.td                -> X.h.inc .cpp.inc                  types
#   interfaces/*AttrInterface.td      -> X.h.inc .cpp.inc                  attribute interface; *TypeInterface.td likewise
#   interfaces/*.td                   -> X.h.inc .cpp.inc                  op interface
#   ops/*.td kernel/*.td              -> X.h.inc .cpp.inc                  ops
#   Passes.td                         -> Passes.h.inc                      registration group named for the folder
# Others, and Base.td wherever it is, only serve to be included. An enum's or attribute's file must not include another of
# its kind, since mlir-tblgen would write the included definitions again.

# plexus_tablegen(TD OUTPUT GENERATOR [ARGUMENT...]): run GENERATOR on TD (relative to the root) and write OUTPUT below
# build/generated; appends the output to the variable PLEXUS_GENERATED of the caller.
function(plexus_tablegen td output generator)
  set(out ${PROJECT_BINARY_DIR}/generated/${output})
  get_filename_component(folder ${out} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(
    OUTPUT ${out}
    COMMAND ${MLIR_TBLGEN} ${generator} ${ARGN} -I ${PROJECT_SOURCE_DIR} -I ${MLIR_INCLUDE_DIRS}
            ${PROJECT_SOURCE_DIR}/${td} --write-if-changed -o ${out} -d ${out}.d
    DEPENDS ${PROJECT_SOURCE_DIR}/${td} ${MLIR_TBLGEN}
    DEPFILE ${out}.d
    COMMENT "tblgen ${output}"
    VERBATIM)
  set(PLEXUS_GENERATED ${PLEXUS_GENERATED} ${out} PARENT_SCOPE)
endfunction()

# plexus_tablegen_pair(TD STEM KIND): declarations to STEM.h.inc, definitions to STEM.cpp.inc.
macro(plexus_tablegen_pair td stem kind)
  plexus_tablegen(${td} ${stem}.h.inc -gen-${kind}-decls)
  plexus_tablegen(${td} ${stem}.cpp.inc -gen-${kind}-defs)
endmacro()

# plexus_tablegen_file(TD): what the table above says of TD.
function(plexus_tablegen_file td)
  string(REGEX REPLACE "\\.td$" "" stem ${td})
  get_filename_component(name ${stem} NAME)
  get_filename_component(folder ${stem} DIRECTORY)
  get_filename_component(parent ${folder} NAME)
  if(name STREQUAL "Base")
    return()
  elseif(name STREQUAL "Dialect")
    plexus_tablegen_pair(${td} ${stem} dialect)
  elseif(name STREQUAL "Passes")
    string(TOUPPER ${parent} upper)
    string(SUBSTRING ${upper} 0 1 first)
    string(SUBSTRING ${parent} 1 -1 rest)
    plexus_tablegen(${td} ${stem}.h.inc -gen-pass-decls -name ${first}${rest})
  elseif(parent STREQUAL "interfaces" AND name MATCHES "AttrInterface$")
    plexus_tablegen_pair(${td} ${stem} attr-interface)
  elseif(parent STREQUAL "interfaces" AND name MATCHES "TypeInterface$")
    plexus_tablegen_pair(${td} ${stem} type-interface)
  elseif(parent STREQUAL "interfaces")
    plexus_tablegen_pair(${td} ${stem} op-interface)
  elseif(name MATCHES "Enums?$")
    plexus_tablegen_pair(${td} ${stem} enum)
    plexus_tablegen_pair(${td} ${stem}Attrs attrdef)
  elseif(name MATCHES "Attrs?$")
    plexus_tablegen_pair(${td} ${stem} attrdef)
  elseif(name MATCHES "Types?$")
    plexus_tablegen_pair(${td} ${stem} typedef)
  elseif(parent MATCHES "^(ops|kernel)$")
    plexus_tablegen_pair(${td} ${stem} op)
  endif()
  set(PLEXUS_GENERATED ${PLEXUS_GENERATED} PARENT_SCOPE)
endfunction()

# plexus_tablegen_room(TARGET): generate for every .td below the current source folder; TARGET builds them all. Libraries
# depend on TARGET by order only: which file includes which is learnt from the compiler's own dependency files.
function(plexus_tablegen_room target)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR}/*.td)
  set(PLEXUS_GENERATED)
  foreach(td ${files})
    plexus_tablegen_file(${td})
  endforeach()
  add_custom_target(${target} DEPENDS ${PLEXUS_GENERATED})
endfunction()
