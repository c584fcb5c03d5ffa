#include "ir/interfaces/Irregular.h"

#include "ir/interfaces/Irregular.cpp.inc"
