// Makes the dialect's attributes and types known to it.
#include "ir/Dialect.h"
#include "ir/types/DimStorage.h"
#include "ir/types/HostTypes.h"
#include "ir/types/TypeStorage.h"
#include "ir/types/Types.h"

namespace plx {

void PlxDialect::registerAttributesAndTypes() {
  addAttributes<Dim, DimAtom, DimsAttr>();
  addTypes<StringType, SequenceType, OptionalType, BufferType, ObjectType, MapType>();
}

}  // namespace plx
