// Objects, and calls of host functions on them outside of a program.
#ifndef PLEXUS_TESTS_RUNTIME_CORE_OBJECTS_H
#define PLEXUS_TESTS_RUNTIME_CORE_OBJECTS_H

#include "tests/unit/runtime/fake_model.h"

namespace plx_test {

inline plx_object *object_of(const Floats &floats) {
  plx_object *object = nullptr;
  plx_error error;
  EXPECT_EQ(plx_object_of_tensor(&floats.tensor, &object, &error), PLX_OK) << error.message;
  return object;
}

inline plx_object *sequence_of(std::vector<plx_object *> items) {
  plx_object *object = nullptr;
  plx_error error;
  EXPECT_EQ(plx_object_of_items(PLX_KIND_SEQUENCE, items.data(), static_cast<int64_t>(items.size()),
                                &object, &error),
            PLX_OK)
      << error.message;
  for (plx_object *item : items) plx_object_release(item);
  return object;
}

inline plx_status call(const char *name, const char *attributes, std::vector<plx_tensor> args,
                       plx_object **out_result, plx_error *error) {
  return plx_call_host_function(name, attributes, args.data(), static_cast<int32_t>(args.size()),
                                out_result, 1, error);
}

inline plx_tensor as_argument(plx_object *object) { return {object, nullptr, 0, PLX_OBJECT}; }

}  // namespace plx_test
#endif  // PLEXUS_TESTS_RUNTIME_CORE_OBJECTS_H
