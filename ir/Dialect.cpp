#include "ir/Dialect.h"

#include "ir/Dialect.cpp.inc"

namespace plx {

std::vector<PlxDialect::OpRegistration> &PlxDialect::opRegistrations() {
  static std::vector<OpRegistration> registrations;
  return registrations;
}

void PlxDialect::initialize() {
  registerAttributesAndTypes();
  for (OpRegistration registration : opRegistrations()) registration(*this);
}

}  // namespace plx
