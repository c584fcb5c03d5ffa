#include "ir/interfaces/Interfaces.h"

#include "ir/interfaces/Differentiate.cpp.inc"
#include "ir/interfaces/Evaluate.cpp.inc"
#include "ir/interfaces/Iterate.cpp.inc"
#include "ir/interfaces/Permute.cpp.inc"
